import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The folder that holds package.json, dist/, native/ and the Python files: the extension as installed, or the clone.
 * Works from a bundle in dist/ and from the sources alike.
 *
 * @throws Error if no package.json is found above this file (a broken installation).
 */
export const installRoot = (): string => {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder)
      throw new Error(`no package.json above ${__dirname}: the installation is incomplete`);
    folder = parent;
  }
  return folder;
};
