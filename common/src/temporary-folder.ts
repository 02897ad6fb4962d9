import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UserError } from './errors';

/**
 * Makes a folder of one's own in the system's folder for temporary files; nobody else can look into it.
 *
 * @param prefix what its name begins with
 * @throws UserError `temporary-folder` where none can be made.
 */
export const makeTemporaryFolder = (prefix: string): string => {
  try {
    return mkdtempSync(path.join(os.tmpdir(), prefix));
  } catch (error) {
    throw new UserError({
      code: 'temporary-folder',
      message: `No temporary folder can be made: ${error instanceof Error ? error.message : String(error)}.`,
      action: 'Make room there, or set TMPDIR to a directory that exists and that you can write to.',
    });
  }
};
