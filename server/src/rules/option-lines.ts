import type { Directive } from '../catalogue/directives';
import type { WsgiOptionFact } from '../catalogue/facts';
import { sourceOffset } from '../syntax/logical-lines';
import type { DirectiveNode, Range } from '../syntax/nodes';
import { splitOptions } from '../syntax/options';
import { hasPlaceholder } from '../syntax/templates';
import { splitWord } from '../syntax/words';

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

/** How many words stand before the options of a directive, or undefined if it takes none. */
export const positionals = (directive: Directive): number | undefined => {
  const args = directive.wsgi?.arguments ?? [];
  const options = args.findIndex(({ type }) => type === 'option-pairs');
  return options < 0 ? undefined : options;
};

/** The options of a mod_wsgi directive as it reads them; empty for a directive that takes none. */
export const optionWords = ({ line }: DirectiveNode, directive: Directive): readonly OptionWord[] => {
  const skip = positionals(directive);
  if (skip === undefined) return [];
  let position = splitWord(line.text, 0).next;
  for (let count = 0; count < skip; count++) position = splitWord(line.text, position).next;
  const range = (start: number, end: number): Range => ({
    start: sourceOffset(line, start),
    end: sourceOffset(line, end, 'before'),
  });
  return splitOptions(line.text, position).map(({ name, start, nameEnd, value, end }) => ({
    ...range(start, end),
    name,
    nameRange: range(start, nameEnd),
    fact: directive.wsgi?.options?.find((option) => option.name === name),
    value: value && {
      ...range(value.start, value.end),
      text: value.value,
      afterSpace: value.start > nameEnd + 1,
    },
    opaque: line.text.slice(start, end).includes('${') || hasPlaceholder(line.text.slice(start, end)),
  }));
};
