import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

interface DapMessage {
  readonly type: 'response' | 'event' | 'request';
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly command?: string;
  readonly event?: string;
  readonly message?: string;
  readonly body?: unknown;
}

interface DapClientEvents {
  /** Any event of the peer. */
  event: [name: string, body: unknown];
  /** The peer has closed the connection. */
  closed: [];
}

type Pending = { resolve: (body: unknown) => void; reject: (error: Error) => void };

const HEADER_END = '\r\n\r\n';

/** The client's side of the Debug Adapter Protocol on a stream: requests become promises, events are emitted. */
export class DapClient extends EventEmitter<DapClientEvents> {
  private readonly pending = new Map<number, Pending>();
  private lastSeq = 0;
  private received: Buffer = Buffer.alloc(0);

  constructor(private readonly stream: Socket) {
    super();
    stream.on('data', (chunk: Buffer) => this.receive(chunk));
    stream.on('error', () => stream.destroy());
    stream.on('close', () => {
      for (const { reject } of this.pending.values()) reject(new Error('The application has ended.'));
      this.pending.clear();
      this.emit('closed');
    });
  }

  /**
   * Send a request.
   *
   * @returns the response's body.
   * @throws Error with the peer's message if it refuses, or if the connection is lost first.
   */
  request(command: string, args: unknown = {}): Promise<unknown> {
    const seq = ++this.lastSeq;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    return new Promise((resolve, reject) => {
      if (this.stream.destroyed) reject(new Error('The application has ended.'));
      this.pending.set(seq, { resolve, reject });
      this.stream.write(`Content-Length: ${Buffer.byteLength(text)}${HEADER_END}${text}`);
    });
  }

  close(): void {
    this.stream.destroy();
  }

  private receive(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (let message = this.next(); message !== undefined; message = this.next()) this.dispatch(message);
  }

  /** The next whole message, taken off what has been received. */
  private next(): DapMessage | undefined {
    const headerEnd = this.received.indexOf(HEADER_END);
    if (headerEnd < 0) return undefined;
    const length = Number(/Content-Length: (\d+)/i.exec(this.received.toString('latin1', 0, headerEnd))?.[1]);
    const start = headerEnd + HEADER_END.length;
    if (!(this.received.length >= start + length)) return undefined;
    const text = this.received.toString('utf8', start, start + length);
    this.received = this.received.subarray(start + length);
    return JSON.parse(text);
  }

  private dispatch(message: DapMessage): void {
    if (message.type === 'event') {
      this.emit('event', message.event ?? '', message.body);
      return;
    }
    const waiting = this.pending.get(message.request_seq ?? 0);
    if (!waiting) return;
    this.pending.delete(message.request_seq ?? 0);
    if (message.success) waiting.resolve(message.body);
    else waiting.reject(new Error(message.message ?? 'The debugger refused.'));
  }
}
