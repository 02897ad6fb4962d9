import { execa } from 'execa';
import { UserError } from '../../../common/src/errors';

/** Variables that a shell sets for itself. */
const OF_THE_SHELL = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL']);

/**
 * Runs a shell script and takes over the variables that it sets or changes, whether it exports them or not.
 *
 * @throws UserError `envvars-script-failed`, with what the script printed.
 */
export const readEnvironmentScript = async (script: string): Promise<Record<string, string>> => {
  const result = await execa('/bin/sh', ['-c', 'set -a; . "$1"; env -0 >&3', 'envvars', script], {
    reject: false,
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (result.exitCode !== 0)
    throw new UserError({
      code: 'envvars-script-failed',
      message: `The script ${script} of --envvars-script failed: ${result.stderr.trim() || result.shortMessage}`,
      action: 'Correct the script, or leave the option out.',
    });
  const entries = String(result.stdio[3] ?? '')
    .split('\0')
    .filter((entry) => entry.includes('='))
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const)
    .filter(([name, value]) => !OF_THE_SHELL.has(name) && process.env[name] !== value);
  return Object.fromEntries(entries);
};
