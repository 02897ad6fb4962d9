import { execa } from 'execa';
import { bundledLauncher } from '../../support/bundle';

/** Who runs a command, and where. */
export interface CommandOptions {
  readonly cwd: string;
  readonly bundle?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}

/** How a command ended. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export const run = async (
  program: string,
  words: readonly string[],
  { cwd, environment, uid, gid }: CommandOptions,
  extendEnv = true,
): Promise<CommandResult> => {
  const { exitCode, stdout, stderr, originalMessage } = await execa(program, words, {
    cwd,
    reject: false,
    timeout: 60_000,
    stdin: 'ignore',
    extendEnv,
    ...(environment ? { env: environment } : {}),
    ...(uid === undefined ? {} : { uid, gid }),
  });
  // A program that could not even be started has no status.
  if (exitCode === undefined) throw new Error(`${program}: ${originalMessage}`);
  return { status: exitCode, stdout, stderr };
};

/** Runs a command of the launcher to its end. */
export const launcher = async (words: readonly string[], options: CommandOptions): Promise<CommandResult> =>
  run(process.execPath, [options.bundle ?? (await bundledLauncher()), ...words], options);
