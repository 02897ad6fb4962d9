import { type SemanticTokens, SemanticTokensBuilder, type SemanticTokensLegend } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { wordTable } from '../../../common/src/word-table';
import { type Analysis, directiveOf } from '../analysis';
import type { Range } from '../syntax/nodes';
import { namesIn } from './names';

const TYPES = [
  'keyword',
  'function',
  'class',
  'namespace',
  'variable',
  'macro',
  'enumMember',
  'type',
] as const;

type TokenType = (typeof TYPES)[number];

const MODIFIERS = ['declaration', 'deprecated'] as const;

/** What the numbers of {@link semanticTokens} mean. */
export const legend: SemanticTokensLegend = { tokenTypes: [...TYPES], tokenModifiers: [...MODIFIERS] };

const NAME_TYPES: Readonly<Record<string, TokenType>> = wordTable({
  'process group': 'namespace',
  variable: 'variable',
  macro: 'macro',
  'log format': 'type',
  module: 'type',
});

interface Token extends Range {
  readonly type: TokenType;
  readonly modifiers: number;
}

/** What the grammar cannot know: which names are directives, which words are names of something, what is deprecated. */
export const semanticTokens = (document: TextDocument, analysis: Analysis): SemanticTokens => {
  const tokens: Token[] = [];
  for (const line of analysis.lines) {
    const directive = directiveOf(line);
    if (!directive) continue;
    const deprecated = directive.wsgi && directive.wsgi.status !== 'current' ? 2 : 0;
    const type = directive.module === 'mod_wsgi' ? 'function' : 'keyword';
    if (line.kind === 'directive') tokens.push({ ...line.name, type, modifiers: deprecated });
    else if (line.kind === 'open')
      tokens.push({ ...line.tag.nameRange, type: 'class', modifiers: deprecated });
  }
  for (const { kind, role, start, end } of namesIn(analysis))
    tokens.push({
      start,
      end,
      type: NAME_TYPES[kind] ?? 'variable',
      modifiers: role === 'declaration' ? 1 : 0,
    });
  const builder = new SemanticTokensBuilder();
  let reached = 0;
  for (const { start, end, type, modifiers } of tokens.sort((a, b) => a.start - b.start)) {
    // A token lies in one line, and tokens do not overlap.
    const from = document.positionAt(start);
    if (start < reached || end <= start || document.positionAt(end).line !== from.line) continue;
    builder.push(from.line, from.character, end - start, TYPES.indexOf(type), modifiers);
    reached = end;
  }
  return builder.build();
};
