import type { Guard } from './guard';

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The program is ended after this long. */
  readonly timeoutMs?: number;
  /** Ends the program when it is aborted. */
  readonly signal?: AbortSignal;
  /** Ends the program and all its children if this process is killed. */
  readonly guard?: Guard;
  /** Receives the output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** How a program ended. */
export interface ProgramResult {
  /** Undefined if a signal ended it, or it could not be started. */
  readonly exitCode: number | undefined;
  /** Without the last line end. */
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
  /** What the system said where the program could not be started, e.g. `spawn make ENOENT`. */
  readonly failure: NodeJS.ErrnoException | undefined;
}

/**
 * Runs a program to its end, with nothing on its standard input. Never rejects: the result says how it ended. The
 * program does not outlive this process.
 */
export const runProgram = async (
  program: string,
  args: readonly string[],
  { cwd, environment, timeoutMs, signal, guard, onOutput }: RunOptions = {},
): Promise<ProgramResult> => {
  // Loaded when a first program is run: a warm start of the launcher runs none, and execa is half of its code.
  const { execa } = await import('execa');
  const running = execa(program, args, {
    ...(cwd !== undefined && { cwd }),
    ...(environment && { env: environment }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    ...(signal && { cancelSignal: signal }),
    // A group of its own, for the guard.
    ...(guard && { detached: true }),
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  if (running.pid !== undefined) guard?.watchGroup(running.pid);
  if (onOutput) running.all.on('data', (chunk: Buffer) => onOutput(chunk.toString()));
  const result = await running;
  return {
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    output: result.all,
    failure:
      result.exitCode === undefined && result.code ? (result.cause as NodeJS.ErrnoException) : undefined,
  };
};
