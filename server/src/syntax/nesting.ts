import { Block } from './blocks';
import type { CloseTag, Item, Node, OpenTag, SectionNode, Word } from './nodes';
import { hasPlaceholder } from './templates';

/** Deeper sections are kept flat: no configuration nests like this, and everything that walks the tree recurses. */
const MAX_DEPTH = 200;

/** So many lines outside of any section make a block. */
const BLOCK_SIZE = 32;

interface OpenSection {
  readonly tag: OpenTag;
  readonly children: Node[];
}

/**
 * Builds the tree from the lines of a file, in blocks. A closing tag closes the innermost section of its name and everything inside
 * that was left open; if no section of that name is open it is a node of its own, so that one mistake gives one message.
 */
export class Nesting {
  private readonly blocks: Block[] = [];
  private readonly stack: OpenSection[] = [];
  private nodes: Node[] = [];
  private items: Item[] = [];
  private template = false;

  /** True where a block can end: no section is open. */
  get isEven(): boolean {
    return this.stack.length === 0;
  }

  /** Takes the next line. */
  take(item: Item): void {
    this.items.push(item);
    if (item.kind === 'open') this.open(item.tag);
    else if (item.kind === 'close') this.close(item.tag);
    else this.add(item);
    this.template ||=
      item.kind === 'template' || (item.kind === 'directive' && item.args.some(isPlaceholder));
    if (this.isEven && (item.kind === 'close' || this.nodes.length >= BLOCK_SIZE)) this.endBlock();
  }

  /** The blocks of all lines: what is open is closed where they end. */
  finish(): readonly Block[] {
    while (this.stack.length > 0) this.end(undefined);
    this.endBlock();
    return this.blocks;
  }

  private endBlock(): void {
    if (this.items.length > 0) this.blocks.push(new Block(this.items, this.nodes, this.template));
    this.items = [];
    this.nodes = [];
    this.template = false;
  }

  private add(node: Node): void {
    (this.stack.at(-1)?.children ?? this.nodes).push(node);
  }

  private open(tag: OpenTag): void {
    this.stack.push({ tag, children: [] });
    if (this.stack.length > MAX_DEPTH) this.end(undefined);
  }

  private close(tag: CloseTag): void {
    const name = tag.name.toLowerCase();
    const depth = this.stack.findLastIndex((section) => section.tag.name.toLowerCase() === name);
    if (depth < 0) {
      this.add({ kind: 'stray-close', start: tag.start, end: tag.end, tag });
      return;
    }
    while (this.stack.length > depth + 1) this.end(undefined);
    this.end(tag);
  }

  private end(close: CloseTag | undefined): void {
    const section = this.stack.pop();
    if (section === undefined) return;
    const { tag, children } = section;
    const end = close?.end ?? children.at(-1)?.end ?? tag.end;
    const node: SectionNode = { kind: 'section', open: tag, children, close, start: tag.start, end };
    this.add(node);
  }
}

const isPlaceholder = ({ opaque, value }: Word): boolean => opaque && hasPlaceholder(value);
