import type { Entry } from '../configuration/entries';
import { evaluateExpression, type RequestFacts } from '../model/expression/evaluate';

/** An `<If>`, `<ElseIf>` or `<Else>` section, and whether it applies to a request; undefined if only the running server can tell. */
export interface DecidedSection {
  readonly section: Entry;
  readonly holds: boolean | undefined;
}

/**
 * Decides which conditional sections apply to a request.
 *
 * @param sections in merge order, each before those in it
 */
export const decideSections = (
  sections: readonly Entry[],
  facts: RequestFacts,
): readonly DecidedSection[] => {
  const decided = new Map<Entry, boolean | undefined>();
  /** Whether a branch was taken before, by the section around the chain. */
  const taken = new Map<Entry | undefined, boolean | undefined>();
  for (const section of sections) {
    const { key, parent } = section;
    const before = key === '<if' ? false : taken.get(parent);
    const own = and(before === undefined ? undefined : !before, conditionOf(section, facts));
    taken.set(parent, or(before, own));
    const around = parent && decided.has(parent) ? decided.get(parent) : true;
    decided.set(section, and(around, own));
  }
  return [...decided].map(([section, holds]) => ({ section, holds }));
};

const conditionOf = ({ key, words }: Entry, facts: RequestFacts): boolean | undefined => {
  if (key === '<else') return true;
  if (words.some(({ known }) => !known)) return undefined;
  return evaluateExpression(words.map(({ value }) => value).join(' '), facts);
};

type Truth = boolean | undefined;

const and = (left: Truth, right: Truth): Truth =>
  left === false || right === false ? false : left === true && right === true ? true : undefined;

const or = (left: Truth, right: Truth): Truth =>
  left === true || right === true ? true : left === false && right === false ? false : undefined;
