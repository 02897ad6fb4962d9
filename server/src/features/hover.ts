import type { Hover, Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Analysis } from '../analysis';
import { type Directive, labels } from '../catalogue/directives';
import { findModule } from '../catalogue/modules';
import type { LearnedDirectives } from '../live/known-directives';
import { learnedAt } from '../live/known-directives';
import { optionWords } from '../option-words';
import type { Range } from '../syntax/nodes';
import { variableReferences } from '../syntax/variables';
import { type CursorLine, cursorLine, definitions, touches, wordsOf } from './cursor';
import { describeDirective, describeLabel, describeModule, describeOption } from './describe';
import { describeFlag } from './rewrite-values';

/** What a hover says of a part of a line. */
export interface Explanation {
  readonly range: Range;
  readonly markdown: string;
}

/** What a hover can say beyond the file. */
export interface HoverContext {
  /** The values of variables in the configuration, by lower-case name, with where they are set. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  /** Directives that only a running server has told of. */
  readonly learned: LearnedDirectives;
  /** What runs at the mount, or whether the directive counts, whose name begins at an offset; as Markdown. */
  noteAt(offset: number): string | undefined;
  /** What the name at an offset stands for. */
  declaredAt(offset: number): Explanation | undefined;
}

const ALONE: HoverContext = {
  variables: new Map(),
  learned: new Map(),
  noteAt: () => undefined,
  declaredAt: () => undefined,
};

/** What the word under the cursor is; null where there is nothing to say. */
export const hover = (
  document: TextDocument,
  position: Position,
  analysis: Analysis,
  context: HoverContext = ALONE,
): Hover | null => {
  const offset = document.offsetAt(position);
  const found = cursorLine(analysis, offset);
  const answer = found && explain(analysis, found, offset, context);
  if (!answer) return null;
  const { range, markdown } = answer;
  return {
    contents: { kind: 'markdown', value: markdown },
    range: { start: document.positionAt(range.start), end: document.positionAt(range.end) },
  };
};

const explain = (
  analysis: Analysis,
  found: CursorLine,
  offset: number,
  context: HoverContext,
): Explanation | undefined => {
  const { line } = found;
  if (line.kind === 'comment' || line.kind === 'blank' || line.kind === 'template') return undefined;
  return (
    explainVariable(analysis, line, offset, context) ??
    explainLabel(analysis, line, offset) ??
    explainName(found, offset, context) ??
    context.declaredAt(offset) ??
    explainOption(found, offset) ??
    explainFlag(analysis, found, offset) ??
    explainModule(found, offset)
  );
};

const explainName = (
  { line, directive: catalogued }: CursorLine,
  offset: number,
  { noteAt, learned }: HoverContext,
): Explanation | undefined => {
  const directive = catalogued ?? learnedAt(line, learned);
  if (!directive) return undefined;
  const range = line.kind === 'directive' ? line.name : line.kind === 'open' ? line.tag.nameRange : undefined;
  if (!range || !touches(range, offset)) return undefined;
  const note = noteAt(range.start);
  return { range, markdown: [note, describeDirective(directive)].filter(Boolean).join('\n\n---\n\n') };
};

const explainOption = ({ line, directive }: CursorLine, offset: number): Explanation | undefined => {
  if (line.kind !== 'directive' || !directive?.wsgi) return undefined;
  const word = optionWords(line, directive).find((option) => touches(option, offset));
  return word?.fact && { range: word, markdown: describeOption(directive as Directive, word.fact) };
};

/** A flag of `RewriteRule` or `RewriteCond`. */
const explainFlag = (
  analysis: Analysis,
  { line, directive }: CursorLine,
  offset: number,
): Explanation | undefined => {
  const word = wordsOf(line)[2];
  if (!directive || !word || !touches(word, offset)) return undefined;
  const text = analysis.tree.text.slice(word.start, word.end);
  for (const match of text.matchAll(/[^[\],"\s]+/g)) {
    const range = { start: word.start + match.index, end: word.start + match.index + match[0].length };
    if (!touches(range, offset)) continue;
    const markdown = describeFlag(directive.name, match[0].replace(/=.*$/, ''));
    return markdown === undefined ? undefined : { range, markdown };
  }
  return undefined;
};

const explainModule = ({ line, directive }: CursorLine, offset: number): Explanation | undefined => {
  if (directive?.name !== 'LoadModule' && directive?.name !== 'IfModule') return undefined;
  const [word] = wordsOf(line);
  const module = word && touches(word, offset) ? findModule(word.value.replace(/^!/, '')) : undefined;
  return word && module && { range: word, markdown: describeModule(module) };
};

const explainLabel = (analysis: Analysis, line: Range, offset: number): Explanation | undefined => {
  const text = analysis.tree.text.slice(line.start, line.end);
  for (const match of text.matchAll(/%\{(\w+)(?::[^}]*)?\}/g)) {
    const start = line.start + match.index;
    const range = { start, end: start + match[0].length };
    if (!touches(range, offset)) continue;
    const label = labels.find(({ label }) => label.replace(/^%\{(\w+).*$/, '$1') === match[1]);
    return label && { range, markdown: describeLabel(label) };
  }
  return undefined;
};

const explainVariable = (
  analysis: Analysis,
  line: Range,
  offset: number,
  { variables }: HoverContext,
): Explanation | undefined => {
  const text = analysis.tree.text.slice(line.start, line.end);
  const reference = variableReferences(text).find(({ start, end }) =>
    touches({ start: line.start + start, end: line.start + end }, offset),
  );
  if (!reference) return undefined;
  const { name } = reference;
  const range = { start: line.start + reference.start, end: line.start + reference.end };
  const elsewhere = variables.get(name.toLowerCase());
  if (elsewhere)
    return { range, markdown: `\`\${${name}}\` is\n\n${elsewhere.map((row) => `- ${row}`).join('\n')}` };
  const defined = definitions(analysis).filter(
    (definition) => definition.name.value.toLowerCase() === name.toLowerCase(),
  );
  const values = defined.map(
    ({ value }) => `- \`${value?.value ?? ''}\`${value ? '' : 'no value: the reference stays as it is'}`,
  );
  const markdown =
    values.length > 0
      ? `\`\${${name}}\` is defined in this file as\n\n${values.join('\n')}`
      : `\`\${${name}}\` is not defined in this file: it comes from another file, from \`-D\`, or from the environment of the server.`;
  return { range, markdown };
};
