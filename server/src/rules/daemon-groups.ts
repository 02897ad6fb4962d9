import type { Analysis } from '../analysis';
import { isStartupCondition } from '../catalogue/places';
import type { Block } from '../syntax/blocks';
import type { Word } from '../syntax/nodes';
import type { Finding, Rule } from './rule';

/** Declarations that are read in any case: a condition may be there to choose between two of one name. */
function* declarations({ lines }: Block): Generator<Word> {
  for (const line of lines) {
    if (line.kind !== 'directive' || !/^WSGIDaemonProcess$/i.test(line.name.value)) continue;
    if (line.sections.some(({ open }) => isStartupCondition(open.name) || /^macro$/i.test(open.name)))
      continue;
    const [name] = line.args;
    if (name && !name.opaque) yield name;
  }
}

const known = new WeakMap<Block, readonly Word[]>();

const declarationsIn = (block: Block): readonly Word[] => {
  const found = known.get(block) ?? [...declarations(block)];
  known.set(block, found);
  return found;
};

function* duplicates(analysis: Analysis): Generator<Finding> {
  if (analysis.tree.template) return;
  const first = new Map<string, Word>();
  for (const name of analysis.tree.blocks.flatMap(declarationsIn)) {
    const earlier = first.get(name.value);
    if (!earlier) {
      first.set(name.value, name);
      continue;
    }
    const line = analysis.tree.text.slice(0, earlier.start).split('\n').length;
    yield {
      range: name,
      message: `Daemon group \`${name.value}\` is already declared in line ${line}; names are unique per server.`,
      related: [{ range: earlier, message: 'declared here first' }],
    };
  }
}

export const duplicateDaemonProcess: Rule = {
  id: 'duplicate-daemon-process',
  severity: 'error',
  summary: 'Two daemon groups have one name.',
  file: duplicates,
};
