import type { Guard } from './guard';

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The program is ended after this long. */
  readonly timeoutMs?: number;
  /** The program is ended when one of its outputs has more characters than this; without it 100 million. */
  readonly mostOutput?: number;
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
  /** What ended it before its time; undefined if it ended by itself, or was never started. */
  readonly endedBy: 'timeout' | 'abort' | 'output' | NodeJS.Signals | undefined;
}

/** A child that a program has left behind may hold its outputs open for ever: this long they are waited for. */
const LATE_OUTPUT_MS = 1000;

/**
 * Runs a program to its end, with nothing on its standard input. Never rejects: the result says how it ended. The
 * program does not outlive this process.
 */
export const runProgram = async (
  program: string,
  args: readonly string[],
  { cwd, environment, timeoutMs, mostOutput, signal, guard, onOutput }: RunOptions = {},
): Promise<ProgramResult> => {
  // Loaded when a first program is run: a warm start of the launcher runs none, and execa is half of its code.
  const { execa } = await import('execa');
  const running = execa(program, args, {
    ...(cwd !== undefined && { cwd }),
    ...(environment && { env: environment }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    ...(mostOutput !== undefined && { maxBuffer: mostOutput }),
    ...(signal && { cancelSignal: signal }),
    // A group of its own, for the guard.
    ...(guard && { detached: true }),
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  if (running.pid !== undefined) guard?.watchGroup(running.pid);
  running.once('exit', () => {
    const late = setTimeout(() => {
      running.stdout.destroy();
      running.stderr.destroy();
    }, LATE_OUTPUT_MS);
    running.once('close', () => clearTimeout(late));
  });
  if (onOutput) running.all.on('data', (chunk: Buffer) => onOutput(chunk.toString()));
  const result = await running;
  return {
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    output: result.all,
    failure:
      result.exitCode === undefined && result.code ? (result.cause as NodeJS.ErrnoException) : undefined,
    endedBy: result.timedOut
      ? 'timeout'
      : result.isCanceled
        ? 'abort'
        : result.isMaxBuffer
          ? 'output'
          : (result.signal as NodeJS.Signals | undefined),
  };
};
