import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';

/**
 * Remembers the mode of the terminal; a debugger that is ended in the middle of a line leaves it without echo.
 *
 * @returns the function that restores it; does nothing without a terminal.
 */
export const rememberTerminal = (): (() => void) => {
  if (!process.stdin.isTTY) return () => {};
  const { stdout, status } = spawnSync('stty', ['-g'], {
    stdio: ['inherit', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  const mode = stdout?.trim();
  if (status !== 0 || !mode) return () => {};
  return () => {
    spawnSync('stty', [mode], { stdio: ['inherit', 'ignore', 'ignore'] });
  };
};

/**
 * Ends this process by SIGHUP where its terminal has gone, as that ends others. Left to itself Node would put the terminal's
 * mode back, fail, and abort: https://github.com/nodejs/node/blob/v24.0.0/src/node.cc has it in ResetStdio.
 */
export const endWithTerminal = (): void => {
  const isGone = [process.stdout, process.stderr].some((stream) => stream.isTTY && !canWrite(stream.fd));
  if (isGone) process.kill(process.pid, 'SIGHUP');
};

const canWrite = (descriptor: number): boolean => {
  try {
    writeSync(descriptor, '');
    return true;
  } catch {
    return false;
  }
};
