import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Makes a folder with the least main file, `root.conf`, that Apache tests: what a test adds to it is all that is judged.
 *
 * @param modules their files, by name, in the order in which they need each other
 */
export const serverFolder = (
  prefix: string,
  modules: readonly (readonly [name: string, file: string])[],
): string => {
  const folder = mkdtempSync(path.join(tmpdir(), prefix));
  mkdirSync(path.join(folder, 'run'));
  const root = [
    `ServerRoot ${folder}`,
    'DefaultRuntimeDir run',
    'ErrorLog /dev/null',
    'ServerName localhost',
    ...modules.map(([name, file]) => `LoadModule ${name}_module ${file}`),
  ];
  writeFileSync(path.join(folder, 'root.conf'), root.join('\n'));
  return folder;
};
