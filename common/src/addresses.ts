import net from 'node:net';

/** Addresses that stand for all of the machine's. */
const UNSPECIFIED = new Set(['0.0.0.0', '::', '*']);

/**
 * An address under which a listener on `host` is reached from this machine.
 *
 * @param host undefined for a listener on all addresses.
 */
export const reachableHost = (host: string | undefined): string => {
  if (host === '::') return '::1';
  return host === undefined || UNSPECIFIED.has(host) ? '127.0.0.1' : host;
};

/** How a listen address looks in a URL: a listener on all addresses is reached as localhost. */
export const urlHost = (host: string | undefined): string => {
  if (host === undefined || UNSPECIFIED.has(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};

/** The address of a server as a browser takes it. */
export const serverUrl = (host: string | undefined, port: number): string =>
  `http://${urlHost(host)}:${port}/`;

/** Whether somebody accepts connections there now. */
export const isListening = (port: number, host: string | undefined): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect({ port, host: reachableHost(host) });
    const answer = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
