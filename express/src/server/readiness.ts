import { setTimeout as delay } from 'node:timers/promises';
import { isListening } from '../../../common/src/addresses';

const POLL_MS = 30;

/**
 * Waits until somebody listens on the port.
 *
 * @returns false if `signal` was aborted before.
 */
export const waitForPort = async (
  port: number,
  host: string | undefined,
  signal: AbortSignal,
): Promise<boolean> => {
  while (!signal.aborted) {
    if (await isListening(port, host)) return true;
    await delay(POLL_MS);
  }
  return false;
};
