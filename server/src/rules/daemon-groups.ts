import type { Analysis } from '../analysis';
import { findDirective } from '../catalogue/directives';
import { isStartupCondition } from '../catalogue/places';
import { remembered } from '../remembered';
import type { Block } from '../syntax/blocks';
import type { Node, Word } from '../syntax/nodes';
import type { Finding, Report, Rule } from './rule';

/** Declarations that are read in any case: a condition may be there to choose between two of one name. */
const declarationsIn = remembered(({ nodes }: Block): readonly Word[] => namesIn(nodes));

const namesIn = (nodes: readonly Node[]): readonly Word[] =>
  nodes.flatMap((node) => {
    if (node.kind === 'section') return mayBeLeftOut(node.open.name) ? [] : namesIn(node.children);
    if (node.kind !== 'directive' || findDirective(node.name.value)?.name !== 'WSGIDaemonProcess') return [];
    const name = node.args[0];
    return name && !name.opaque ? [name] : [];
  });

const mayBeLeftOut = (section: string): boolean =>
  isStartupCondition(section) || section.toLowerCase() === 'macro';

const duplicates = (analysis: Analysis, report: Report<Finding>): void => {
  if (analysis.tree.template) return;
  const first = new Map<string, Word>();
  for (const name of analysis.tree.blocks.flatMap(declarationsIn)) {
    const earlier = first.get(name.value);
    if (!earlier) {
      first.set(name.value, name);
      continue;
    }
    const line = analysis.tree.text.slice(0, earlier.start).split('\n').length;
    report({
      range: name,
      message: `Daemon group \`${name.value}\` is already declared in line ${line}; names are unique per server.`,
      related: [{ range: earlier, message: 'declared here first' }],
    });
  }
};

export const duplicateDaemonProcess: Rule = {
  id: 'duplicate-daemon-process',
  severity: 'error',
  summary: 'Two daemon groups have one name.',
  file: duplicates,
};
