// The folder that the demo's editor opens: a copy of the examples that the user may change.
import { chmodSync, cpSync, lstatSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inRepository } from '../lib/repository.mjs';
import { ScriptError } from '../lib/script-error.mjs';

/** Not in the home folder: root's is closed to the user that Apache serves as. */
export const demoWorkspace = () => path.join(os.tmpdir(), `mod-wsgi-demo-${process.getuid()}`);

/**
 * Copies the examples that are not there yet; what the user has edited stays.
 *
 * @param {string} folder
 * @throws {ScriptError} where the folder belongs to somebody else
 */
export const fillWorkspace = (folder) => {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const { uid } = lstatSync(folder);
  if (uid !== process.getuid())
    throw new ScriptError(
      `The demo's folder ${folder} belongs to another user (id ${uid}).`,
      'Remove it, or set TMPDIR to a folder of your own.',
    );
  chmodSync(folder, 0o755);
  cpSync(inRepository('examples'), folder, {
    recursive: true,
    force: false,
    filter: (file) => path.basename(file) !== '__pycache__',
  });
};
