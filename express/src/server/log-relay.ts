import { closeSync, constants, openSync, readSync } from 'node:fs';
import net from 'node:net';
import type { Writable } from 'node:stream';

/** Passes on what arrives in a named pipe. */
export interface LogRelay {
  /** Ends the relay after everything that is still in the pipe has been passed on. */
  readonly close: () => Promise<void>;
}

/**
 * Reads a named pipe and hands its text to `onText` and to a stream.
 *
 * The pipe is opened for reading and writing, so that a writer never waits for a reader and the relay never sees an
 * end; a second descriptor keeps the last lines alive until they are read.
 */
export const openLogRelay = (file: string, output: Writable, onText: (text: string) => void): LogRelay => {
  const pass = (chunk: Buffer): void => {
    onText(chunk.toString());
    output.write(chunk);
  };
  const remainder = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new net.Socket({
    fd: openSync(file, constants.O_RDWR | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  socket.on('data', pass);
  socket.on('error', () => socket.destroy());
  return {
    close: async () => {
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        socket.destroy();
      });
      for (let chunk = readRest(remainder); chunk.length > 0; chunk = readRest(remainder)) pass(chunk);
      closeSync(remainder);
    },
  };
};

/** One more piece of what is in the pipe; empty when there is nothing. */
const readRest = (descriptor: number): Buffer => {
  const buffer = Buffer.alloc(65_536);
  try {
    return buffer.subarray(0, readSync(descriptor, buffer));
  } catch {
    return Buffer.alloc(0);
  }
};
