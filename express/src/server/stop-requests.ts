/** Why a server should stop. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** With this set to 1, the end of standard input means that whoever started the launcher is gone. */
export const STOP_ON_EOF = 'MOD_WSGI_EXPRESS_STOP_ON_EOF';

/**
 * Calls `onStop` for every reason to stop: a signal, an output that nobody reads any more, and the end of standard input
 * where {@link STOP_ON_EOF} is set.
 *
 * @returns the function that stops listening.
 */
export const onStopRequest = (onStop: () => void): (() => void) => {
  const onOutputError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') onStop();
  };
  for (const signal of SIGNALS) process.on(signal, onStop);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputError);
  const watchesInput = process.env[STOP_ON_EOF] === '1' && !process.stdin.isTTY;
  if (watchesInput) process.stdin.once('end', onStop).resume();
  return () => {
    for (const signal of SIGNALS) process.off(signal, onStop);
    if (watchesInput) process.stdin.off('end', onStop);
  };
};
