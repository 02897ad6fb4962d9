import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The state of a listening socket in /proc/net/tcp. */
const LISTENING = '0A';

/**
 * The processes that hold the listening socket of a loopback port: a server and all its children, since they inherit it.
 *
 * @param port the port of a server that runs on this machine
 */
export const processesListeningOn = (port: number): number[] => {
  const sockets = new Set(listeningInodes(port).map((inode) => `socket:[${inode}]`));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => openFilesOf(pid).some((file) => sockets.has(file)));
};

/** Whether a process exists, as other than an exited one whose parent has not looked at it yet. */
export const isRunning = (pid: number): boolean => {
  try {
    // The state follows the command's name, which stands in parentheses and may contain anything.
    return !/^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

const listeningInodes = (port: number): string[] => {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hexPort}`) && state === LISTENING)
    .map((columns) => columns[9] ?? '');
};

/** Where a process's descriptors point; none for one that has ended or is another user's. */
const openFilesOf = (pid: number): string[] => {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((descriptor) => readlinkSync(`${folder}/${descriptor}`));
  } catch {
    return [];
  }
};
