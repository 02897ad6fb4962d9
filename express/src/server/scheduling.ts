import { spawn } from 'node:child_process';

/** It takes a millisecond; a start must not wait for one that hangs. */
const PATIENCE_MS = 1_000;

/**
 * Lets this process, and all that it starts from then on, run in Linux's class for batch work. A thread that wakes up does
 * not interrupt another one there: the threads of a Python application hand the GIL to each other, and one that is
 * interrupted while it holds it only makes the other sleep again (https://man7.org/linux/man-pages/man7/sched.7.html,
 * SCHED_BATCH). Priorities stay as they are.
 *
 * @returns when that is so; where there is no `chrt`, or it may not, everything runs as it would have.
 */
export const runAsBatch = (): Promise<void> =>
  new Promise((resolve) => {
    const chrt = spawn('chrt', ['--batch', '--pid', '0', String(process.pid)], {
      stdio: 'ignore',
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    chrt.once('error', () => resolve());
    chrt.once('exit', () => resolve());
  });
