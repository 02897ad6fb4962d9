import type { LogicalLine } from './logical-lines';
import type { Item, Node, Range, Word } from './nodes';
import type { Line } from './walk';

/** The text and the place of a line. */
export const lineOf = (item: Item): LogicalLine =>
  item.kind === 'open' || item.kind === 'close' ? item.tag.line : item.line;

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/**
 * Moves a line, with all places in it, further down or up in its file. This is done in place: an edit moves all lines below it, and
 * what is remembered about them stays theirs.
 */
export const moveItem = (item: Item, offset: number, lines: number): void => {
  const line: Writable<LogicalLine> = lineOf(item);
  moveRange(line, offset);
  line.firstLine += lines;
  line.lastLine += lines;
  moveRange(item, offset);
  switch (item.kind) {
    case 'directive':
      moveRange(item.name, offset);
      moveWords(item.args, offset);
      break;
    case 'open': {
      const tag: Writable<typeof item.tag> = item.tag;
      moveRange(tag, offset);
      moveRange(tag.nameRange, offset);
      moveWords(tag.args, offset);
      if (tag.bracket !== undefined) tag.bracket += offset;
      if (tag.trailing) moveRange(tag.trailing, offset);
      break;
    }
    case 'close':
      moveRange(item.tag, offset);
      moveRange(item.tag.tag, offset);
      if (item.tag.trailing) moveRange(item.tag.trailing, offset);
      break;
    default:
  }
};

/** Moves the nodes that are no lines by themselves. */
export const moveSections = (nodes: readonly Node[], offset: number): void => {
  for (const node of nodes) {
    if (node.kind === 'section') {
      moveRange(node, offset);
      moveSections(node.children, offset);
    } else if (node.kind === 'stray-close') moveRange(node, offset);
  }
};

/** Moves lines that were made of nodes. */
export const moveLines = (lines: readonly Line[], offset: number): void => {
  for (const line of lines) moveRange(line, offset);
};

const moveWords = (words: readonly Word[], offset: number): void => {
  for (const word of words) moveRange(word, offset);
};

const moveRange = (range: Range, offset: number): void => {
  const moved: Writable<Range> = range;
  moved.start += offset;
  moved.end += offset;
};
