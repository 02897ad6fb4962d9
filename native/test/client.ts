import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Response {
  readonly status: number;
  readonly reason: string;
  /** Header lines as they came, e.g. `Set-Cookie: a=1`. */
  readonly headers: readonly string[];
  /** Everything behind the headers, chunk framing included; latin-1. */
  readonly raw: string;
  /** The body without its framing. */
  readonly body: string;
  /** False when the body ended before its framing did. */
  readonly whole: boolean;
}

/** The value of a header, undefined if there is none. */
export const header = (response: Response, name: string): string | undefined =>
  response.headers
    .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    ?.slice(name.length + 1)
    .trim();

const unchunk = (raw: string): { body: string; whole: boolean } => {
  let body = '';
  let at = 0;
  for (;;) {
    const end = raw.indexOf('\r\n', at);
    const size = end < 0 ? Number.NaN : Number.parseInt(raw.slice(at, end), 16);
    if (Number.isNaN(size)) return { body, whole: false };
    if (size === 0) return { body, whole: raw.startsWith('\r\n', end + 2) };
    body += raw.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
};

/** Splits what came over a connection that carried one response. */
export const parse = (text: string): Response => {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...headers] = text.slice(0, end < 0 ? text.length : end).split('\r\n');
  const raw = end < 0 ? '' : text.slice(end + 4);
  const [, status = '0', reason = ''] = /^HTTP\/1\.[01] (\d+) ?(.*)$/.exec(first) ?? [];
  const response = { status: Number(status), reason, headers, raw, body: raw, whole: end >= 0 };
  if (header(response, 'Transfer-Encoding') === 'chunked') return { ...response, ...unchunk(raw) };
  const length = header(response, 'Content-Length');
  return length === undefined ? response : { ...response, whole: Number(length) === raw.length };
};

/** A connection on which bytes are sent and received by hand. */
export class Connection {
  private constructor(private readonly socket: Socket) {
    socket.on('data', (data) => {
      this.text += data.toString('latin1');
    });
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('error', () => {
      this.closed = true;
    });
  }

  /** Everything received so far. */
  text = '';
  /** The server has closed the connection. */
  closed = false;

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Connection(socket)));
    });
  }

  send(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /**
   * Waits until the text received matches.
   * @throws Error with the text if it does not in time.
   */
  async received(pattern: RegExp, milliseconds = 5_000): Promise<string> {
    await this.until(() => pattern.test(this.text), milliseconds, `no ${pattern}`);
    return this.text;
  }

  /**
   * Waits until the server closes the connection.
   * @throws Error with the text received if it does not in time.
   */
  async end(milliseconds = 10_000): Promise<string> {
    await this.until(() => this.closed, milliseconds, 'not closed');
    return this.text;
  }

  private async until(condition: () => boolean, milliseconds: number, what: string): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`${what} within ${milliseconds} ms in:\n${this.text}`);
      await sleep(5);
    }
  }

  /** Reads nothing from now on. */
  pause(): void {
    this.socket.pause();
  }

  /** Hangs up at once: what was not read is lost. */
  hangUp(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Sends bytes on a new connection and returns everything until the server closes it. */
export const exchange = async (port: number, bytes: string | Buffer): Promise<string> => {
  const connection = await Connection.open(port);
  try {
    connection.send(bytes);
    return await connection.end();
  } finally {
    connection.close();
  }
};

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** One HTTP/1.1 request on a connection of its own (`Connection: close`), and its response. */
export const request = async (
  port: number,
  path: string,
  options: RequestOptions = {},
): Promise<Response> => {
  const { method = 'GET', headers = {}, body = '' } = options;
  const length = body && !headers['Transfer-Encoding'] ? { 'Content-Length': String(body.length) } : {};
  const lines = Object.entries({ Host: 'lab.example', Connection: 'close', ...length, ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return parse(await exchange(port, `${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`));
};
