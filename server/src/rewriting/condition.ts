import { evaluateExpression, type RequestFacts } from '../model/expression/evaluate';
import type { RequestedFiles } from '../model/machine';
import { faithfulRegex } from '../model/regex';
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

/** Whether the conditions of a rule hold; undefined if only the running server can tell. */
export interface Held {
  readonly holds: boolean | undefined;
  /** The conditions that are the reason why it cannot be told. */
  readonly open: readonly RewriteCondition[];
  /** `%0` to `%9`. */
  readonly groups: readonly string[] | undefined;
}

/** Asks the conditions of a rule: all of them must hold; of those joined by `[OR]`, one. An `[OR]` with nothing behind it holds. */
export const holding = (conditions: readonly RewriteCondition[], asked: Asked): Held => {
  const open: RewriteCondition[] = [];
  let groups: readonly string[] | undefined = [];
  let holds: boolean | undefined = true;
  for (const alternatives of alternativesOf(conditions)) {
    let one: boolean | undefined = alternatives.at(-1)?.flags.has('or') ?? false;
    const undecided: RewriteCondition[] = [];
    for (const condition of alternatives) {
      const answer = ask(condition, { ...asked, references: { ...asked.references, ofCondition: groups } });
      if (answer.holds === undefined) undecided.push(condition);
      // Whether it was this one that left something behind is not known either.
      if (answer.holds === undefined && isPattern(condition)) groups = undefined;
      if (answer.holds && answer.groups) groups = one === undefined ? undefined : answer.groups;
      if (answer.holds) one = true;
      else if (answer.holds === undefined && !one) one = undefined;
      if (answer.holds) break;
    }
    if (one === false) return { holds: false, open: [], groups };
    if (one !== true) {
      holds = undefined;
      open.push(...undecided);
    }
  }
  return { holds, open, groups };
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

interface Answer {
  readonly holds: boolean | undefined;
  /** What a pattern has found. */
  readonly groups?: readonly string[];
}

interface AskedOne extends Omit<Asked, 'references'> {
  readonly references: References;
}

const ask = (condition: RewriteCondition, asked: AskedOne): Answer => {
  const { test, pattern, negated, flags, entry } = condition;
  if (!entry.certain || entry.words.some(({ known }) => !known)) return { holds: undefined };
  if (test.toLowerCase() === 'expr')
    return { holds: turned(evaluateExpression(pattern, asked.facts), negated) };
  const { text, known } = fillIn(test, asked.references);
  if (!known) return { holds: undefined };
  const comparison = comparisonOf(pattern, flags.has('nc'));
  if (comparison) return { holds: turned(comparison(text), negated) };
  const question = FILE_QUESTIONS[pattern];
  if (question) return { holds: turned(asked.disk && question(asked.disk, text), negated) };
  if (isUnknownQuestion(pattern)) return { holds: undefined };
  const regex = faithfulRegex(pattern, flags.has('nc') ? 'i' : '');
  if (!regex) return { holds: undefined };
  const found = regex.exec(text);
  return found && !negated
    ? { holds: true, groups: groupsOf(found) }
    : { holds: (found !== null) !== negated };
};

/** What a match leaves behind for references. */
export const groupsOf = (found: RegExpExecArray): readonly string[] => [...found].map((group) => group ?? '');

const turned = (truth: boolean | undefined, negated: boolean): boolean | undefined =>
  truth === undefined ? undefined : truth !== negated;

/** `-F` and `-U` ask Apache itself, `-x` its account. */
const isUnknownQuestion = (pattern: string): boolean => /^-[FUx]$/.test(pattern);

/** Whether a condition can leave something behind for `%1`. */
const isPattern = ({ test, pattern, negated }: RewriteCondition): boolean =>
  !negated &&
  test.toLowerCase() !== 'expr' &&
  FILE_QUESTIONS[pattern] === undefined &&
  !isUnknownQuestion(pattern) &&
  comparisonOf(pattern, false) === undefined;

type FileQuestion = (disk: RequestedFiles, path: string) => boolean;

const isLink: FileQuestion = (disk, path) => disk.isLink(path);

const FILE_QUESTIONS: Readonly<Record<string, FileQuestion>> = {
  '-f': (disk, path) => disk.kind(path) === 'file',
  '-d': (disk, path) => disk.kind(path) === 'folder',
  '-s': (disk, path) => disk.kind(path) === 'file' && (disk.size(path) ?? 0) > 0,
  '-l': isLink,
  '-h': isLink,
  '-L': isLink,
};

const byOrder: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
};

const byNumber: Readonly<Record<string, string>> = {
  eq: '=',
  ge: '>=',
  gt: '>',
  le: '<=',
  lt: '<',
};

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
