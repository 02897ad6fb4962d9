import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';

/** The lines of a stream. A stream that breaks just ends: readline would throw its error where nobody can catch it. */
export const linesOf = (input: Readable): Interface =>
  createInterface({ input }).on('error', () => undefined);
