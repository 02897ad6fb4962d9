import { wordTable } from '../../../common/src/word-table';
import { beyond, broken } from './nodes';

/** Characters that a backslash in front of a letter stands for. */
const CONTROL: Readonly<Record<string, number>> = wordTable({ a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 });

/** Escapes that neither PCRE nor PCRE2 takes. */
const REFUSED = /[lLuU]/;

/** A byte that an escape stands for, and where the text goes on. */
export interface EscapedByte {
  readonly byte: number;
  readonly next: number;
}

/**
 * Reads an escape that stands for one byte, in a set and outside.
 *
 * @param at behind the backslash
 * @throws PatternProblem if PCRE refuses it, or it is not followed here
 */
export const readEscapedByte = (pattern: string, at: number): EscapedByte => {
  const letter = pattern[at];
  if (letter === undefined) throw broken('a backslash stands at its end');
  const control = CONTROL[letter];
  if (control !== undefined) return { byte: control, next: at + 1 };
  if (letter === 'x') return hexadecimal(pattern, at + 1);
  if (letter === 'o') return delimited(pattern, at + 1, /\{([0-7]+)\}/y, 8);
  if (letter === 'c') return controlCharacter(pattern, at + 1);
  if (/[0-7]/.test(letter)) {
    const digits = matchAt(/[0-7]{1,3}/y, pattern, at)?.[0] ?? '';
    return { byte: inRange(Number.parseInt(digits, 8)), next: at + digits.length };
  }
  if (REFUSED.test(letter)) throw broken(`\`\\${letter}\` means nothing`);
  // PCRE2 refuses letters that mean nothing, and PCRE, which older Apaches have, takes them for themselves.
  if (/[A-Za-z]/.test(letter)) throw beyond(`\`\\${letter}\``);
  return { byte: letter.charCodeAt(0), next: at + 1 };
};

/** What a pattern with the flag `y` finds at a place. */
export const matchAt = (sticky: RegExp, text: string, at: number): RegExpExecArray | null => {
  sticky.lastIndex = at;
  return sticky.exec(text);
};

const hexadecimal = (pattern: string, at: number): EscapedByte => {
  if (pattern[at] === '{') return delimited(pattern, at, /\{([0-9A-Fa-f]+)\}/y, 16);
  const digits = matchAt(/[0-9A-Fa-f]{0,2}/y, pattern, at)?.[0] ?? '';
  return { byte: Number.parseInt(digits || '0', 16), next: at + digits.length };
};

const delimited = (pattern: string, at: number, sticky: RegExp, base: number): EscapedByte => {
  const found = matchAt(sticky, pattern, at);
  if (!found) throw broken('the number of a character cannot be read');
  return { byte: inRange(Number.parseInt(found[1] ?? '', base)), next: at + found[0].length };
};

const controlCharacter = (pattern: string, at: number): EscapedByte => {
  const code = pattern.charCodeAt(at);
  if (!(code >= 32 && code <= 126)) throw broken('`\\c` has no character behind it');
  return { byte: (pattern[at] ?? '').toUpperCase().charCodeAt(0) ^ 0x40, next: at + 1 };
};

const inRange = (byte: number): number => {
  if (byte > 255) throw broken('the number of a character is too large');
  return byte;
};
