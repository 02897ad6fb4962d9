import { wordTable } from '../../../common/src/word-table';
import type { Entry } from '../configuration/entries';
import { groupBy } from './group-by';
import { stepOf } from './sections';

/** Who is let in by the authorization that is in effect. */
export interface Access {
  /** `unset`: no section says anything; Apache then lets everybody in. */
  readonly verdict: 'granted' | 'denied' | 'conditional' | 'unset';
  /** The section whose authorization counts. */
  readonly section: Entry | undefined;
  /** The directive that decides, where it is one. */
  readonly entry: Entry | undefined;
}

const AUTHORIZATION: ReadonlySet<string> = new Set(['require', '<requireall', '<requireany', '<requirenone']);

const COMPATIBLE: ReadonlySet<string> = new Set(['order', 'allow', 'deny']);

const authorization = (section: Entry): readonly Entry[] =>
  section.children.filter(({ key }) => AUTHORIZATION.has(key));

/**
 * The authorization of the sections that apply, in merge order: the last section that has some counts alone, unless `AuthMerging` joins
 * it with what counted before.
 *
 * @param conditional sections that apply to some requests only, and then take the place of the others
 */
export const accessFor = (sections: readonly Entry[], conditional: readonly Entry[] = []): Access => {
  for (const section of conditional) {
    const [entry] = [...authorization(section), ...section.children.filter(({ key }) => COMPATIBLE.has(key))];
    if (entry) return { verdict: 'conditional', section, entry };
  }
  let joined = NOTHING;
  for (const step of groupBy(sections, stepOf).values())
    joined = join(joined, step.map(ofSection).reduce(join, NOTHING));
  return joined.access;
};

/** Authorization, and how it is joined with what counted before. */
interface Joinable {
  readonly access: Access;
  /** Of `AuthMerging`, lower case; undefined where it takes the place of what counted before. */
  readonly mode: string | undefined;
}

const NOTHING: Joinable = {
  access: { verdict: 'unset', section: undefined, entry: undefined },
  mode: undefined,
};

const ofSection = (section: Entry): Joinable => {
  const rules = authorization(section);
  if (rules.length === 0) {
    const old = section.children.filter(({ key }) => COMPATIBLE.has(key));
    return old.length > 0 ? { access: judgeOld(section, old), mode: undefined } : NOTHING;
  }
  const merging = section.children.findLast(({ key }) => key === 'authmerging');
  return { access: judge(section, rules), mode: merging?.words[0]?.value.toLowerCase() };
};

/** Sections of one step are joined with each other first, and what they make then with the steps before, by the mode of the last. */
const join = (before: Joinable, after: Joinable): Joinable => {
  if (after.access.verdict === 'unset') return before;
  const { mode } = after;
  if (before.access.verdict === 'unset' || (mode !== 'and' && mode !== 'or')) return after;
  // Of `And` one that denies is enough, of `Or` one that grants.
  const both = [after.access, before.access];
  const decisive = both.find(({ verdict }) => verdict === (mode === 'and' ? 'denied' : 'granted'));
  const open = both.find(({ verdict }) => verdict === 'conditional');
  return { access: decisive ?? open ?? after.access, mode };
};

/** What a rule says of a request: `neutral` neither lets it in nor keeps it out. */
type Answer = 'granted' | 'denied' | 'conditional' | 'neutral';

interface Judged {
  readonly answer: Answer;
  /** The directive that decides. */
  readonly entry: Entry;
}

/** Several `Require` lines are alternatives. */
const judge = (section: Entry, rules: readonly Entry[]): Access => {
  const { answer, entry } = judgeAny(rules);
  return { verdict: answer === 'neutral' ? 'denied' : answer, section, entry: entry ?? rules[0] };
};

const judgeRule = (rule: Entry): Judged => {
  if (rule.key !== 'require') {
    const { answer, entry = rule } = JUDGES[rule.key]?.(authorization(rule)) ?? { answer: 'conditional' };
    return { answer, entry };
  }
  const words = rule.words.map(({ value }) => value.toLowerCase());
  const isNegated = words[0] === 'not';
  const [subject, value] = isNegated ? words.slice(1) : words;
  const answer: Answer =
    subject === 'all' && (value === 'granted' || value === 'denied') ? value : 'conditional';
  if (!isNegated || answer === 'conditional') return { answer, entry: rule };
  return { answer: answer === 'granted' ? 'denied' : 'neutral', entry: rule };
};

type JudgeAll = (rules: readonly Entry[]) => { readonly answer: Answer; readonly entry?: Entry | undefined };

/** The first answer of those, in the order in which they decide. */
const first =
  (...decisive: readonly Answer[]): JudgeAll =>
  (rules) => {
    const judged = rules.map(judgeRule);
    for (const answer of decisive) {
      const found = judged.find((each) => each.answer === answer);
      if (found) return found;
    }
    return { answer: 'neutral' };
  };

const judgeAny = first('granted', 'conditional', 'denied');

const judgeNone: JudgeAll = (rules) => {
  const { answer, entry } = judgeAny(rules);
  return { answer: answer === 'granted' ? 'denied' : answer === 'conditional' ? answer : 'neutral', entry };
};

const JUDGES: Readonly<Record<string, JudgeAll>> = wordTable({
  '<requireall': first('denied', 'conditional', 'granted'),
  '<requireany': judgeAny,
  '<requirenone': judgeNone,
});

const judgeOld = (section: Entry, old: readonly Entry[]): Access => {
  const order = old.findLast(({ key }) => key === 'order')?.words[0]?.value.toLowerCase() ?? 'deny,allow';
  const fromAll = (key: string) =>
    old.find((entry) => entry.key === key && entry.words[1]?.value.toLowerCase() === 'all');
  const allow = fromAll('allow');
  const deny = fromAll('deny');
  if (order.startsWith('deny') ? allow || !old.some(({ key }) => key === 'deny') : allow && !deny)
    return { verdict: 'granted', section, entry: allow };
  if (deny && !old.some(({ key }) => key === 'allow')) return { verdict: 'denied', section, entry: deny };
  return { verdict: 'conditional', section, entry: old[0] };
};
