import type { Node } from './nodes';

/** How many bytes a pattern takes; undefined if it is not always the same number. */
export const widthOf = (node: Node): number | undefined => {
  switch (node.kind) {
    case 'set':
      return 1;
    case 'at':
    case 'look':
    case 'back':
      return 0;
    case 'again':
      return undefined;
    case 'group':
    case 'atomic':
      return widthOf(node.of);
    case 'repeat': {
      const width = node.least === node.most ? widthOf(node.of) : undefined;
      return width === undefined ? undefined : width * node.least;
    }
    case 'sequence':
      return node.parts.reduce<number | undefined>((sum, part) => {
        const width = sum === undefined ? undefined : widthOf(part);
        return width === undefined ? undefined : (sum ?? 0) + width;
      }, 0);
    case 'either': {
      const widths = new Set(node.choices.map(widthOf));
      return widths.size === 1 ? [...widths][0] : undefined;
    }
  }
};
