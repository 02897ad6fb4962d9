import { endOfLine } from './logical-lines';
import type { Item, SyntaxTree } from './nodes';
import { nest, parseItems } from './parse';
import { lineOf, shiftItem } from './shift';

/**
 * Parses a text that differs from one that is parsed already. Only the lines around the difference are parsed, the others are
 * taken over; the tree is the same as if all were parsed.
 *
 * @param name the file's name, which may say that it is a template
 */
export const reparse = (before: SyntaxTree, text: string, name = ''): SyntaxTree => {
  const { items, text: old } = before;
  const growth = text.length - old.length;
  const prefix = commonPrefix(old, text);
  const suffix = commonSuffix(old, text, Math.min(old.length, text.length) - prefix);
  // The last line may go on in what was appended.
  const kept = Math.min(
    countWhere(items, ({ end }) => end <= prefix),
    Math.max(items.length - 1, 0),
  );
  const from = items[kept - 1]?.end ?? 0;
  const unchanged = countWhere(items, ({ start }) => start < old.length - suffix);
  const resumed = resume(text, from, growth, items, Math.max(kept, unchanged));
  const to = (items[resumed]?.start ?? old.length) + growth;
  const head = items.slice(0, kept);
  const line = nextLine(head);
  const changed = parseItems(detached(text.slice(from, to))).map((item) => shiftItem(item, from, line));
  const all = [...head, ...changed];
  return nest(text, all.concat(follow(items.slice(resumed), growth, nextLine(all))), name);
};

/** Index of the first line after a change at which old and new lines begin together again; the number of lines if none does. */
const resume = (
  text: string,
  from: number,
  growth: number,
  items: readonly Item[],
  candidate: number,
): number => {
  let index = candidate;
  for (let position = from; index < items.length; position = endOfLine(text, position)) {
    while ((items[index]?.start ?? Number.POSITIVE_INFINITY) + growth < position) index++;
    if ((items[index]?.start ?? -1) + growth === position) break;
    if (position >= text.length) return items.length;
  }
  return index;
};

/** Lines behind a change, as far down or up as it moves them. */
const follow = (items: readonly Item[], offset: number, line: number): readonly Item[] => {
  const [first] = items;
  const lines = first ? line - lineOf(first).firstLine : 0;
  return offset === 0 && lines === 0 ? items : items.map((item) => shiftItem(item, offset, lines));
};

/** Number of the physical line after some lines. */
const nextLine = (items: readonly Item[]): number => {
  const last = items.at(-1);
  return last ? lineOf(last).lastLine + 1 : 0;
};

const commonPrefix = (a: string, b: string): number => {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
};

const commonSuffix = (a: string, b: string, most: number): number => {
  let length = 0;
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length))
    length++;
  return length;
};

/** How many items at the beginning of an ascending list a condition holds for. */
const countWhere = (items: readonly Item[], holds: (item: Item) => boolean): number => {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item && holds(item)) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A copy of a text: a part of a string keeps the whole one in memory, and a line outlives many versions of its file. */
const detached = (text: string): string => text.split('').join('');
