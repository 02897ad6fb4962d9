import type { TextDocument } from 'vscode-languageserver-textdocument';
import { isSameThread, type LogLine, readLogLine } from './envelope';

const cache = new WeakMap<TextDocument, { readonly version: number; readonly lines: readonly LogLine[] }>();

/** The lines of a log; a log grows, so each version is taken apart once. */
export const logLines = (document: TextDocument): readonly LogLine[] => {
  const known = cache.get(document);
  if (known?.version === document.version) return known.lines;
  const lines = document.getText().split(/\r?\n/).map(readLogLine);
  cache.set(document, { version: document.version, lines });
  return lines;
};

/** Lines that belong together, as indexes of lines, both included. */
export interface LogBlock {
  readonly kind: 'traceback' | 'dump';
  readonly first: number;
  readonly last: number;
}

const TRACEBACK = /^(?:Traceback|Exception Group Traceback) \(most recent call last\):/;

/** What Python writes when it cannot start, or before it is aborted. */
const DUMP =
  /^(?:Python path configuration:|Fatal Python error: |(?:Current thread|Thread) 0x[0-9a-f]+.* \(most recent call first\):)/;

/** The line that ends a traceback: the exception with its text. */
const EXCEPTION = /^[A-Za-z_][\w.]*(?:: |$)/;

/** The words between two tracebacks of which one led to the other. */
const CHAIN = /^(?:During handling of the above exception, another|The above exception was the direct cause)/;

/** Tracebacks and dumps in the order of the log. Lines of other threads end a block: they are somebody else's. */
export const blocksOf = (lines: readonly LogLine[]): readonly LogBlock[] => {
  const blocks: LogBlock[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (!line) continue;
    const end = TRACEBACK.test(line.message)
      ? tracebackEnd(lines, index)
      : DUMP.test(line.message)
        ? dumpEnd(lines, index)
        : undefined;
    if (end === undefined || end === index) continue;
    blocks.push({ kind: TRACEBACK.test(line.message) ? 'traceback' : 'dump', first: index, last: end });
    index = end;
  }
  return blocks;
};

const tracebackEnd = (lines: readonly LogLine[], first: number): number => {
  const start = lines[first];
  let last = first;
  for (let index = first + 1; index < lines.length; index++) {
    const line = lines[index];
    if (!start || !line || !isSameThread(start, line)) break;
    const { message } = line;
    const inner = /^[ \t|+]/.test(message);
    const next = TRACEBACK.test(message) && CHAIN.test(lines[last]?.message ?? '');
    if (inner || next || CHAIN.test(message)) last = index;
    else if (message === '') continue;
    else if (EXCEPTION.test(message) && !isClosed(lines, last)) last = index;
    else break;
  }
  return last;
};

/** True if the exception was there already: what follows it is another message. */
const isClosed = (lines: readonly LogLine[], last: number): boolean =>
  EXCEPTION.test(lines[last]?.message ?? '') && !TRACEBACK.test(lines[last]?.message ?? '');

const dumpEnd = (lines: readonly LogLine[], first: number): number => {
  const start = lines[first];
  let last = first;
  for (let index = first + 1; index < lines.length; index++) {
    const line = lines[index];
    if (!start || !line || !isSameThread(start, line)) break;
    if (line.message === '') continue;
    if (!/^\s/.test(line.message) && !DUMP.test(line.message) && !STATE.test(line.message)) break;
    last = index;
  }
  return last;
};

const STATE =
  /^(?:Python runtime state: |ModuleNotFoundError: No module named 'encodings'|Extension modules: )/;

/** The exception that a traceback ends with. */
export const exceptionOf = (lines: readonly LogLine[], { last }: LogBlock): string | undefined => {
  const message = lines[last]?.message;
  return message !== undefined && EXCEPTION.test(message) ? message : undefined;
};
