import { UserError } from '../../../common/src/errors';
import { runProgram } from '../../../common/src/run-program';

/** Variables that a shell sets for itself. */
const OF_THE_SHELL = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL']);

/** Marks the end of what the script itself prints. */
const MARK = '\0mod_wsgi-express\0';

/**
 * Runs a shell script and takes over the variables that it sets or changes, whether it exports them or not.
 *
 * @throws UserError `envvars-script-failed`, with what the script printed.
 */
export const readEnvironmentScript = async (script: string): Promise<Record<string, string>> => {
  const order = String.raw`set -a; . "$1" && printf '\0mod_wsgi-express\0' && env -0`;
  const result = await runProgram('/bin/sh', ['-c', order, 'envvars', script], { timeoutMs: 30_000 });
  if (result.exitCode !== 0)
    throw new UserError({
      code: 'envvars-script-failed',
      message: `The script ${script} of --envvars-script failed: ${result.stderr.trim() || `its status is ${result.exitCode}`}.`,
      action: 'Correct the script, or leave the option out.',
    });
  const entries = result.stdout
    .slice(result.stdout.indexOf(MARK) + MARK.length)
    .split('\0')
    .filter((entry) => entry.includes('='))
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const)
    .filter(([name, value]) => !OF_THE_SHELL.has(name) && process.env[name] !== value);
  return Object.fromEntries(entries);
};
