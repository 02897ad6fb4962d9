import { type LogicalLine, shiftLine } from './logical-lines';
import type { Item, Range, Word } from './nodes';

/** The text and the place of a line. */
export const lineOf = (item: Item): LogicalLine =>
  item.kind === 'open' || item.kind === 'close' ? item.tag.line : item.line;

/** The same line further down or up in its file. */
export const shiftItem = (item: Item, offset: number, lines: number): Item => {
  const line = shiftLine(lineOf(item), offset, lines);
  const { start, end } = line;
  switch (item.kind) {
    case 'directive':
      return {
        kind: 'directive',
        line,
        start,
        end,
        name: shiftWord(item.name, offset),
        args: item.args.map((word) => shiftWord(word, offset)),
      };
    case 'open': {
      const { tag } = item;
      const { nameRange, args, bracket, trailing } = tag;
      return {
        kind: 'open',
        start,
        end,
        tag: {
          line,
          start,
          end,
          name: tag.name,
          nameRange: shiftRange(nameRange, offset),
          args: args.map((word) => shiftWord(word, offset)),
          bracket: bracket === undefined ? undefined : bracket + offset,
          trailing: trailing && shiftRange(trailing, offset),
        },
      };
    }
    case 'close': {
      const { name, tag, bracket, trailing } = item.tag;
      return {
        kind: 'close',
        start,
        end,
        tag: {
          line,
          start,
          end,
          name,
          tag: shiftRange(tag, offset),
          bracket,
          trailing: trailing && shiftRange(trailing, offset),
        },
      };
    }
    default:
      return { kind: item.kind, line, start, end };
  }
};

const shiftRange = ({ start, end }: Range, offset: number): Range => ({
  start: start + offset,
  end: end + offset,
});

const shiftWord = ({ start, end, value, quote, closed, opaque }: Word, offset: number): Word => ({
  start: start + offset,
  end: end + offset,
  value,
  quote,
  closed,
  opaque,
});
