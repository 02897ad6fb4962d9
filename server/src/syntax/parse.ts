import { type LogicalLine, logicalLines, sourceOffset } from './logical-lines';
import type { CloseTag, Item, Node, OpenTag, Range, SectionNode, SyntaxTree, Word } from './nodes';
import { hasPlaceholder, isTemplateName, isTemplateStatement, mayBeOpaque } from './templates';
import { type SplitWord, splitWord, splitWords } from './words';

/**
 * Parses a file as it stands, without expanding anything. Total: any text gives a tree, and errors are shapes of the
 * tree (a section without `close`, a stray closing tag, a word with an open quote), never exceptions.
 *
 * @param name the file's name, which may say that it is a template
 */
export const parse = (text: string, name = ''): SyntaxTree => nest(text, parseItems(text), name);

/** The lines of a text, each by itself. */
export const parseItems = (text: string): Item[] => logicalLines(text).map(parseLine);

/** Builds the tree of a text from its lines. */
export const nest = (text: string, items: readonly Item[], name: string): SyntaxTree => {
  const nesting = new Nesting();
  let template = isTemplateName(name);
  for (const item of items) {
    if (item.kind === 'open') nesting.open(item.tag);
    else if (item.kind === 'close') nesting.close(item.tag);
    else nesting.add(item);
    template ||= item.kind === 'template' || (item.kind === 'directive' && item.args.some(isPlaceholder));
  }
  return { text, items, children: nesting.finish(), template };
};

const isPlaceholder = ({ opaque, value }: Word): boolean => opaque && hasPlaceholder(value);

const parseLine = (line: LogicalLine): Item => {
  const { text, start, end } = line;
  if (text === '') return { kind: 'blank', line, start, end };
  if (isTemplateStatement(text)) return { kind: 'template', line, start, end };
  if (text[0] === '#') return { kind: 'comment', line, start, end };
  const first = splitWord(text, 0);
  if (first.value.startsWith('</')) return { kind: 'close', start, end, tag: closeTag(line, first) };
  if (first.value.startsWith('<')) return { kind: 'open', start, end, tag: openTag(line, first) };
  const args = splitWords(text, first.next).map((word) => toWord(line, word));
  return { kind: 'directive', line, start, end, name: toWord(line, first), args };
};

const toWord = (line: LogicalLine, { value, start, end, quote, closed }: SplitWord): Word => {
  const range = rangeOf(line, start, end);
  const opaque = mayBeOpaque(value) && (value.includes('${') || hasPlaceholder(value));
  return { start: range.start, end: range.end, value, quote, closed, opaque };
};

/** An empty range beside a continuation stands behind it. */
const rangeOf = (line: LogicalLine, start: number, end: number): Range => {
  const from = sourceOffset(line, start);
  return { start: from, end: Math.max(from, sourceOffset(line, end, 'before')) };
};

const openTag = (line: LogicalLine, first: SplitWord): OpenTag => {
  const { text, start, end } = line;
  const bracket = text.lastIndexOf('>');
  const argsEnd = bracket < 0 ? text.length : bracket;
  const nameEnd = bracket >= 0 && bracket < first.end ? bracket : first.end;
  const args = splitWords(text.slice(0, argsEnd), Math.min(first.next, argsEnd));
  const rest = bracket < 0 ? '' : text.slice(bracket + 1).trim();
  return {
    line,
    start,
    end,
    name: first.value.slice(1).replace(/>$/, ''),
    nameRange: rangeOf(line, first.start + 1, Math.max(nameEnd, first.start + 1)),
    args: args.map((word) => toWord(line, word)),
    bracket: bracket < 0 ? undefined : sourceOffset(line, bracket),
    trailing: rest === '' ? undefined : rangeOf(line, text.length - rest.length, text.length),
  };
};

const closeTag = (line: LogicalLine, first: SplitWord): CloseTag => {
  const { text, start, end } = line;
  return {
    line,
    start,
    end,
    name: first.value.slice(2).replace(/>$/, ''),
    tag: rangeOf(line, first.start, first.end),
    bracket: first.value.endsWith('>'),
    trailing: first.next < text.length ? rangeOf(line, first.next, text.length) : undefined,
  };
};

/** Deeper sections are kept flat: no configuration nests like this, and everything that walks the tree recurses. */
const MAX_DEPTH = 200;

interface OpenSection {
  readonly tag: OpenTag;
  readonly children: Node[];
}

/**
 * Builds the tree. A closing tag closes the innermost section of its name and everything inside that was left open; if
 * no section of that name is open it is a node of its own, so that one mistake gives one message.
 */
class Nesting {
  private readonly top: Node[] = [];
  private readonly stack: OpenSection[] = [];

  add(node: Node): void {
    (this.stack.at(-1)?.children ?? this.top).push(node);
  }

  open(tag: OpenTag): void {
    this.stack.push({ tag, children: [] });
    if (this.stack.length > MAX_DEPTH) this.end(undefined);
  }

  close(tag: CloseTag): void {
    const name = tag.name.toLowerCase();
    const depth = this.stack.findLastIndex((section) => section.tag.name.toLowerCase() === name);
    if (depth < 0) {
      this.add({ kind: 'stray-close', start: tag.start, end: tag.end, tag });
      return;
    }
    while (this.stack.length > depth + 1) this.end(undefined);
    this.end(tag);
  }

  finish(): readonly Node[] {
    while (this.stack.length > 0) this.end(undefined);
    return this.top;
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
