import { UserError } from '../../common/src/errors';

const PLACES =
  '--server-root for the files of the server, TMPDIR for temporary ones, MOD_WSGI_CACHE for modules that are built';

/** What helps, by the system's own name of the error. Others are mistakes of this program. */
const ACTIONS: Readonly<Record<string, string>> = {
  ENOSPC: `Free some space there, or choose another place: ${PLACES}.`,
  EDQUOT: `Free some space there, or choose another place: ${PLACES}.`,
  EFBIG: 'Let this user write larger files (ulimit -f).',
  EROFS: `Choose another place: ${PLACES}.`,
  EACCES: `Change the permissions there, or choose another place: ${PLACES}.`,
  EPERM: `Change the permissions there, or choose another place: ${PLACES}.`,
  ENAMETOOLONG: `Choose a shorter name: ${PLACES}.`,
  EMFILE: 'Let this user have more files open (ulimit -n).',
  EIO: 'The disk or the network file system fails: see the log of the system.',
};

/** What the system refused, as an error for people; undefined for what is a mistake of this program. */
export const explainSystemError = (error: unknown): UserError | undefined => {
  const { code = '', path, dest, message } = error as NodeJS.ErrnoException & { readonly dest?: string };
  const action = ACTIONS[code];
  if (!(error instanceof Error) || !action) return undefined;
  // Node writes "ENOSPC: no space left on device, write"; the path stands behind it for some calls only.
  const reason = /^\w+: ([^,]+)/.exec(message)?.[1] ?? message;
  const place = dest ?? path;
  return new UserError({
    code: 'system-refused',
    message: place ? `The system refused to use ${place}: ${reason}.` : `The system refused: ${reason}.`,
    action,
  });
};
