import type { ArgumentKind } from '../catalogue/facts';
import { skipSpace } from '../syntax/characters';
import { splitWord, splitWords } from '../syntax/words';

/** httpd drops the words of a TAKE_ARGV directive beyond this one. */
const MAX_ARGV = 64;

/** The calls httpd makes to a directive's handler, or why it makes none. */
export type Arguments =
  | { readonly calls: readonly (readonly string[])[]; readonly problem?: undefined }
  | { readonly problem: string };

interface Subject {
  /** As the message shows it: the canonical name, `<` included. */
  readonly name: string;
  readonly args: ArgumentKind;
  readonly help?: string | undefined;
}

/**
 * Cuts a directive's arguments as httpd does before it calls the handler (httpd-grammar §4).
 *
 * @returns one call per word for ITERATE, one per pair for ITERATE2, else one; or httpd's message
 */
export const cutArguments = ({ name, args, help }: Subject, text: string): Arguments => {
  const wrong = (rule: string): Arguments => ({ problem: `${name} ${rule}${help ? `, ${help}` : ''}` });
  switch (args) {
    case 'RAW_ARGS':
      return { calls: [[text]] };
    case 'NO_ARGS':
      return text === '' ? { calls: [[]] } : { problem: `${name} takes no arguments` };
    case 'FLAG': {
      const { value } = splitWord(text, 0);
      return /^(on|off)$/i.test(value) ? { calls: [[value]] } : { problem: `${name} must be On or Off` };
    }
    case 'TAKE_ARGV':
      return { calls: [argv(text)] };
    case 'ITERATE': {
      const words = untilEmpty(text);
      return words.length === 0
        ? wrong('requires at least one argument')
        : { calls: words.map((word) => [word]) };
    }
    case 'ITERATE2': {
      const [first, ...rest] = untilEmpty(text);
      return first === undefined || rest.length === 0
        ? wrong('requires at least two arguments')
        : { calls: rest.map((word) => [first, word]) };
    }
    default:
      return take(text, TAKE[args], wrong);
  }
};

interface Count {
  readonly least: number;
  readonly most: number;
  readonly refused?: number;
  readonly rule: string;
}

const TAKE: Readonly<Record<Extract<ArgumentKind, `TAKE${number}`>, Count>> = {
  TAKE1: { least: 1, most: 1, rule: 'takes one argument' },
  TAKE2: { least: 2, most: 2, rule: 'takes two arguments' },
  TAKE3: { least: 3, most: 3, rule: 'takes three arguments' },
  TAKE12: { least: 1, most: 2, rule: 'takes 1-2 arguments' },
  TAKE23: { least: 2, most: 3, rule: 'takes two or three arguments' },
  TAKE13: { least: 1, most: 3, refused: 2, rule: 'takes one or three arguments' },
  TAKE123: { least: 1, most: 3, rule: 'takes one, two or three arguments' },
};

/** The fewest and the most words a kind takes; undefined where the handler decides. */
export const wordCount = (
  kind: ArgumentKind,
): { least: number; most: number; refused?: number } | undefined => {
  switch (kind) {
    case 'RAW_ARGS':
    case 'TAKE_ARGV':
      return undefined;
    case 'NO_ARGS':
      return { least: 0, most: 0 };
    case 'FLAG':
    case 'ITERATE':
      return { least: 1, most: Number.POSITIVE_INFINITY };
    case 'ITERATE2':
      return { least: 2, most: Number.POSITIVE_INFINITY };
    default:
      return TAKE[kind];
  }
};

const take = (text: string, count: Count, wrong: (rule: string) => Arguments): Arguments => {
  const words: string[] = [];
  let position = skipSpace(text, 0);
  while (position < text.length && words.length < count.most) {
    const word = splitWord(text, position);
    words.push(word.value);
    position = word.next;
  }
  const rest = position < text.length;
  while (words.at(-1) === '') words.pop();
  const empty = words.slice(0, count.least).includes('');
  if (rest || empty || words.length < count.least || words.length === count.refused) return wrong(count.rule);
  return { calls: [words] };
};

/** The words of an ITERATE list: an empty one ends it. */
const untilEmpty = (text: string): string[] => {
  const words = splitWords(text).map(({ value }) => value);
  const empty = words.indexOf('');
  return empty < 0 ? words : words.slice(0, empty);
};

const argv = (text: string): string[] => {
  const words = splitWords(text).map(({ value }) => value);
  if (words.at(-1) === '') words.pop();
  return words.slice(0, MAX_ARGV);
};
