import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../common/src/errors';
import { findProgram, isExecutable } from '../../../common/src/executables';
import type { Httpd } from '../../../common/src/runtime/httpd';
import type { Settings } from '../settings';

/**
 * The program that rotates log files, where that is asked for.
 *
 * @throws UserError `rotatelogs-missing`.
 */
export const findRotatelogs = ({ logging }: Settings, httpd: Httpd): string | undefined => {
  if (!logging.rotation) return undefined;
  const beside = ['.', '../bin'].map((folder) =>
    path.join(path.dirname(httpd.executable), folder, 'rotatelogs'),
  );
  const program = logging.rotation.program ?? beside.find(isExecutable) ?? findProgram('rotatelogs');
  if (program && isExecutable(program)) return program;
  throw new UserError({
    code: 'rotatelogs-missing',
    message: program ? `${program} cannot be run.` : 'The program rotatelogs was not found.',
    action: 'Name it with --rotatelogs-executable, or leave --rotate-logs out.',
  });
};

const KNOWN_TYPES = [
  '/etc/mime.types',
  '/etc/apache2/mime.types',
  '/etc/httpd/conf/mime.types',
  '/usr/share/mime.types',
];

/** The list of content types by file ending: the one given, else the system's; undefined where there is none. */
export const findMimeTypes = ({ files }: Settings): string | undefined =>
  files.mimeTypes ?? KNOWN_TYPES.find((file) => existsSync(file));
