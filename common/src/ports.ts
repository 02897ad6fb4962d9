import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import net from 'node:net';

/** Why a port cannot be listened on, or undefined if it can. */
export const portObstacle = (port: number, host?: string): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error));
    probe.listen({ port, ...(host ? { host } : {}), exclusive: true }, () =>
      probe.close(() => resolve(undefined)),
    );
  });

/**
 * A port that nobody listens on at the moment.
 *
 * @throws NodeJS.ErrnoException if the host is not an address of this machine.
 */
export const freePort = (host = '127.0.0.1'): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen({ port: 0, host, exclusive: true }, () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address
          ? resolve(address.port)
          : reject(new Error('the operating system gave no port')),
      );
    });
  });

/** The process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly program: string;
}

const LISTENING = '0A';

/** Inode numbers of the sockets that listen on the port, from the kernel's tables. */
const listeningInodes = (port: number): Set<string> => {
  const inodes = new Set<string>();
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readLines(table)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === LISTENING && fields[1]?.endsWith(`:${wanted}`) && fields[9]) inodes.add(fields[9]);
    }
  }
  return inodes;
};

const readLines = (file: string): string[] => {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
};

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const holdsOne = (pid: string, inodes: ReadonlySet<string>): boolean =>
  list(`/proc/${pid}/fd`).some((descriptor) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      return inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '');
    } catch {
      return false;
    }
  });

/**
 * Who listens on a port, as far as this user may know: another user's processes hide their sockets, and only Linux
 * tells it through /proc.
 */
export const portHolder = (port: number): PortHolder | undefined => {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return undefined;
  const pid = list('/proc').find((name) => /^\d+$/.test(name) && holdsOne(name, inodes));
  return pid ? { pid: Number(pid), program: readLines(`/proc/${pid}/comm`)[0] ?? '' } : undefined;
};
