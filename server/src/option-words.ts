import type { Directive } from './catalogue/directives';
import type { WsgiOptionFact } from './catalogue/facts';
import { type LogicalLine, sourceOffset } from './syntax/logical-lines';
import type { DirectiveNode, Range } from './syntax/nodes';
import { splitOptions } from './syntax/options';
import { hasPlaceholder, mayBeOpaque } from './syntax/templates';
import { type SplitWord, splitWord } from './syntax/words';

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
  // An edit above moves the line.
  if (known?.at === line.start) return known.words;
  const words = cutOptions(line, directive);
  cache.set(line, { at: line.start, words });
  return words;
};

/** Rules, features and the configuration all ask for the options of the same lines. */
const cache = new WeakMap<LogicalLine, { readonly at: number; readonly words: readonly OptionWord[] }>();

const cutOptions = (line: LogicalLine, directive: Directive): readonly OptionWord[] => {
  const { options } = directive;
  if (!options) return [];
  let position = splitWord(line.text, 0).next;
  for (let count = 0; count < options.after; count++) position = splitWord(line.text, position).next;
  const mayHide = mayBeOpaque(line.text);
  return splitOptions(line.text, position).map(({ name, start, nameEnd, value, end }) => {
    const from = sourceOffset(line, start);
    const to = endOf(line, from, end);
    const written = mayHide ? line.text.slice(start, end) : '';
    return {
      start: from,
      end: to,
      name,
      nameRange: { start: from, end: nameEnd === end ? to : endOf(line, from, nameEnd) },
      fact: options.byName.get(name),
      value: value && optionValue(line, value, nameEnd),
      opaque: mayHide && (written.includes('${') || hasPlaceholder(written)),
    };
  });
};

const optionValue = (
  line: LogicalLine,
  { value, start, end }: SplitWord,
  nameEnd: number,
): OptionWord['value'] => {
  const from = sourceOffset(line, start);
  return { start: from, end: endOf(line, from, end), text: value, afterSpace: start > nameEnd + 1 };
};

/** An empty range beside a continuation stands behind it. */
const endOf = (line: LogicalLine, start: number, index: number): number =>
  Math.max(start, sourceOffset(line, index, 'before'));
