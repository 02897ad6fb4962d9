import { closeSync, constants, openSync, readSync } from 'node:fs';
import net from 'node:net';

/** Reads what arrives in a named pipe. */
export interface PipeReader {
  /** Ends the reading after everything that is still in the pipe has been handed on. */
  readonly close: () => Promise<void>;
}

/**
 * Reads a named pipe and hands on what arrives.
 *
 * The pipe is opened for reading and writing, so that a writer never waits for a reader and the reader never sees an
 * end; a second descriptor keeps the last lines alive until they are read.
 */
export const readPipe = (file: string, onChunk: (chunk: Buffer) => void): PipeReader => {
  const remainder = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new net.Socket({
    fd: openSync(file, constants.O_RDWR | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  socket.on('data', onChunk);
  socket.on('error', () => socket.destroy());
  return {
    close: async () => {
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        socket.destroy();
      });
      for (let chunk = readRest(remainder); chunk.length > 0; chunk = readRest(remainder)) onChunk(chunk);
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

/** Puts chunks together to lines; what follows the last line end waits for the next chunk. */
export const toLines = (onLine: (line: string) => void): ((chunk: Buffer) => void) => {
  const decoder = new TextDecoder();
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
};
