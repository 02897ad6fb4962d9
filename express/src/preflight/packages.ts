import { UserError } from '../../../common/src/errors';
import { runProgram } from '../../../common/src/run-program';
import type { Python } from '../../../common/src/runtime/python';
import type { Settings } from '../settings';

/** A package that an option cannot do without. */
interface NeededPackage {
  readonly isNeeded: (settings: Settings) => boolean;
  readonly option: string;
  /** Of the error where it is missing. */
  readonly code: string;
  /** What is imported, and the name under which pip installs it. */
  readonly module: string;
  readonly name: string;
}

const NEEDED: readonly NeededPackage[] = [
  {
    isNeeded: ({ coverage }) => coverage,
    option: '--enable-coverage',
    code: 'coverage-missing',
    module: 'coverage',
    name: 'coverage',
  },
  {
    isNeeded: ({ application }) => application.type === 'paste',
    option: '--application-type=paste',
    code: 'pastedeploy-missing',
    module: 'paste.deploy',
    name: 'PasteDeploy',
  },
];

/**
 * Checks that the application's Python can import what the options need.
 *
 * @throws UserError `coverage-missing` or `pastedeploy-missing`, with the command that installs it.
 */
export const checkPackages = async (settings: Settings, python: Python): Promise<void> => {
  const inherited = process.env.PYTHONPATH;
  const PYTHONPATH = [...settings.pythonPath, ...(inherited ? [inherited] : [])].join(':');
  for (const { option, code, module, name } of NEEDED.filter(({ isNeeded }) => isNeeded(settings))) {
    const { exitCode } = await runProgram(python.executable, ['-c', `import ${module}`], {
      cwd: '/',
      environment: { PYTHONPATH },
      timeoutMs: 30_000,
    });
    if (exitCode === 0) continue;
    throw new UserError({
      code,
      message: `${option} needs the package ${name}, and ${python.executable} cannot import it.`,
      action: 'Install it into the environment of the application, or name that environment with --python:',
      command: `${python.executable} -m pip install ${name}`,
    });
  }
};
