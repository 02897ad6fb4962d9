import { isSpace, skipSpace } from './characters';
import { type SplitWord, splitWord } from './words';

/** One `name=value` of a mod_wsgi directive, or a word that is none. Places are indexes in the line's text. */
export interface OptionPair {
  /** The text before the `=`; all of it if there is none. */
  readonly name: string;
  readonly start: number;
  /** After the name. */
  readonly nameEnd: number;
  /** Undefined if the word is no pair. White space after the `=` is skipped, as mod_wsgi does. */
  readonly value: SplitWord | undefined;
  readonly end: number;
}

/** Cuts `name=value` pairs. Only the value may be quoted: a pair that starts with a quote is none. */
export const splitOptions = (text: string, from: number): OptionPair[] => {
  const pairs: OptionPair[] = [];
  let position = skipSpace(text, from);
  while (position < text.length) {
    const pair = splitOption(text, position);
    pairs.push(pair);
    position = skipSpace(text, pair.end);
  }
  return pairs;
};

const ENDS: ReadonlySet<number> = new Set(['=', '"', "'"].map((character) => character.charCodeAt(0)));

const endsName = (code: number): boolean => ENDS.has(code) || isSpace(code);

const splitOption = (text: string, start: number): OptionPair => {
  let at = start;
  while (at < text.length && !endsName(text.charCodeAt(at))) at++;
  if (text[at] !== '=') {
    const { value, end } = splitWord(text, start);
    return { name: value, start, nameEnd: end, value: undefined, end };
  }
  const value = splitWord(text, at + 1);
  return { name: text.slice(start, at), start, nameEnd: at, value, end: Math.max(value.end, at + 1) };
};
