import { skipSpace, skipWord } from './characters';

/** One word of a logical line, as httpd's splitter cuts it (httpd-grammar §4). */
export interface SplitWord {
  /** Without quotes and with escapes resolved: what the directive's handler gets. */
  readonly value: string;
  /** First character in the text, an opening quote included. */
  readonly start: number;
  /** After the last character, a closing quote included. */
  readonly end: number;
  /** Where the next word begins: white space skipped. */
  readonly next: number;
  readonly quote: '"' | "'" | undefined;
  /** False if the quote is opened and the line ends before it is closed. */
  readonly closed: boolean;
}

/** Cuts the word at or after `from`. At the end of the text the word is empty and `start === end`. */
export const splitWord = (text: string, from: number): SplitWord => {
  const start = skipSpace(text, from);
  const first = text[start];
  return first === '"' || first === "'" ? quotedWord(text, start, first) : plainWord(text, start);
};

/** All words from `from` to the end of the text. */
export const splitWords = (text: string, from = 0): SplitWord[] => {
  const words: SplitWord[] = [];
  let position = skipSpace(text, from);
  while (position < text.length) {
    const word = splitWord(text, position);
    words.push(word);
    position = word.next;
  }
  return words;
};

const quotedWord = (text: string, start: number, quote: '"' | "'"): SplitWord => {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) {
    const following = text[at + 1];
    at += text[at] === '\\' && (following === quote || following === '\\') ? 2 : 1;
  }
  at = Math.min(at, text.length);
  const value = resolveEscapes(text.slice(start + 1, at), quote);
  const closed = text[at] === quote;
  const end = closed ? at + 1 : at;
  return { value, start, end, next: skipSpace(text, end), quote, closed };
};

const plainWord = (text: string, start: number): SplitWord => {
  const end = skipWord(text, start);
  const value = resolveEscapes(text.slice(start, end), undefined);
  return { value, start, end, next: skipSpace(text, end), quote: undefined, closed: true };
};

const resolveEscapes = (text: string, quote: string | undefined): string => {
  if (!text.includes('\\')) return text;
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const following = text[at + 1];
    if (text[at] === '\\' && (following === '\\' || (quote !== undefined && following === quote))) at++;
    result += text[at];
  }
  return result;
};
