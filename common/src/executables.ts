import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Where daemons live; often missing from an ordinary user's PATH. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Whether the path names a file that this process may run. */
export const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** The first of the named programs found on PATH, then in the usual system folders; undefined if there is none. */
export const findProgram = (...names: readonly string[]): string | undefined => {
  const folders = [
    ...(process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute),
    ...SYSTEM_FOLDERS,
  ];
  for (const name of names)
    for (const folder of folders) {
      const file = path.join(folder, name);
      if (isExecutable(file)) return file;
    }
  return undefined;
};
