import { skipSpace, trimEnd } from './characters';

/** A run of a logical line's text and where it stands, counted from the line's start. */
interface Piece {
  readonly at: number;
  readonly offset: number;
}

/** What httpd calls a line: physical lines joined at trailing backslashes, cut at NUL, trimmed. */
export interface LogicalLine {
  /** Offset of the first character, white space included. */
  readonly start: number;
  /** Offset after the last line end that belongs to it. */
  readonly end: number;
  /** Number of the first physical line, from 0. */
  readonly firstLine: number;
  /** Number of the last physical line, from 0: the one httpd names in its messages. */
  readonly lastLine: number;
  /** The text httpd goes on with. */
  readonly text: string;
  /** Ascending; the first one starts at 0. */
  readonly pieces: readonly Piece[];
}

/**
 * Splits a file into the lines httpd sees. Total: any text gives lines, and their ranges cover it without gaps.
 *
 * A blank line after a doubled backslash continues once more, because the server looks at the joined text when it
 * searches the backslash (seen on 2.4.71).
 */
export const logicalLines = (file: string): LogicalLine[] => {
  const lines: LogicalLine[] = [];
  // Nearly no file holds a NUL or ends a line in a backslash: the quick way is for all the others.
  const readLine = file.includes('\0') ? joinLines : plainLine;
  let position = 0;
  let lineNumber = 0;
  while (position < file.length) {
    const line = readLine(file, position, lineNumber);
    lines.push(line);
    position = line.end;
    lineNumber = line.lastLine + 1;
  }
  return lines;
};

/** The line at an offset, which is joined with the next one only if it ends in a backslash. */
const plainLine = (file: string, start: number, firstLine: number): LogicalLine => {
  const lineFeed = file.indexOf('\n', start);
  const end = lineFeed < 0 ? file.length : lineFeed + 1;
  const last = trimEnd(file, start, end);
  if (last > start && file[last - 1] === '\\' && /^\r?\n$/.test(file.slice(last, end)))
    return joinLines(file, start, firstLine);
  const first = Math.min(skipSpace(file, start), last);
  const text = file.slice(first, last);
  return {
    start,
    end,
    firstLine,
    lastLine: firstLine,
    text,
    pieces: text === '' ? [] : indented(first - start),
  };
};

const indentations: (readonly Piece[])[] = [];

/** The pieces of a line that is not joined: the same for all lines that are indented alike. */
const indented = (offset: number): readonly Piece[] => {
  const make = (): readonly Piece[] => [{ at: 0, offset }];
  if (offset > 40) return make();
  indentations[offset] ??= make();
  return indentations[offset] ?? make();
};

const joinLines = (file: string, start: number, firstLine: number): LogicalLine => {
  let joined = '';
  const pieces: Piece[] = [];
  let position = start;
  let lastLine = firstLine;
  for (;;) {
    const lineFeed = file.indexOf('\n', position);
    const end = lineFeed < 0 ? file.length : lineFeed + 1;
    const visible = cutAtNul(file.slice(position, end));
    pieces.push({ at: joined.length, offset: position - start });
    joined += visible;
    position = end;
    const kept = continuedLength(joined, visible);
    if (kept < 0) break;
    joined = joined.slice(0, kept);
    while ((pieces.at(-1)?.at ?? -1) >= kept) pieces.pop();
    lastLine++;
    if (position >= file.length) break;
  }
  return { start, end: position, firstLine, lastLine, ...trim(joined, pieces) };
};

const cutAtNul = (physical: string): string => {
  const nul = physical.indexOf('\0');
  return nul < 0 ? physical : physical.slice(0, nul);
};

/** How much of the joined text stays if its end asks for the next line; -1 if it does not. */
const continuedLength = (joined: string, lastPhysical: string): number => {
  if (!lastPhysical.endsWith('\n')) return -1;
  let end = joined.length - 1;
  if (joined[end - 1] === '\r') end--;
  return joined[end - 1] === '\\' ? end - 1 : -1;
};

const trim = (joined: string, pieces: Piece[]): { text: string; pieces: Piece[] } => {
  const first = skipSpace(joined, 0);
  const last = trimEnd(joined, first, joined.length);
  const text = joined.slice(first, last);
  const [only] = pieces;
  if (only && pieces.length === 1)
    return { text, pieces: text === '' ? [] : [{ at: 0, offset: only.offset + first }] };
  const moved = pieces
    .map(({ at, offset }) => ({ at: at - first, offset }))
    .filter(({ at }, index, all) => at < text.length && (all[index + 1]?.at ?? 1) > 0)
    .map(({ at, offset }) => (at < 0 ? { at: 0, offset: offset - at } : { at, offset }));
  return { text, pieces: moved };
};

/** Where the logical line that begins at an offset ends. */
export const endOfLine = (file: string, start: number): number => plainLine(file, start, 0).end;

/**
 * Where a place in the line's text stands in the file.
 *
 * @param index 0 … text.length
 * @param side `after`: the place before the character at `index`; `before`: the place after the character at `index - 1`,
 *   which differs at a continuation.
 */
export const sourceOffset = (
  line: LogicalLine,
  index: number,
  side: 'after' | 'before' = 'after',
): number => {
  const { pieces } = line;
  if (pieces.length === 1) return line.start + (pieces[0]?.offset ?? 0) + index;
  if (side === 'before' && index > 0) return sourceOffset(line, index - 1) + 1;
  let found: Piece = pieces[0] ?? { at: 0, offset: 0 };
  for (const piece of pieces) {
    if (piece.at > index) break;
    found = piece;
  }
  return line.start + found.offset + (index - found.at);
};
