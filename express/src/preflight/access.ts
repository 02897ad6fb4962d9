import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { type AccessKind, whatStops } from '../../../common/src/access';
import { UserError } from '../../../common/src/errors';
import type { Python } from '../../../common/src/runtime/python';
import type { ServerIdentity } from '../plan';
import type { Settings } from '../settings';

/** Something that the server's user has to reach. */
interface Requirement {
  /** As the message names it: "the script". */
  readonly what: string;
  readonly path: string;
  readonly kind: AccessKind;
  /** What to do instead of changing permissions. */
  readonly otherwise: string;
}

const ELSEWHERE = 'move it to a place that this user can reach';

/**
 * Checks that script and directories exist and are what they have to be.
 *
 * @throws UserError `script-missing`, `working-directory-missing` or `python-path-missing`.
 */
export const checkApplicationExists = ({ application, workingDirectory, pythonPath }: Settings): void => {
  if (application.type === 'script' && !isFile(application.entry)) throw scriptMissing(application.entry);
  if (!isFolder(workingDirectory))
    throw new UserError({
      code: 'working-directory-missing',
      message: `There is no directory ${workingDirectory} for the application to run in.`,
      action: 'Correct --working-directory.',
    });
  const missing = pythonPath.find((folder) => !existsSync(folder));
  if (missing)
    throw new UserError({
      code: 'python-path-missing',
      message: `There is no directory ${missing} to put on the module search path.`,
      action: 'Correct --python-path.',
    });
};

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
const isFolder = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;

const scriptMissing = (file: string): UserError =>
  new UserError({
    code: 'script-missing',
    message: isFolder(file)
      ? `${file} is a directory, not a WSGI script.`
      : `There is no WSGI script ${file}.`,
    action: existsSync(path.join(file, 'wsgi.py'))
      ? `Name the script: ${path.join(file, 'wsgi.py')}.`
      : 'Correct the path; for the name of a Python module add --application-type=module.',
  });

/**
 * Checks that the server's user can read the application and its Python. Apache would start without that, and answer
 * every request with an error.
 *
 * @throws UserError `not-readable`, naming the directory or file that stops which user.
 */
export const checkReadable = (settings: Settings, python: Python, { user }: ServerIdentity): void => {
  for (const requirement of requirements(settings, python)) {
    const obstacle = whatStops(user, requirement.path, requirement.kind);
    if (!obstacle) continue;
    throw new UserError({
      code: 'not-readable',
      message:
        `The server runs as ${user.name}, who cannot read ${requirement.what} ${requirement.path}: ` +
        `${obstacle.path} ${obstacle.reason}.`,
      action:
        `Let ${user.name} pass (chmod o+x on directories, o+r on files), ${requirement.otherwise}, ` +
        'or choose another user with --user.',
    });
  }
};

const requirements = (settings: Settings, python: Python): Requirement[] => {
  const { application, workingDirectory, pythonPath } = settings;
  const otherInterpreter = 'choose an interpreter in a place that this user can reach with --python';
  return [
    ...(application.type === 'script'
      ? [{ what: 'the script', path: application.entry, kind: 'read', otherwise: ELSEWHERE } as const]
      : []),
    {
      what: 'the working directory',
      path: workingDirectory,
      kind: 'execute',
      otherwise: 'choose another with --working-directory',
    },
    ...pythonPath.map(
      (folder) => ({ what: 'the python path', path: folder, kind: 'execute', otherwise: ELSEWHERE }) as const,
    ),
    { what: 'Python', path: python.executable, kind: 'read', otherwise: otherInterpreter },
    {
      what: "Python's library",
      path: path.join(python.standardLibrary, 'os.py'),
      kind: 'read',
      otherwise: otherInterpreter,
    },
    ...(existsSync(python.sitePackages)
      ? [
          {
            what: 'the installed packages',
            path: python.sitePackages,
            kind: 'read',
            otherwise: otherInterpreter,
          } as const,
        ]
      : []),
  ];
};
