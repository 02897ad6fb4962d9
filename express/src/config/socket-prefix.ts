import path from 'node:path';
import { UserError } from '../../../common/src/errors';
import type { Settings } from '../settings';

/** The longest path that a UNIX socket can have everywhere, less what a module adds: process ids, numbers, an ending. */
const LONGEST = 103 - '.1234567.12.12.sock'.length;

/**
 * What the names of the sockets between Apache and the processes of the application begin with.
 *
 * @throws UserError `socket-path-long`.
 */
export const socketPrefix = ({ processes }: Settings, serverRoot: string): string => {
  const prefix = path.join(processes.socketPrefix ?? serverRoot, 'wsgi');
  if (Buffer.byteLength(prefix) <= LONGEST) return prefix;
  throw new UserError({
    code: 'socket-path-long',
    message: `The sockets of the application would lie in ${path.dirname(prefix)}, and a socket's path has 107 bytes at most.`,
    action:
      'Choose a directory with a shorter path for them with --socket-prefix, e.g. /tmp, or use --embedded-mode.',
  });
};
