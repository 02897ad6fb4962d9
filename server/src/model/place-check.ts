import { type Directive, isAuthorization } from '../catalogue/directives';
import type { Place } from '../catalogue/facts';
import { sectionEffect } from '../catalogue/places';
import { ancestors } from './context';
import { bareName, type ConfigNode } from './nodes';

/**
 * httpd's message if a directive may not stand where it does.
 *
 * Two checks make it: the command table knows only "outside" and "inside" of per-directory sections; finer refusals are
 * the handlers', in other words (httpd-grammar §5).
 */
export const checkPlace = (
  node: ConfigNode,
  directive: Directive,
  name: string,
  place: Place,
): string | undefined => {
  const authorizing = node.parent !== undefined && sectionEffect(bareName(node.parent)) === 'inherit';
  const fits = !authorizing || isAuthorization(directive);
  if (fits && directive.places.includes(place)) return undefined;
  if (!fits || !levelAllows(directive, place))
    return node.parent ? `${name} not allowed in ${node.parent.name}> context` : `${name} not allowed here`;
  if (place === 'server config') return `${name} only used in <VirtualHost>`;
  const shown = directive.section ? `${name}>` : name;
  return `${shown} cannot occur within ${refusingSection(node, place)} section`;
};

const levelAllows = (directive: Directive, place: Place): boolean => {
  const inside = place !== 'server config' && place !== 'virtual host';
  const where = directive.httpd?.where;
  if (where !== undefined) return where === 'anywhere' || (where === 'inside') === inside;
  return directive.places.some(
    (accepted) => (accepted !== 'server config' && accepted !== 'virtual host') === inside,
  );
};

const refusingSection = (node: ConfigNode, place: Place): string => {
  if (place === 'limit') return '<Limit> or <LimitExcept>';
  const section = ancestors(node).find((outer) => sectionEffect(bareName(outer)) === place);
  return section ? `${section.name}>` : '<VirtualHost>';
};
