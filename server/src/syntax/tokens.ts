import type { CloseTag, Node, OpenTag, Range, SyntaxTree } from './nodes';

export type TokenKind = 'name' | 'word' | 'tag' | 'comment' | 'template' | 'trivia';

/** A piece of the file. `trivia` is everything that separates: blanks, line ends, continuations, ignored text. */
export interface Token extends Range {
  readonly kind: TokenKind;
}

/** The file as tokens: ascending, without gaps and overlaps, so that their texts put together are the file. */
export const tokens = (tree: SyntaxTree): Token[] => {
  const result: Token[] = [];
  let position = 0;
  const gap = (upTo: number) => {
    if (upTo > position) result.push({ kind: 'trivia', start: position, end: upTo });
    position = Math.max(position, upTo);
  };
  for (const token of significant(tree.children)) {
    if (token.end <= token.start) continue;
    gap(token.start);
    result.push(token);
    position = token.end;
  }
  gap(tree.text.length);
  return result;
};

function* significant(nodes: readonly Node[]): Generator<Token> {
  for (const node of nodes) {
    switch (node.kind) {
      case 'blank':
        break;
      case 'comment':
      case 'template':
        yield { kind: node.kind, start: node.start, end: node.end };
        break;
      case 'directive':
        yield { kind: 'name', start: node.name.start, end: node.name.end };
        for (const { start, end } of node.args) yield { kind: 'word', start, end };
        break;
      case 'section':
        yield* openTokens(node.open);
        yield* significant(node.children);
        if (node.close) yield closeToken(node.close);
        break;
      case 'stray-close':
        yield closeToken(node.tag);
        break;
    }
  }
}

function* openTokens(tag: OpenTag): Generator<Token> {
  yield { kind: 'tag', start: tag.nameRange.start - 1, end: tag.nameRange.end };
  for (const { start, end } of tag.args) yield { kind: 'word', start, end };
  if (tag.bracket !== undefined) yield { kind: 'tag', start: tag.bracket, end: tag.bracket + 1 };
}

const closeToken = ({ tag }: CloseTag): Token => ({ kind: 'tag', start: tag.start, end: tag.end });
