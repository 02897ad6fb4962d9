import type { Directive } from './catalogue/directives';
import type { WsgiOptionFact } from './catalogue/facts';
import { type LogicalLine, sourceOffset } from './syntax/logical-lines';
import type { DirectiveNode, Range } from './syntax/nodes';
import { splitOptions } from './syntax/options';
import { hasPlaceholder } from './syntax/templates';
import { splitWord } from './syntax/words';

/** A `name=value` of a directive, or a word that stands where one is expected. */
export interface OptionWord extends Range {
  readonly name: string;
  readonly nameRange: Range;
  readonly fact: WsgiOptionFact | undefined;
  /** Undefined if there is no `=`. */
  readonly value: (Range & { readonly text: string; readonly afterSpace: boolean }) | undefined;
  /** True if a part is only known later. */
  readonly opaque: boolean;
}

/** The options of a mod_wsgi directive as it reads them; empty for a directive that takes none. */
export const optionWords = ({ line }: DirectiveNode, directive: Directive): readonly OptionWord[] => {
  const known = cache.get(line);
  if (known) return known;
  const words = cutOptions(line, directive);
  cache.set(line, words);
  return words;
};

/** Rules, features and the configuration all ask for the options of the same lines. */
const cache = new WeakMap<LogicalLine, readonly OptionWord[]>();

const cutOptions = (line: LogicalLine, directive: Directive): readonly OptionWord[] => {
  const { options } = directive;
  if (!options) return [];
  let position = splitWord(line.text, 0).next;
  for (let count = 0; count < options.after; count++) position = splitWord(line.text, position).next;
  const range = (start: number, end: number): Range => {
    const from = sourceOffset(line, start);
    return { start: from, end: Math.max(from, sourceOffset(line, end, 'before')) };
  };
  return splitOptions(line.text, position).map(({ name, start, nameEnd, value, end }) => ({
    ...range(start, end),
    name,
    nameRange: range(start, nameEnd),
    fact: options.byName.get(name),
    value: value && {
      ...range(value.start, value.end),
      text: value.value,
      afterSpace: value.start > nameEnd + 1,
    },
    opaque: line.text.slice(start, end).includes('${') || hasPlaceholder(line.text.slice(start, end)),
  }));
};
