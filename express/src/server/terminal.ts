import { spawnSync } from 'node:child_process';

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
