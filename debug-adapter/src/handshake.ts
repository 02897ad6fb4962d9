import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { PROTOCOL_VERSION } from './agent-protocol';
import { impostor, noToken, notAnAgent, otherVersion, refused, wrongToken } from './attach-errors';

/** The process has ended, and its socket is only what it has left. */
export class ProcessGone extends Error {
  constructor() {
    super('The process has ended.');
  }
}

/** What an adapter may ask a process for: its control channel, a connection for debugpy, the names of its siblings. */
export type Wanted = 'control' | 'live' | 'processes';

export interface Asking {
  readonly want: Wanted;
  /** Which process of the server is meant, where the one that answers is not known to be it. */
  readonly process?: string;
  readonly token: string | undefined;
  /** How messages name the other end. */
  readonly where: string;
}

/** Longer than the agent waits for the last adapter to be gone. */
const PATIENCE_MS = 6_000;

const LONGEST_LINE = 4096;

/**
 * Show an agent that we may connect, and have it show that it is the agent: `agent/mod_wsgi_debug/handshake.py` is the
 * other side, and tells the messages. Afterwards the stream is the channel that was wanted, and paused.
 *
 * @throws ProcessGone; UserError with what is wrong. The socket is destroyed then.
 */
export const shakeHands = async (socket: Socket, asking: Asking): Promise<void> => {
  try {
    await exchange(socket, asking);
  } catch (error) {
    socket.destroy();
    throw error;
  }
};

const exchange = async (socket: Socket, { want, process, token, where }: Asking): Promise<void> => {
  const greeting = await readMessage(socket, where);
  if (greeting.agent !== 'mod_wsgi_debug' || typeof greeting.protocol !== 'number') throw notAnAgent(where);
  if (greeting.protocol !== PROTOCOL_VERSION) throw otherVersion(greeting.protocol, PROTOCOL_VERSION);
  const theirs = greeting.nonce;
  if (typeof theirs !== 'string') {
    socket.write(`${JSON.stringify({ want, process })}\n`);
    checkVerdict(await readMessage(socket, where), where);
    return;
  }
  if (!token) throw noToken(where);
  const nonce = randomBytes(32).toString('hex');
  const proof = proofOf(token, 'adapter', theirs, nonce);
  socket.write(`${JSON.stringify({ want, process, nonce, proof })}\n`);
  const verdict = await readMessage(socket, where);
  checkVerdict(verdict, where);
  if (!sameText(String(verdict.proof), proofOf(token, 'agent', theirs, nonce))) throw impostor(where);
};

const checkVerdict = ({ ok, error, message }: Message, where: string): void => {
  if (ok === true) return;
  if (error === 'gone') throw new ProcessGone();
  throw error === 'token' ? wrongToken(where) : refused(String(error), String(message));
};

const proofOf = (token: string, role: 'adapter' | 'agent', agentNonce: string, nonce: string): string =>
  createHmac('sha256', token).update(`${role}:${agentNonce}:${nonce}`).digest('hex');

type Message = Readonly<Record<string, unknown>>;

const readMessage = async (socket: Socket, where: string): Promise<Message> => {
  const line = await readLine(socket, where);
  try {
    const message: unknown = JSON.parse(line);
    if (typeof message === 'object' && message !== null) return message as Message;
  } catch {
    // Some other program's words.
  }
  throw notAnAgent(where);
};

/** One line; what follows it stays in the stream. */
const readLine = (socket: Socket, where: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose).off('error', onClose);
      act();
    };
    const timer = setTimeout(() => settle(() => reject(notAnAgent(where))), PATIENCE_MS);
    const onClose = () => settle(() => reject(notAnAgent(where)));
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\n');
      if (end < 0 && received.length <= LONGEST_LINE) return;
      socket.pause();
      settle(() => {
        if (end < 0) reject(notAnAgent(where));
        if (end + 1 < received.length) socket.unshift(received.subarray(end + 1));
        resolve(received.toString('utf8', 0, end));
      });
    };
    socket.on('data', onData).once('close', onClose).once('error', onClose).resume();
  });

/** Compared in a time that does not depend on where they differ. */
export const sameText = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
