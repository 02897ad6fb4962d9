import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import type { Interface } from 'node:readline';
import type { AttachAttributes } from '../../common/src/launch-attributes';
import { noServer, notPermitted, unreachable, unreadableToken } from './attach-errors';
import { ProcessGone, shakeHands, type Wanted } from './handshake';
import { linesOf } from './lines';

/** The way to the processes of a server that listen for an adapter. */
export interface Door {
  /** How messages name it. */
  readonly where: string;
  /**
   * The names of the processes that listen now.
   *
   * @throws UserError if there is no way to them.
   */
  processes(): Promise<readonly string[]>;
  /**
   * A connection to one of them.
   *
   * @throws ProcessGone; UserError if it is not to be had, with what to do.
   */
  open(process: string, want: Wanted): Promise<Socket>;
  close(): void;
}

const DEFAULT_HOST = '127.0.0.1';

/**
 * The door that an attach configuration names.
 *
 * @throws UserError `attach-token` if the token cannot be read.
 */
export const doorOf = ({ socketFolder, host, port, token, tokenFile }: AttachAttributes): Door =>
  port === undefined
    ? new FolderDoor(socketFolder ?? defaultFolder())
    : new PortDoor(host ?? DEFAULT_HOST, port, tokenFile ? readToken(tokenFile) : token);

const SHARED_TEMPORARY = '/tmp';

const DEFAULT_FOLDER = 'mod_wsgi_debug-';

/** The agent's default for our user. Root, who may enter all of them, gets the only one there is. */
const defaultFolder = (): string => {
  const uid = process.getuid?.() ?? 0;
  const found = readdirSync(SHARED_TEMPORARY).filter((name) => name.startsWith(DEFAULT_FOLDER));
  const [only] = found;
  const name = uid === 0 && only && found.length === 1 ? only : `${DEFAULT_FOLDER}${uid}`;
  return path.join(SHARED_TEMPORARY, name);
};

const readToken = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw unreadableToken(file, (error as Error).message);
  }
};

const SOCKET = '.sock';

/** Every process has a UNIX socket in a folder that only its user can enter. */
class FolderDoor implements Door {
  constructor(readonly where: string) {}

  async processes(): Promise<readonly string[]> {
    try {
      return readdirSync(this.where)
        .filter((name) => name.endsWith(SOCKET))
        .map((name) => name.slice(0, -SOCKET.length));
    } catch (error) {
      throw explained(this.where, error as NodeJS.ErrnoException);
    }
  }

  async open(process: string, want: Wanted): Promise<Socket> {
    const file = path.join(this.where, `${process}${SOCKET}`);
    const socket = await connected(connect(file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new ProcessGone();
      if (error.code !== 'ECONNREFUSED') throw explained(this.where, error);
      // A process that was killed. One that starts shows its socket only when it listens.
      rmSync(file, { force: true });
      throw new ProcessGone();
    });
    await shakeHands(socket, { want, token: undefined, where: this.where });
    return socket;
  }

  close(): void {}
}

/** The processes share a port: the one that holds it names its siblings, and hands connections on to them. */
class PortDoor implements Door {
  readonly where: string;
  private directory: { readonly socket: Socket; readonly lines: Interface } | undefined;

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly token: string | undefined,
  ) {
    this.where = `${host}:${port}`;
  }

  async processes(): Promise<readonly string[]> {
    const { socket, lines } = this.directory ?? (await this.openDirectory());
    return new Promise((resolve, reject) => {
      const onLost = () => reject(noServer(this.where, 'the process that held the port has ended'));
      socket.once('close', onLost);
      lines.once('line', (line) => {
        socket.off('close', onLost);
        resolve((JSON.parse(line) as { processes: string[] }).processes);
      });
      socket.write('\n');
    });
  }

  async open(process: string, want: Wanted): Promise<Socket> {
    const connecting = connect({ host: this.host, port: this.port, noDelay: true });
    const socket = await connected(connecting).catch((error) => {
      throw explained(this.where, error);
    });
    await shakeHands(socket, { want, process, token: this.token, where: this.where });
    return socket;
  }

  close(): void {
    this.directory?.socket.destroy();
  }

  private async openDirectory(): Promise<{ socket: Socket; lines: Interface }> {
    const socket = await this.open('', 'processes');
    const directory = { socket, lines: linesOf(socket) };
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.directory = undefined;
    });
    this.directory = directory;
    return directory;
  }
}

const CONNECT_MS = 10_000;

const connected = (socket: Socket): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => socket.destroy(new Error(`no answer within ${CONNECT_MS / 1000} seconds`)),
      CONNECT_MS,
    );
    const onError = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });

const explained = (where: string, error: NodeJS.ErrnoException): Error => {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return notPermitted(where);
    case 'ENOENT':
      return noServer(where, 'there is no such folder');
    case 'ECONNREFUSED':
      return noServer(where, 'nothing listens there');
    default:
      return unreachable(where, error.message);
  }
};
