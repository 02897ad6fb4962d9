import {
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  type SelectionRange,
  SymbolKind,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { wordTable } from '../../../common/src/word-table';
import type { Analysis } from '../analysis';
import type { DirectiveNode, Node, Range, SectionNode } from '../syntax/nodes';
import { lineAt } from '../syntax/walk';

const SECTION_KINDS: Readonly<Record<string, SymbolKind>> = wordTable({
  virtualhost: SymbolKind.Class,
  directory: SymbolKind.Namespace,
  directorymatch: SymbolKind.Namespace,
  location: SymbolKind.Interface,
  locationmatch: SymbolKind.Interface,
  files: SymbolKind.File,
  filesmatch: SymbolKind.File,
  macro: SymbolKind.Function,
});

/** Directives that somebody looks for, and how they are shown. */
const DIRECTIVE_KINDS: Readonly<Record<string, SymbolKind>> = wordTable({
  wsgidaemonprocess: SymbolKind.Object,
  wsgiscriptalias: SymbolKind.Event,
  wsgiscriptaliasmatch: SymbolKind.Event,
  wsgiimportscript: SymbolKind.Event,
  define: SymbolKind.Constant,
  servername: SymbolKind.Key,
  include: SymbolKind.Package,
  includeoptional: SymbolKind.Package,
  loadmodule: SymbolKind.Module,
  listen: SymbolKind.Number,
  documentroot: SymbolKind.Key,
  alias: SymbolKind.Property,
  proxypass: SymbolKind.Property,
});

/** The outline of a file: its sections, and in them what somebody looks for. */
export const documentSymbols = (document: TextDocument, { tree }: Analysis): DocumentSymbol[] =>
  tree.children.flatMap((node) => symbolsOf(document, node));

const symbolsOf = (document: TextDocument, node: Node): DocumentSymbol[] => {
  if (node.kind === 'section') return [sectionSymbol(document, node)];
  return node.kind === 'directive' ? directiveSymbol(document, node) : [];
};

const rangeIn = (document: TextDocument, { start, end }: Range) => ({
  start: document.positionAt(start),
  end: document.positionAt(end),
});

const sectionSymbol = (document: TextDocument, node: SectionNode): DocumentSymbol => {
  const { open, children } = node;
  const serverName = children.find(
    (child): child is DirectiveNode => child.kind === 'directive' && /^servername$/i.test(child.name.value),
  );
  const argument = open.args.map(({ value }) => value).join(' ');
  const detail = /^virtualhost$/i.test(open.name) ? (serverName?.args[0]?.value ?? '') : '';
  return {
    name: `<${open.name}${argument ? ` ${argument}` : ''}>`,
    detail,
    kind: SECTION_KINDS[open.name.toLowerCase()] ?? SymbolKind.Struct,
    range: rangeIn(document, { start: node.start, end: trimmedEnd(document, node) }),
    selectionRange: rangeIn(document, open.nameRange),
    children: children.flatMap((child) => symbolsOf(document, child)),
  };
};

const directiveSymbol = (document: TextDocument, { name, args }: DirectiveNode): DocumentSymbol[] => {
  const kind = DIRECTIVE_KINDS[name.value.toLowerCase()];
  const [first, ...rest] = args;
  if (kind === undefined || !first) return [];
  return [
    {
      name: `${name.value} ${first.value}`,
      detail: rest.map(({ value }) => value).join(' '),
      kind,
      range: rangeIn(document, { start: name.start, end: args.at(-1)?.end ?? first.end }),
      selectionRange: rangeIn(document, first),
    },
  ];
};

const isSame = ({ start, end }: Range, other: Range | undefined): boolean =>
  start === other?.start && end === other.end;

/** The end of a node without its line end, so that ranges of neighbours do not touch. */
const trimmedEnd = (document: TextDocument, { start, end }: Range): number => {
  const text = document.getText(rangeIn(document, { start, end }));
  return start + text.trimEnd().length;
};

/** Sections, runs of comments, and directives over several lines. */
export const foldingRanges = (document: TextDocument, { tree, lines }: Analysis): FoldingRange[] => {
  const folds: FoldingRange[] = [];
  const lineOf = (offset: number): number => document.positionAt(offset).line;
  const add = (startLine: number, endLine: number, kind?: FoldingRangeKind) => {
    if (endLine > startLine) folds.push({ startLine, endLine, ...(kind && { kind }) });
  };
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (node.kind !== 'section') continue;
      const last = node.close ? node.close.line.firstLine - 1 : lineOf(trimmedEnd(document, node));
      add(node.open.line.firstLine, last);
      visit(node.children);
    }
  };
  visit(tree.children);
  let firstComment: number | undefined;
  let lastComment = 0;
  for (const line of lines) {
    if (line.kind === 'comment') {
      firstComment ??= line.line.firstLine;
      lastComment = line.line.lastLine;
      continue;
    }
    if (firstComment !== undefined) add(firstComment, lastComment, FoldingRangeKind.Comment);
    firstComment = undefined;
    if (line.kind === 'directive') add(line.line.firstLine, line.line.lastLine);
  }
  if (firstComment !== undefined) add(firstComment, lastComment, FoldingRangeKind.Comment);
  return folds;
};

/** From the word outwards: word, line, inside of the section, section, …, file. */
export const selectionRange = (
  document: TextDocument,
  { tree, lines }: Analysis,
  offset: number,
): SelectionRange => {
  const line = lineAt(lines, offset);
  const ranges: Range[] = [{ start: 0, end: tree.text.length }];
  for (const section of line?.sections ?? []) {
    ranges.push(section);
    ranges.push({ start: section.open.end, end: section.close?.start ?? section.end });
  }
  if (line?.kind === 'open' || line?.kind === 'close') if (line.section) ranges.push(line.section);
  if (line) ranges.push({ start: line.start, end: line.end });
  const words =
    line?.kind === 'directive' ? [line.name, ...line.args] : line?.kind === 'open' ? line.tag.args : [];
  const [first] = words;
  if (first) ranges.push({ start: first.start, end: words.at(-1)?.end ?? first.end });
  const word = words.find(({ start, end }) => offset >= start && offset <= end);
  if (word) ranges.push(word);
  let selection: SelectionRange | undefined;
  let last: Range | undefined;
  for (const range of ranges) {
    const outer: SelectionRange | undefined = selection;
    if (offset < range.start || offset > range.end || isSame(range, last)) continue;
    last = range;
    selection = { range: rangeIn(document, range), ...(outer && { parent: outer }) };
  }
  return selection ?? { range: rangeIn(document, { start: 0, end: tree.text.length }) };
};
