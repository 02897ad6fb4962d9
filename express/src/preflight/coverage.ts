import { UserError } from '../../../common/src/errors';
import { runProgram } from '../../../common/src/run-program';
import type { Python } from '../../../common/src/runtime/python';

/**
 * Checks that the application's Python can import coverage.
 *
 * @throws UserError `coverage-missing`, with the command that installs it.
 */
export const checkCoverageInstalled = async (
  python: Python,
  pythonPath: readonly string[],
): Promise<void> => {
  const inherited = process.env.PYTHONPATH;
  const { exitCode } = await runProgram(python.executable, ['-c', 'import coverage'], {
    cwd: '/',
    environment: { PYTHONPATH: [...pythonPath, ...(inherited ? [inherited] : [])].join(':') },
    timeoutMs: 30_000,
  });
  if (exitCode === 0) return;
  throw new UserError({
    code: 'coverage-missing',
    message: `--enable-coverage needs the package coverage, and ${python.executable} cannot import it.`,
    action: 'Install it into the environment of the application, or name that environment with --python:',
    command: `${python.executable} -m pip install coverage`,
  });
};
