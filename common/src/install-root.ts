import { existsSync } from 'node:fs';
import path from 'node:path';

/** Only the root has it; dist/ has a package.json of its own. */
const MARK = path.join('common', 'python');

/**
 * The folder that holds package.json, dist/, native/ and the Python files: the extension as installed, or the clone.
 * Works from a bundle in dist/ and from the sources alike.
 *
 * @throws Error if there is no such folder above this file (a broken installation).
 */
export const installRoot = (): string => {
  let folder = __dirname;
  while (!existsSync(path.join(folder, MARK))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`no ${MARK} above ${__dirname}: the installation is incomplete`);
    folder = parent;
  }
  return folder;
};
