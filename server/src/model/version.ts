import { wordTable } from '../../../common/src/word-table';
import { isSoundPattern, matchesPattern } from '../patterns/pattern';
import type { Condition } from './conditions';

/**
 * Evaluates `<IfVersion>`.
 *
 * @param words its one to three words, the closing `>` still in the last one or a word of its own
 * @param version the server's version
 */
export const evaluateVersion = (words: readonly string[], version: string): Condition => {
  const cut = withoutBracket(words);
  if (!cut) return { problem: "<IfVersion> directive missing closing '>'" };
  const [first = '', second] = cut;
  const negated = first.startsWith('!') && second !== undefined;
  const operator = second === undefined ? '=' : first.slice(negated ? 1 : 0);
  const result = compare(operator, second ?? first, version);
  return result.problem === undefined ? { holds: result.holds !== negated } : result;
};

const withoutBracket = (words: readonly string[]): readonly string[] | undefined => {
  const last = words.at(-1) ?? '';
  if (!last.endsWith('>')) return undefined;
  const head = words.slice(0, -1);
  return last === '>' && head.length > 0 ? head : [...head, last.slice(0, -1)];
};

const compare = (operator: string, wanted: string, version: string): Condition => {
  const pattern = /^\/(.*)\/$/.exec(wanted)?.[1];
  if (operator === '~' || (pattern !== undefined && (operator === '=' || operator === '==')))
    return matches(pattern ?? wanted, version);
  const order = ORDERS[operator];
  if (!order) return { problem: `unrecognized operator '${operator}'` };
  const parts = /^\d+(?:\.\d+){0,2}$/.test(wanted) ? wanted.split('.').map(Number) : undefined;
  if (!parts)
    return {
      problem:
        'Version appears to be invalid. It must have the format major[.minor[.patch]] where major, minor and patch are numbers.',
    };
  return { holds: order(difference(version.split('.').map(Number), parts)) };
};

const ORDERS: Readonly<Record<string, (difference: number) => boolean>> = wordTable({
  '=': (difference) => difference === 0,
  '==': (difference) => difference === 0,
  '>': (difference) => difference > 0,
  '>=': (difference) => difference >= 0,
  '<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
});

/** Positive if the first version is the newer one; parts left out count as 0. */
const difference = (first: readonly number[], second: readonly number[]): number => {
  for (let part = 0; part < 3; part++) {
    const by = (first[part] ?? 0) - (second[part] ?? 0);
    if (by !== 0) return by;
  }
  return 0;
};

const matches = (pattern: string, version: string): Condition => {
  if (!isSoundPattern(pattern)) return { problem: 'Unable to compile regular expression' };
  return { holds: matchesPattern(pattern, version) };
};
