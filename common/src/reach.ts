import { existsSync } from 'node:fs';
import path from 'node:path';
import { type AccessKind, type SystemUser, whatStops } from './access';
import { UserError } from './errors';
import type { Python } from './runtime/python';

/** Something that the server's user has to reach. */
export interface Requirement {
  /** As the message names it: "the script". */
  readonly what: string;
  readonly path: string;
  readonly kind: AccessKind;
  /** What to do instead of changing permissions. */
  readonly otherwise: string;
}

/** What helps for a file or folder of the user's own. */
export const ELSEWHERE = 'move it to a place that this user can reach';

/** What of a Python has to be reached to run with it. */
export const pythonRequirements = (python: Python): Requirement[] => {
  const otherwise =
    'choose an interpreter in a place that this user can reach with --python (in launch.json: "python")';
  return [
    { what: 'Python', path: python.executable, kind: 'read', otherwise },
    { what: "Python's library", path: path.join(python.standardLibrary, 'os.py'), kind: 'read', otherwise },
    ...(existsSync(python.sitePackages)
      ? [{ what: 'the installed packages', path: python.sitePackages, kind: 'read', otherwise } as const]
      : []),
  ];
};

/** What to do where a user is stopped. Only root can choose another user. */
const remedy = (user: SystemUser, otherwise: string): string =>
  user.uid === process.getuid?.()
    ? `Change its permissions with chmod, or ${otherwise}.`
    : `Let ${user.name} pass (chmod o+x on directories, o+r on files), ${otherwise}, ` +
      'choose another user with --user (in launch.json: "options": { "user": "…" }), or start it as an ordinary user.';

/**
 * Checks that the server's user reaches everything it has to. Apache would start without that, and answer every
 * request with an error.
 *
 * @throws UserError `not-readable`, naming the directory or file that stops which user.
 */
export const checkReachable = (user: SystemUser, requirements: readonly Requirement[]): void => {
  for (const { what, path: file, kind, otherwise } of requirements) {
    const obstacle = whatStops(user, file, kind);
    if (!obstacle) continue;
    throw new UserError({
      code: 'not-readable',
      message:
        `The server runs as ${user.name}, who cannot read ${what} ${file}: ` +
        `${obstacle.path} ${obstacle.reason}.`,
      action: remedy(user, otherwise),
    });
  }
};
