import { isSupervised } from '../../../common/src/supervised';

/** Why a server should stop. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What writing fails with where the reader of a pipe has gone, and where the terminal has. */
const NOBODY_READS = new Set(['EPIPE', 'EIO']);

/**
 * Calls `onStop` for every reason to stop: a signal, an output that nobody reads any more, and the end of standard input
 * where another program supervises the launcher.
 *
 * @returns the function that stops listening.
 */
export const onStopRequest = (onStop: () => void): (() => void) => {
  const onOutputError = ({ code = '' }: NodeJS.ErrnoException): void => {
    if (NOBODY_READS.has(code)) onStop();
  };
  for (const signal of SIGNALS) process.on(signal, onStop);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputError);
  const watchesInput = isSupervised() && !process.stdin.isTTY;
  if (watchesInput) process.stdin.once('end', onStop).resume();
  return () => {
    for (const signal of SIGNALS) process.off(signal, onStop);
    if (watchesInput) process.stdin.off('end', onStop);
  };
};
