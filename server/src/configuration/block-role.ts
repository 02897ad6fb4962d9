import { directiveName } from '../analysis';
import { isStartupCondition } from '../catalogue/places';
import type { Block } from '../syntax/blocks';
import type { Item } from '../syntax/nodes';

/**
 * What reading a block does: `plain`: it becomes the same wherever it is read; `dependent`: what was defined and loaded before decides
 * what it becomes; `acting`: it changes what is read after it, or reads other files.
 */
export type BlockRole = 'plain' | 'dependent' | 'acting';

/** Keys of the directives that act while the file is read. */
export const ACTING: ReadonlySet<string> = new Set([
  'define',
  'undefine',
  'serverroot',
  'loadmodule',
  'include',
  'includeoptional',
  'use',
]);

/** Sections that act, or ask for more than what was read before. */
const ACTING_SECTIONS: ReadonlySet<string> = new Set(['macro', 'iffile']);

const roles = new WeakMap<Block, BlockRole>();

/** The role of a block. */
export const roleOf = (block: Block): BlockRole => {
  const known = roles.get(block);
  if (known) return known;
  const role = block.items.reduce<BlockRole>((found, item) => stronger(found, item), 'plain');
  roles.set(block, role);
  return role;
};

const stronger = (found: BlockRole, item: Item): BlockRole => {
  if (found === 'acting') return found;
  const role = roleOfItem(item);
  return role === 'plain' ? found : role;
};

const roleOfItem = (item: Item): BlockRole => {
  if (item.kind === 'directive') {
    if (item.name.opaque || ACTING.has(directiveName(item.name.value).toLowerCase())) return 'acting';
    return item.args.some(({ opaque }) => opaque) ? 'dependent' : 'plain';
  }
  if (item.kind !== 'open') return 'plain';
  const { name, args } = item.tag;
  if (name.includes('${') || ACTING_SECTIONS.has(name.toLowerCase())) return 'acting';
  return isStartupCondition(name) || args.some(({ opaque }) => opaque) ? 'dependent' : 'plain';
};
