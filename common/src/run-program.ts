import { spawn } from 'node:child_process';

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The program is ended after this long. */
  readonly timeoutMs?: number;
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

const withoutLineEnd = (chunks: readonly Buffer[]): string =>
  Buffer.concat(chunks)
    .toString()
    .replace(/\r?\n$/, '');

/**
 * Runs a program to its end, with nothing on its standard input. Never rejects: the result says how it ended.
 *
 * Written on `node:child_process` alone, because what the launcher loads counts in the time to the first response.
 */
export const runProgram = (
  program: string,
  args: readonly string[],
  { cwd, environment, timeoutMs, onOutput }: RunOptions = {},
): Promise<ProgramResult> =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...environment },
      timeout: timeoutMs,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const output: Buffer[] = [];
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      into.push(chunk);
      output.push(chunk);
      onOutput?.(chunk.toString());
    };
    // Nothing that was started for an answer outlives the one who asked.
    const endWithUs = (): void => {
      child.kill();
    };
    process.once('exit', endWithUs);
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    const end = (exitCode: number | null, failure?: NodeJS.ErrnoException): void => {
      process.off('exit', endWithUs);
      resolve({
        exitCode: exitCode ?? undefined,
        stdout: withoutLineEnd(stdout),
        stderr: withoutLineEnd(stderr),
        output: withoutLineEnd(output),
        failure,
      });
    };
    child.on('error', (error) => end(null, error));
    child.on('close', (status) => end(status));
  });
