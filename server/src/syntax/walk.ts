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
export const lines = (tree: SyntaxTree): readonly Line[] => tree.blocks.flatMap((block) => block.lines);

/** Every logical line of nodes that are in no section. */
export const linesOf = (nodes: readonly Node[]): readonly Line[] => {
  const found: Line[] = [];
  collectLines(nodes, [], found);
  return found;
};

const collectLines = (nodes: readonly Node[], sections: readonly SectionNode[], found: Line[]): void => {
  for (const node of nodes) {
    switch (node.kind) {
      case 'section': {
        const { open, close } = node;
        found.push({ kind: 'open', start: open.start, end: open.end, tag: open, section: node, sections });
        collectLines(node.children, [...sections, node], found);
        if (close)
          found.push({
            kind: 'close',
            start: close.start,
            end: close.end,
            tag: close,
            section: node,
            sections,
          });
        break;
      }
      case 'stray-close': {
        const { tag, start, end } = node;
        found.push({ kind: 'close', start, end, tag, section: undefined, sections });
        break;
      }
      case 'directive': {
        const { kind, line, start, end, name, args } = node;
        found.push({ kind, line, start, end, name, args, sections });
        break;
      }
      default:
        found.push({ kind: node.kind, line: node.line, start: node.start, end: node.end, sections });
    }
  }
};

/** The line that holds the offset; at the end of the file, its last line; undefined if the file is empty. */
export const lineAt = (all: readonly Line[], offset: number): Line | undefined => {
  let low = 0;
  let high = all.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((all[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return all[low];
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
