import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../common/src/errors';
import type { Httpd } from '../../../common/src/runtime/httpd';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
};

/**
 * Checks that no other server runs from the same folder: it would lose its configuration and its logs. A process that
 * merely got the number of one that ended is told apart by its program, where the system shows it.
 *
 * @throws UserError `server-root-busy`.
 */
export const checkServerRootFree = (pidFile: string, httpd: Httpd): void => {
  const pid = read(pidFile);
  if (!/^\d+$/.test(pid) || read(`/proc/${pid}/comm`) !== path.basename(httpd.executable)) return;
  throw new UserError({
    code: 'server-root-busy',
    message: `Another server is running already, as process ${pid}: ${pidFile} says so.`,
    action: 'Stop it, or choose another directory with --server-root (or another file with --pid-file).',
  });
};
