import type { Range, Word } from '../syntax/nodes';

/** A part of a line that Apache reads in a language of its own: a regular expression, a condition. */
export interface WrittenText extends Range {
  readonly text: string;
  /** True if a part of it is only known later. */
  readonly opaque: boolean;
}

/** A line of which parts are looked for. */
export interface WrittenLine {
  readonly words: readonly Word[];
  /** The text of the file. */
  readonly source: string;
  /** True in `<Location>` and its like, which are the URL where a directive needs one. */
  readonly hasUrl: boolean;
}

/** Finds the parts of a line that are in one language; undefined for a part that is in another one. */
export type Find = (line: WrittenLine) => readonly (WrittenText | undefined)[];

/** A word as it is. */
export const asText = (word: Word | undefined): WrittenText | undefined =>
  word && { start: word.start, end: word.end, text: word.value, opaque: word.opaque };

/** A part of a word. */
export const withText = (word: WrittenText | undefined, text: string | undefined): WrittenText | undefined =>
  word && text !== undefined ? { ...word, text } : undefined;

/** Whether a word is there and is like this. */
export const isWord = (word: Word | undefined, pattern: RegExp): boolean =>
  word !== undefined && pattern.test(word.value);

/** What can be judged: the parts that are there and wait for nothing. */
export const certainTexts = (find: Find | undefined, line: WrittenLine): readonly WrittenText[] =>
  find?.(line).filter((text): text is WrittenText => text !== undefined && !text.opaque) ?? [];

/**
 * Cuts a line of mod_rewrite as that module does by itself: a backslash keeps the space behind it in the word, and nothing is taken away
 * but quotes around a word. Ends before a word that nobody writes so, and that the two would cut differently.
 */
export const cutForRewriting = ({ words, source }: WrittenLine): readonly WrittenText[] => {
  const cut: WrittenText[] = [];
  let isOpen = false;
  for (const { start, end, quote, closed, opaque } of words) {
    const written = source.slice(start, end);
    if (!closed || (quote && (isOpen || written.includes(`\\${quote}`)))) break;
    const before = isOpen ? cut.pop() : undefined;
    const text = before ? source.slice(before.start, end) : quote ? written.slice(1, -1) : written;
    if (text.includes('\n')) break;
    cut.push({ start: before?.start ?? start, end, text, opaque: opaque || (before?.opaque ?? false) });
    isOpen = !quote && written.endsWith('\\');
  }
  return cut;
};
