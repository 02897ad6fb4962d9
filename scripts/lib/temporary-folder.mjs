import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folders = new Set();

const remove = (folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

process.on('exit', () => {
  for (const folder of folders) remove(folder);
});

/**
 * Makes a temporary folder that others may read (Apache serves files as its own user). It goes with this process at the
 * latest, also when a signal ends it.
 *
 * @param {string} purpose becomes a part of the name
 * @returns {{path: string, remove: () => void}}
 */
export const temporaryFolder = (purpose) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), `mod-wsgi-${purpose}-`));
  folders.add(folder);
  chmodSync(folder, 0o755);
  return {
    path: folder,
    remove: () => {
      remove(folder);
      folders.delete(folder);
    },
  };
};
