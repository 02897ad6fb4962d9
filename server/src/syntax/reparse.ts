import { countBefore } from './blocks';
import { detached } from './detached';
import { endOfLine } from './logical-lines';
import { Nesting } from './nesting';
import type { Item, SyntaxTree } from './nodes';
import { parseItems, Tree } from './parse';
import { lineOf, moveItem } from './shift';

/**
 * Parses a text that differs from one that is parsed already. Only the lines around the difference are parsed, the others are
 * taken over; the tree is the same as if all were parsed.
 *
 * @param before is not to be used afterwards: its lines go on in the new tree, at their new places
 * @param name the file's name, which may say that it is a template
 */
export const reparse = (before: SyntaxTree, text: string, name = ''): SyntaxTree => {
  const { blocks, text: old } = before;
  const growth = text.length - old.length;
  const prefix = commonPrefix(old, text);
  const suffix = commonSuffix(old, text, Math.min(old.length, text.length) - prefix);
  // The last line may go on in what was appended.
  const head = Math.min(
    countBefore(blocks, ({ end }) => end <= prefix),
    Math.max(blocks.length - 1, 0),
  );
  let tail = Math.max(
    head,
    countBefore(blocks, ({ start }) => start < old.length - suffix),
  );
  const items = blocks.slice(head, tail).flatMap((block) => block.items);
  const endOfHead = blocks[head - 1]?.end ?? 0;
  const lineAfterHead = nextLine(blocks[head - 1]?.items.at(-1));
  const kept = Math.min(
    countBefore(items, ({ end }) => end <= prefix),
    Math.max(items.length - (tail === blocks.length ? 1 : 0), 0),
  );
  const from = items[kept - 1]?.end ?? endOfHead;
  const unchanged = countBefore(items, ({ start }) => start < old.length - suffix);
  let resumed: number | undefined;
  for (;;) {
    const to = (blocks[tail]?.start ?? old.length) + growth;
    resumed = resume({ text, from, to, growth, items, candidate: Math.max(kept, unchanged) });
    const next = blocks[tail];
    if (resumed !== undefined || !next) break;
    // The changed lines go on in those of the next block.
    items.push(...next.items);
    tail++;
  }
  resumed ??= items.length;
  const to = (items[resumed]?.start ?? blocks[tail]?.start ?? old.length) + growth;
  const changed = parseItems(detached(text.slice(from, to)));
  const lineAfterKept = kept > 0 ? nextLine(items[kept - 1]) : lineAfterHead;
  for (const item of changed) moveItem(item, from, lineAfterKept);
  const lineAfterChanged = changed.length > 0 ? nextLine(changed.at(-1)) : lineAfterKept;
  const following = items[resumed] ?? blocks[tail]?.items[0];
  const down = following ? lineAfterChanged - lineOf(following).firstLine : 0;
  const moves = growth !== 0 || down !== 0;
  const follow = (item: Item): Item => {
    if (moves) moveItem(item, growth, down);
    return item;
  };

  const nesting = new Nesting();
  for (const item of items.slice(0, kept)) nesting.take(item);
  for (const item of changed) nesting.take(item);
  for (const item of items.slice(resumed)) nesting.take(follow(item));
  // A section that is open now goes on in the next block.
  for (; !nesting.isEven && tail < blocks.length; tail++)
    for (const item of blocks[tail]?.items ?? []) nesting.take(follow(item));
  const rest = blocks.slice(tail);
  if (moves) for (const block of rest) block.move(growth, down);
  return new Tree(
    text,
    [...blocks.slice(0, head), ...nesting.finish(), ...rest],
    name,
    down === 0 ? before.lines : {},
  );
};

/**
 * Index of the first line after a change at which old and new lines begin together again; the number of lines if that is where they
 * end, undefined if a new line goes on behind it.
 */
const resume = ({
  text,
  from,
  to,
  growth,
  items,
  candidate,
}: {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly growth: number;
  readonly items: readonly Item[];
  readonly candidate: number;
}): number | undefined => {
  let index = candidate;
  for (let position = from; position <= to; position = endOfLine(text, position)) {
    while ((items[index]?.start ?? Number.POSITIVE_INFINITY) + growth < position) index++;
    if ((items[index]?.start ?? to - growth) + growth === position) return index;
  }
  return undefined;
};

/** Number of the physical line after a line; that of the first one after none. */
const nextLine = (item: Item | undefined): number => (item ? lineOf(item).lastLine + 1 : 0);

/** Longer parts that are equal are passed over at once. */
const STEP = 4096;

const commonPrefix = (a: string, b: string): number => {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length + STEP <= most && a.slice(length, length + STEP) === b.slice(length, length + STEP))
    length += STEP;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
};

const commonSuffix = (a: string, b: string, most: number): number => {
  const partOf = (text: string, length: number): string =>
    text.slice(text.length - length - STEP, text.length - length);
  let length = 0;
  while (length + STEP <= most && partOf(a, length) === partOf(b, length)) length += STEP;
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length))
    length++;
  return length;
};
