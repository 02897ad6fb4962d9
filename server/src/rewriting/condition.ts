import { wordTable } from '../../../common/src/word-table';
import type { ConfigWord, Entry } from '../configuration/entries';
import { decideExpression, type RequestFacts } from '../model/expression/evaluate';
import type { RequestedFiles } from '../model/machine';
import { findPattern } from '../patterns/pattern';
import { hasPlaceholder } from '../syntax/templates';
import { variableReferences } from '../syntax/variables';
import type { RewriteCondition } from './rules';
import { fillIn, type References } from './text';

/** What conditions are asked about. */
export interface Asked {
  /** `$1` of the rule, and the variables. */
  readonly references: Omit<References, 'ofCondition'>;
  /** Variables of expressions. */
  readonly facts: RequestFacts;
  /** The disk that requests are answered from; undefined if nobody may look. */
  readonly disk: RequestedFiles | undefined;
}

/** Why nobody can tell whether a condition holds, or a rule's own pattern matches. */
export interface Doubt {
  readonly entry: Entry;
  /** As the end of a sentence. */
  readonly why: string;
}

/** Whether the conditions of a rule hold; undefined if only the running server can tell. */
export interface Held {
  readonly holds: boolean | undefined;
  /** Why it cannot be told. */
  readonly doubts: readonly Doubt[];
  /** `%0` to `%9`. */
  readonly groups: readonly string[] | undefined;
}

/** Asks the conditions of a rule: all of them must hold; of those joined by `[OR]`, one. An `[OR]` with nothing behind it holds. */
export const holding = (conditions: readonly RewriteCondition[], asked: Asked): Held => {
  const doubts: Doubt[] = [];
  let groups: readonly string[] | undefined = [];
  let holds: boolean | undefined = true;
  for (const alternatives of alternativesOf(conditions)) {
    let one: boolean | undefined = alternatives.at(-1)?.flags.has('or') ?? false;
    const undecided: Doubt[] = [];
    for (const condition of alternatives) {
      const answer = ask(condition, { ...asked, references: { ...asked.references, ofCondition: groups } });
      if (answer.holds === undefined) undecided.push({ entry: condition.entry, why: answer.why });
      // Whether it was this one that left something behind is not known either.
      const isKnown = answer.holds === true && one !== undefined;
      if (answer.holds !== false && leavesGroups(condition)) groups = isKnown ? answer.groups : undefined;
      if (answer.holds) one = true;
      else if (answer.holds === undefined && !one) one = undefined;
      if (answer.holds) break;
    }
    if (one === false) return { holds: false, doubts: [], groups };
    if (one !== true) {
      holds = undefined;
      doubts.push(...undecided);
    }
  }
  return { holds, doubts, groups };
};

const alternativesOf = (
  conditions: readonly RewriteCondition[],
): readonly (readonly RewriteCondition[])[] => {
  const all: RewriteCondition[][] = [[]];
  for (const condition of conditions) {
    all.at(-1)?.push(condition);
    if (!condition.flags.has('or')) all.push([]);
  }
  return all.filter(({ length }) => length > 0);
};

type Answer =
  /** `groups`: what a pattern has found; undefined where nobody knows. */
  | { readonly holds: boolean; readonly groups?: readonly string[] }
  | { readonly holds: undefined; readonly why: string };

interface AskedOne extends Omit<Asked, 'references'> {
  readonly references: References;
}

const ask = (condition: RewriteCondition, asked: AskedOne): Answer => {
  const { test, pattern, negated, flags, entry } = condition;
  const why = whyUncertain(entry);
  if (why !== undefined) return { holds: undefined, why };
  if (test.toLowerCase() === 'expr') {
    const { holds, groups } = decideExpression(pattern, asked.facts);
    const answer = turned(holds, negated) ?? unknown('only the running server decides it');
    return answer.holds && groups ? { ...answer, groups } : answer;
  }
  const { text, gap } = fillIn(test, asked.references);
  if (gap !== undefined) return unknown(gap);
  const comparison = comparisonOf(pattern, flags.has('nc'));
  if (comparison) return { holds: comparison(text) !== negated };
  const question = FILE_QUESTIONS[pattern];
  if (question) return turned(asked.disk && question(asked.disk, text), negated) ?? unknown(NOT_LOOKED_AT);
  const beyond = BEYOND_QUESTIONS[pattern];
  if (beyond !== undefined) return unknown(beyond);
  const found = findPattern(pattern, text, { ignoresCase: flags.has('nc') });
  if (found.kind === 'unknown') return unknown(found.why);
  return found.kind === 'found' && !negated
    ? { holds: true, groups: found.groups }
    : { holds: (found.kind === 'found') !== negated };
};

const unknown = (why: string): Answer => ({ holds: undefined, why });

/** Why files are not asked about. */
export const NOT_LOOKED_AT =
  'files are looked at in trusted workspaces only, for a configuration of this machine';

/** Why nobody can tell what a directive says to the server; undefined if it is known. */
export const whyUncertain = ({ certain, words }: Entry): string | undefined => {
  if (!certain) return 'only the running server knows whether the directive is read';
  return words.every(isKnown) ? undefined : 'a variable in the directive has no known value';
};

/** `${map:key}` is none of the variables that Apache puts in when it starts. */
const isKnown = ({ known, value }: ConfigWord): boolean =>
  known || (!hasPlaceholder(value) && variableReferences(value).every(({ name }) => name.includes(':')));

const turned = (truth: boolean | undefined, negated: boolean): Answer | undefined =>
  truth === undefined ? undefined : { holds: truth !== negated };

/** Questions that are not answered here, and why. */
const BEYOND_QUESTIONS: Readonly<Record<string, string>> = wordTable({
  '-F': 'it sends a request of its own through the server',
  '-U': 'it sends a request of its own through the server',
  '-x': 'it asks what the account of Apache may run',
});

/** Whether a condition can leave something behind for `%1`. */
const leavesGroups = ({ test, pattern, negated }: RewriteCondition): boolean =>
  !negated &&
  (test.toLowerCase() === 'expr' ||
    (FILE_QUESTIONS[pattern] === undefined &&
      BEYOND_QUESTIONS[pattern] === undefined &&
      comparisonOf(pattern, false) === undefined));

type FileQuestion = (disk: RequestedFiles, path: string) => boolean;

const isLink: FileQuestion = (disk, path) => disk.isLink(path);

const FILE_QUESTIONS: Readonly<Record<string, FileQuestion>> = wordTable({
  '-f': (disk, path) => disk.kind(path) === 'file',
  '-d': (disk, path) => disk.kind(path) === 'folder',
  '-s': (disk, path) => disk.kind(path) === 'file' && (disk.size(path) ?? 0) > 0,
  '-l': isLink,
  '-h': isLink,
  '-L': isLink,
});

const byOrder: Readonly<Record<string, (order: number) => boolean>> = wordTable({
  '=': (order) => order === 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
});

const byNumber: Readonly<Record<string, string>> = wordTable({
  eq: '=',
  ge: '>=',
  gt: '>',
  le: '<=',
  lt: '<',
});

/** A comparison of texts or numbers; undefined for a pattern that is none. */
const comparisonOf = (pattern: string, ignoresCase: boolean): ((text: string) => boolean) | undefined => {
  const numbers = /^-(eq|ge|gt|le|lt|ne)(.*)$/s.exec(pattern);
  if (numbers) {
    const [, name = '', wanted = ''] = numbers;
    const holds = byOrder[byNumber[name] ?? ''] ?? ((order) => order !== 0);
    return (text) => holds(numberIn(text) - numberIn(wanted));
  }
  const texts = /^(<=|>=|[<>=])(.*)$/s.exec(pattern);
  if (!texts) return undefined;
  const [, operator = '', written = ''] = texts;
  const folds = ignoresCase && operator === '=';
  const fold = (text: string): string => (folds ? text.toLowerCase() : text);
  const wanted = fold(operator === '=' && written === '""' ? '' : written);
  return (text) => byOrder[operator]?.(orderOf(fold(text), wanted)) ?? false;
};

/** Of two texts the longer one is the greater one, as httpd 2.4.71 was seen to compare them. */
const orderOf = (left: string, right: string): number =>
  left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);

const numberIn = (text: string): number => Number.parseInt(text, 10) || 0;
