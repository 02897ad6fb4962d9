import type { Place } from '../catalogue/facts';
import { sectionEffect } from '../catalogue/places';
import { bareName, type ConfigNode } from './nodes';

/** The sections around a node, innermost first. */
export const ancestors = (node: ConfigNode): ConfigNode[] => {
  const found: ConfigNode[] = [];
  for (let outer = node.parent; outer; outer = outer.parent) found.push(outer);
  return found;
};

/** The place of a node of the assembled configuration, `directory` for per-directory sections nobody here knows. */
export const placeOf = (node: ConfigNode): Place => {
  for (const outer of ancestors(node)) {
    const effect = sectionEffect(bareName(outer));
    if (effect === 'inherit' || effect === 'transparent') continue;
    return effect === 'unknown' ? 'directory' : effect;
  }
  return 'server config';
};

/** The virtual host around a node. */
export const virtualHostOf = (node: ConfigNode): ConfigNode | undefined =>
  ancestors(node).find((outer) => outer.name.toLowerCase() === '<virtualhost');
