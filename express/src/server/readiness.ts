import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 30;

const answers = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect({ port, host });
    const finish = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });

/** An address under which a listener on `host` is reached from this machine. */
const reachable = (host: string | undefined): string => {
  if (host === undefined || host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
};

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
    if (await answers(port, reachable(host))) return true;
    await delay(POLL_MS);
  }
  return false;
};
