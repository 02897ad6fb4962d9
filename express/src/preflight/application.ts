import path from 'node:path';
import { absence, kindOf } from '../../../common/src/access';
import { UserError } from '../../../common/src/errors';
import { checkReachable, ELSEWHERE, pythonRequirements, type Requirement } from '../../../common/src/reach';
import type { Python } from '../../../common/src/runtime/python';
import type { ServerIdentity } from '../plan';
import type { Settings } from '../settings';

/**
 * Checks that script and directories exist and are what they have to be.
 *
 * @throws UserError `script-missing`, `working-directory-missing` or `python-path-missing`.
 */
export const checkApplicationExists = ({ application, workingDirectory, pythonPath }: Settings): void => {
  if (application.type === 'script' && kindOf(application.entry) !== 'file')
    throw scriptMissing(application.entry);
  if (kindOf(workingDirectory) !== 'directory')
    throw new UserError({
      code: 'working-directory-missing',
      message: absence('working directory', workingDirectory),
      action: 'Correct --working-directory.',
    });
  const missing = pythonPath.find((folder) => !kindOf(folder));
  if (missing)
    throw new UserError({
      code: 'python-path-missing',
      message: absence('directory', missing),
      action: 'Correct --python-path.',
    });
};

const scriptMissing = (file: string): UserError =>
  new UserError({
    code: 'script-missing',
    message:
      kindOf(file) === 'directory'
        ? `${file} is a directory, not a WSGI script.`
        : absence('WSGI script', file),
    action: kindOf(path.join(file, 'wsgi.py'))
      ? `Name the script: ${path.join(file, 'wsgi.py')}.`
      : 'Correct the path; for the name of a Python module add --application-type=module.',
  });

/**
 * Checks that the server's user can read the application and its Python.
 *
 * @throws UserError `not-readable`.
 */
export const checkReadable = (settings: Settings, python: Python, { user }: ServerIdentity): void =>
  checkReachable(user, [...applicationRequirements(settings), ...pythonRequirements(python)]);

const applicationRequirements = ({
  application,
  workingDirectory,
  pythonPath,
  newRelic,
}: Settings): Requirement[] => [
  ...(application.type === 'script'
    ? [{ what: 'the script', path: application.entry, kind: 'read', otherwise: ELSEWHERE } as const]
    : []),
  {
    what: 'the working directory',
    path: workingDirectory,
    kind: 'execute',
    otherwise: 'choose another with --working-directory',
  },
  ...(newRelic
    ? [
        {
          what: "New Relic's configuration",
          path: newRelic.configFile,
          kind: 'read',
          otherwise: 'correct --newrelic-config-file',
        } as const,
      ]
    : []),
  ...pythonPath.map(
    (folder) => ({ what: 'the python path', path: folder, kind: 'execute', otherwise: ELSEWHERE }) as const,
  ),
];
