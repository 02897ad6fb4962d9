import { isStartupCondition } from '../catalogue/places';
import type { Block } from '../syntax/blocks';
import type { Line } from '../syntax/walk';

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
  const found = new Set(block.lines.map(roleOfLine));
  const role = found.has('acting') ? 'acting' : found.has('dependent') ? 'dependent' : 'plain';
  roles.set(block, role);
  return role;
};

const roleOfLine = (line: Line): BlockRole => {
  if (line.kind === 'directive') {
    const name = line.name.value.toLowerCase();
    if (line.name.opaque || ACTING.has(name.replace(/>$/, ''))) return 'acting';
    return line.args.some(({ opaque }) => opaque) ? 'dependent' : 'plain';
  }
  if (line.kind !== 'open') return 'plain';
  const { name, args } = line.tag;
  if (name.includes('${') || ACTING_SECTIONS.has(name.toLowerCase())) return 'acting';
  return isStartupCondition(name) || args.some(({ opaque }) => opaque) ? 'dependent' : 'plain';
};
