import { EventEmitter } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type AgentCommands, type AgentEvents, PROTOCOL_VERSION } from './agent-protocol';
import { sameText } from './handshake';
import { linesOf } from './lines';

interface Hello {
  readonly token: string;
  readonly protocol: number;
  readonly pid: number;
}

type ChannelEvents = { [E in keyof AgentEvents]: [AgentEvents[E]] } & {
  /** The agent has shown its token: the application's process is there. */
  connected: [{ pid: number }];
  /** The application's process is gone, or has closed its end. */
  lost: [];
};

type Pending = { resolve: (body: unknown) => void; reject: (error: Error) => void };

/** The agent has answered that it cannot do what was asked; the message is for the user. */
export class AgentRefusal extends Error {}

/**
 * The adapter's end of the control channel: listens on a UNIX socket, takes one agent that knows the token, and turns
 * commands into promises.
 */
export class AgentChannel extends EventEmitter<ChannelEvents> {
  private readonly server: Server;
  private peer: Socket | undefined;
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;

  /** @param token what an agent that connects has to show; none where it is {@link adopt}ed. */
  constructor(private readonly token = '') {
    super();
    this.server = createServer((socket) => this.greet(socket));
  }

  /**
   * Start to listen.
   *
   * @param socketPath in a folder that nobody but the server's user can enter.
   * @throws Error if the path is too long for a socket or cannot be written.
   */
  listen(socketPath: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(socketPath, resolve);
    });
  }

  /** Take a connection of which it is known already who is at its other end. */
  adopt(socket: Socket): void {
    this.peer = socket;
    this.once('hello', ({ pid }) => this.emit('connected', { pid }));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.lose());
    linesOf(socket).on('line', (line) => this.take(parse(line)));
  }

  get isConnected(): boolean {
    return this.peer !== undefined;
  }

  /**
   * Ask the agent.
   *
   * @throws AgentRefusal if it says no; Error if the connection is lost before it answers.
   */
  request<C extends keyof AgentCommands>(
    command: C,
    args: AgentCommands[C]['arguments'],
  ): Promise<AgentCommands[C]['body']> {
    const { peer } = this;
    if (!peer) return Promise.reject(new Error('The application is not running.'));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve: resolve as (body: unknown) => void, reject });
      peer.write(`${JSON.stringify({ id, command, arguments: args })}\n`);
    });
  }

  /** Close the connection and stop to listen; requests under way fail. */
  close(): void {
    this.server.close();
    this.peer?.destroy();
  }

  private greet(socket: Socket): void {
    let accepted = false;
    socket.on('error', () => socket.destroy());
    linesOf(socket).on('line', (line) => {
      const message = parse(line);
      if (accepted) this.take(message);
      else if (this.accepts(message)) {
        accepted = true;
        this.peer = socket;
        this.emit('connected', { pid: (message.body as Hello).pid });
      } else socket.destroy();
    });
    socket.on('close', () => {
      if (this.peer === socket) this.lose();
    });
  }

  /** A second process with the token (a child of the application that re-reads the entry script) is turned away. */
  private accepts(message: Message): boolean {
    if (this.peer || message.event !== 'hello') return false;
    const hello = message.body as Hello;
    return hello.protocol === PROTOCOL_VERSION && sameText(String(hello.token), this.token);
  }

  private take(message: Message): void {
    if (message.event !== undefined) {
      this.emit(message.event as keyof AgentEvents, message.body as never);
      return;
    }
    const waiting = message.id === undefined ? undefined : this.pending.get(message.id);
    if (!waiting || message.id === undefined) return;
    this.pending.delete(message.id);
    if (message.ok) waiting.resolve(message.body);
    else waiting.reject(new AgentRefusal(message.error ?? 'refused without a reason'));
  }

  private lose(): void {
    this.peer = undefined;
    for (const { reject } of this.pending.values()) reject(new Error('The application has ended.'));
    this.pending.clear();
    this.emit('lost');
  }
}

interface Message {
  readonly event?: string;
  readonly id?: number;
  readonly ok?: boolean;
  readonly error?: string;
  readonly body?: unknown;
}

const parse = (line: string): Message => {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === 'object' && message !== null ? message : {};
  } catch {
    return {};
  }
};
