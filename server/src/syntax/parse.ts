import type { Block } from './blocks';
import { type LogicalLine, logicalLines, sourceOffset } from './logical-lines';
import { Nesting } from './nesting';
import type { CloseTag, Item, Node, OpenTag, Range, SyntaxTree, Word } from './nodes';
import { hasPlaceholder, isTemplateName, isTemplateStatement, mayBeOpaque } from './templates';
import { type SplitWord, splitWord } from './words';

/**
 * Parses a file as it stands, without expanding anything. Total: any text gives a tree, and errors are shapes of the
 * tree (a section without `close`, a stray closing tag, a word with an open quote), never exceptions.
 *
 * @param name the file's name, which may say that it is a template
 */
export const parse = (text: string, name = ''): SyntaxTree => {
  const nesting = new Nesting();
  for (const item of parseItems(text)) nesting.take(item);
  return new Tree(text, nesting.finish(), name);
};

/** The lines of a text, each by itself. */
export const parseItems = (text: string): Item[] => logicalLines(text).map(parseLine);

/** A file that is parsed. What lists all of it is made when somebody asks for it. */
export class Tree implements SyntaxTree {
  readonly template: boolean;
  private nodes: readonly Node[] | undefined;

  /**
   * @param name the file's name, which may say that it is a template
   * @param lines see {@link SyntaxTree}
   */
  constructor(
    readonly text: string,
    readonly blocks: readonly Block[],
    name: string,
    readonly lines: object = {},
  ) {
    this.template = isTemplateName(name) || blocks.some(({ template }) => template);
  }

  get children(): readonly Node[] {
    this.nodes ??= this.blocks.flatMap(({ nodes }) => nodes);
    return this.nodes;
  }
}

const parseLine = (line: LogicalLine): Item => {
  const { text, start, end } = line;
  if (text === '') return { kind: 'blank', line, start, end };
  if (isTemplateStatement(text)) return { kind: 'template', line, start, end };
  if (text[0] === '#') return { kind: 'comment', line, start, end };
  const first = splitWord(text, 0);
  const mayHide = mayBeOpaque(text);
  if (first.value.startsWith('</')) return { kind: 'close', start, end, tag: closeTag(line, first) };
  if (first.value.startsWith('<')) return { kind: 'open', start, end, tag: openTag(line, first, mayHide) };
  const args = wordsOf(line, text, first.next, mayHide);
  return { kind: 'directive', line, start, end, name: toWord(line, first, mayHide), args };
};

/** @param text the line's, or the beginning of it */
const wordsOf = (line: LogicalLine, text: string, from: number, mayHide: boolean): Word[] => {
  const words: Word[] = [];
  let position = from;
  while (position < text.length) {
    const word = splitWord(text, position);
    words.push(toWord(line, word, mayHide));
    position = word.next;
  }
  return words;
};

/** @param mayHide false if the line certainly holds neither a variable nor a placeholder */
const toWord = (
  line: LogicalLine,
  { value, start, end, quote, closed }: SplitWord,
  mayHide: boolean,
): Word => {
  const from = sourceOffset(line, start);
  const to = Math.max(from, sourceOffset(line, end, 'before'));
  const opaque = mayHide && (value.includes('${') || hasPlaceholder(value));
  return { start: from, end: to, value, quote, closed, opaque };
};

/** An empty range beside a continuation stands behind it. */
const rangeOf = (line: LogicalLine, start: number, end: number): Range => {
  const from = sourceOffset(line, start);
  return { start: from, end: Math.max(from, sourceOffset(line, end, 'before')) };
};

const openTag = (line: LogicalLine, first: SplitWord, mayHide: boolean): OpenTag => {
  const { text, start, end } = line;
  const bracket = text.lastIndexOf('>');
  const argsEnd = bracket < 0 ? text.length : bracket;
  const nameEnd = bracket >= 0 && bracket < first.end ? bracket : first.end;
  const rest = bracket < 0 ? '' : text.slice(bracket + 1).trim();
  return {
    line,
    start,
    end,
    name: first.value.slice(1).replace(/>$/, ''),
    nameRange: rangeOf(line, first.start + 1, Math.max(nameEnd, first.start + 1)),
    args: wordsOf(line, text.slice(0, argsEnd), Math.min(first.next, argsEnd), mayHide),
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
