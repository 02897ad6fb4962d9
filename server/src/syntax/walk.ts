import type {
  BlankNode,
  CloseTag,
  CommentNode,
  DirectiveNode,
  Node,
  OpenTag,
  SectionNode,
  SyntaxTree,
  TemplateNode,
} from './nodes';

/** One logical line of the tree, with the sections around it, outermost first. A tag is not inside its own section. */
export type Line = (
  | BlankNode
  | CommentNode
  | TemplateNode
  | DirectiveNode
  | {
      readonly kind: 'open';
      readonly start: number;
      readonly end: number;
      readonly tag: OpenTag;
      readonly section: SectionNode;
    }
  | {
      readonly kind: 'close';
      readonly start: number;
      readonly end: number;
      readonly tag: CloseTag;
      /** What it closes; undefined for a stray tag. */
      readonly section: SectionNode | undefined;
    }
) & { readonly sections: readonly SectionNode[] };

/** Every logical line in file order. */
export function* lines(tree: SyntaxTree): Generator<Line> {
  yield* linesOf(tree.children, []);
}

function* linesOf(nodes: readonly Node[], sections: readonly SectionNode[]): Generator<Line> {
  for (const node of nodes) {
    if (node.kind === 'section') {
      const { open, close, children } = node;
      yield { kind: 'open', start: open.start, end: open.end, tag: open, section: node, sections };
      yield* linesOf(children, [...sections, node]);
      if (close)
        yield { kind: 'close', start: close.start, end: close.end, tag: close, section: node, sections };
    } else if (node.kind === 'stray-close') {
      const { tag, start, end } = node;
      yield { kind: 'close', start, end, tag, section: undefined, sections };
    } else {
      yield { ...node, sections };
    }
  }
}

/** The logical line that holds the offset; at the end of the file, its last line; undefined if the file is empty. */
export const lineAt = (tree: SyntaxTree, offset: number): Line | undefined => {
  let last: Line | undefined;
  for (const line of lines(tree)) {
    if (offset < line.start) break;
    last = line;
    if (offset < line.end) break;
  }
  return last;
};

/** The sections that a line typed at the offset would stand in, outermost first. */
export const sectionsAt = (tree: SyntaxTree, offset: number): readonly SectionNode[] => {
  const path: SectionNode[] = [];
  let nodes: readonly Node[] = tree.children;
  for (;;) {
    const found = nodes.findLast(
      (node): node is SectionNode =>
        node.kind === 'section' && offset >= node.open.end && (!node.close || offset <= node.close.start),
    );
    const next = found && nodes[nodes.indexOf(found) + 1];
    if (!found || (next && offset >= next.start && !found.close)) return path;
    path.push(found);
    nodes = found.children;
  }
};
