import { wordTable } from '../../../common/src/word-table';
import type { ByteSet } from './nodes';

/** A text as bytes in UTF-8, each as one character; a text of ASCII characters stays what it is. */
export const toBytes = (text: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
};

/** What {@link toBytes} was made of. */
export const fromBytes = (bytes: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
};

/** The set of the bytes for which something is true. */
export const bytesThat = (test: (byte: number) => boolean): ByteSet =>
  Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0));

const matching = (pattern: RegExp): ByteSet => bytesThat((byte) => pattern.test(String.fromCharCode(byte)));

/** All that are not in a set. */
export const inverted = (set: ByteSet): ByteSet => set.map((isIn) => 1 - isIn);

/** With the other case of its ASCII letters. */
export const withBothCases = (set: ByteSet): ByteSet =>
  bytesThat(
    (byte) => set[byte] === 1 || (/[a-z]/i.test(String.fromCharCode(byte)) && set[byte ^ 0x20] === 1),
  );

export const NEWLINE = matching(/\n/);
export const WORD = matching(/^\w/);

const horizontal = matching(/[\t \xa0]/);
// biome-ignore lint/suspicious/noControlCharactersInRegex: the vertical white space of PCRE
const vertical = matching(/[\n\x0b\f\r\x85]/);
const digit = matching(/\d/);
const space = matching(/[\t-\r ]/);

/** `\d` and its like by their letters. */
export const CLASS_ESCAPES: Readonly<Record<string, ByteSet>> = wordTable({
  d: digit,
  D: inverted(digit),
  w: WORD,
  W: inverted(WORD),
  s: space,
  S: inverted(space),
  h: horizontal,
  H: inverted(horizontal),
  v: vertical,
  V: inverted(vertical),
});

/** `[:alpha:]` and its like by their names. */
export const NAMED_CLASSES: Readonly<Record<string, ByteSet>> = wordTable({
  alnum: matching(/[0-9A-Za-z]/),
  alpha: matching(/[A-Za-z]/),
  ascii: bytesThat((byte) => byte < 128),
  blank: matching(/[\t ]/),
  cntrl: bytesThat((byte) => byte < 32 || byte === 127),
  digit,
  graph: matching(/[!-~]/),
  lower: matching(/[a-z]/),
  print: matching(/[ -~]/),
  punct: matching(/[!-/:-@[-`{-~]/),
  space,
  upper: matching(/[A-Z]/),
  word: WORD,
  xdigit: matching(/[0-9A-Fa-f]/),
});
