import type { Item, Node, Range } from './nodes';
import { moveItem, moveLines, moveSections } from './shift';
import { type Line, linesOf } from './walk';

/**
 * Lines of a file that belong together: whole sections, and what stands around them. A block means the same wherever in its file it
 * stands, so what an edit does not touch keeps its blocks, and whatever was found out about a block by itself can be remembered with
 * it. Places in it are those of the newest version of the file: an edit above moves them.
 */
export class Block implements Range {
  private made: readonly Line[] | undefined;

  /**
   * @param items its lines, at least one
   * @param nodes the same as a tree
   * @param template true if a line shows that another language generates the file
   */
  constructor(
    readonly items: readonly Item[],
    readonly nodes: readonly Node[],
    readonly template: boolean,
  ) {}

  get start(): number {
    return this.items[0]?.start ?? 0;
  }

  get end(): number {
    return this.items.at(-1)?.end ?? 0;
  }

  /** Every logical line, with the sections around it. */
  get lines(): readonly Line[] {
    this.made ??= linesOf(this.nodes);
    return this.made;
  }

  /** Follows an edit above. */
  move(offset: number, lines: number): void {
    for (const item of this.items) moveItem(item, offset, lines);
    moveSections(this.nodes, offset);
    if (this.made) moveLines(this.made, offset);
  }
}

/** The block that holds an offset, or the last one before it; undefined if the file is empty. */
export const blockAt = (blocks: readonly Block[], offset: number): Block | undefined =>
  blocks[Math.max(countBefore(blocks, ({ start }) => start <= offset) - 1, 0)];

/** How many ranges at the beginning of an ascending list a condition holds for. */
export const countBefore = <Each>(all: readonly Each[], holds: (each: Each) => boolean): number => {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const each = all[middle];
    if (each !== undefined && holds(each)) low = middle + 1;
    else high = middle;
  }
  return low;
};
