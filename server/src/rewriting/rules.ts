import type { ConfigWord, Entry } from '../configuration/entries';
import { type Flags, readFlags } from './flags';

/** A `RewriteCond` in front of a rule. */
export interface RewriteCondition {
  readonly entry: Entry;
  readonly test: string;
  /** Without the `!` in front of it. */
  readonly pattern: string;
  readonly negated: boolean;
  readonly flags: Flags;
}

/** A `RewriteRule` with its conditions. */
export interface RewriteRule {
  readonly entry: Entry;
  readonly conditions: readonly RewriteCondition[];
  /** Without the `!` in front of it. */
  readonly pattern: string;
  readonly negated: boolean;
  readonly substitution: string;
  readonly flags: Flags;
}

/** What one server, folder or access file says of rewriting. */
export interface RewriteSettings {
  /** The `RewriteEngine` that counts; undefined if there is none. */
  readonly engine: Entry | undefined;
  /** Of `RewriteBase`. */
  readonly base: string | undefined;
  /** Of `RewriteOptions`, lower case. */
  readonly options: ReadonlySet<string>;
  readonly rules: readonly RewriteRule[];
}

const DIRECTIVE = /^rewrite(?:engine|base|options|cond|rule|map)$/;

/** Reads what stands directly in a section or at a host's level; undefined if nothing there is mod_rewrite's. */
export const readRewriting = (entries: readonly Entry[]): RewriteSettings | undefined => {
  const own = entries.filter(({ key }) => DIRECTIVE.test(key));
  if (own.length === 0) return undefined;
  const last = (wanted: string): Entry | undefined => own.findLast(({ key }) => key === wanted);
  const options = own.filter(({ key }) => key === 'rewriteoptions').flatMap(({ words }) => words);
  return {
    engine: last('rewriteengine'),
    base: last('rewritebase')?.words[0]?.value,
    options: new Set(options.map(({ value }) => value.toLowerCase())),
    rules: readRules(own),
  };
};

const readRules = (entries: readonly Entry[]): readonly RewriteRule[] => {
  const rules: RewriteRule[] = [];
  let conditions: RewriteCondition[] = [];
  for (const entry of entries) {
    const [first, second, flags = ''] = argumentsOf(entry.words);
    if (first === undefined || second === undefined) continue;
    if (entry.key === 'rewritecond')
      conditions.push({ entry, test: first, ...negatable(second), flags: readFlags(flags) });
    if (entry.key !== 'rewriterule') continue;
    rules.push({ entry, conditions, ...negatable(first), substitution: second, flags: readFlags(flags) });
    conditions = [];
  }
  return rules;
};

/** mod_rewrite cuts its arguments by itself: a backslash in front of a space keeps a word together. */
const argumentsOf = (words: readonly ConfigWord[]): readonly string[] => {
  const joined: string[] = [];
  for (const { value } of words) {
    const before = joined.at(-1);
    if (before?.endsWith('\\')) joined[joined.length - 1] = `${before} ${value}`;
    else joined.push(value);
  }
  return joined;
};

const negatable = (text: string): Pick<RewriteRule, 'pattern' | 'negated'> => {
  const negated = text.startsWith('!');
  return { pattern: negated ? text.slice(1) : text, negated };
};

/** Whether the rules are asked at all; undefined if only the running server knows. */
export const isOn = ({ engine }: RewriteSettings): boolean | undefined => {
  const [word] = engine?.words ?? [];
  if (!engine || !word) return false;
  if (!engine.certain || !word.known) return undefined;
  return word.value.toLowerCase() === 'on';
};

/** Nothing said. */
export const NO_REWRITING: RewriteSettings = {
  engine: undefined,
  base: undefined,
  options: new Set(),
  rules: [],
};

const optionsOf = (outer: RewriteSettings, inner: RewriteSettings): ReadonlySet<string> =>
  inner.options.size > 0 ? inner.options : outer.options;

/** Where `RewriteOptions` puts the rules of an outer place beside those of an inner one. */
export const placeOfOuter = (
  outer: RewriteSettings,
  inner: RewriteSettings,
): 'behind' | 'before' | 'nowhere' => {
  const options = optionsOf(outer, inner);
  const isDown = (option: string): boolean =>
    outer.options.has(option) && !inner.options.has('ignoreinherit');
  if (options.has('inherit') || isDown('inheritdown')) return 'behind';
  return options.has('inheritbefore') || isDown('inheritdownbefore') ? 'before' : 'nowhere';
};

/**
 * What counts in an inner place: engine and options of the outer one unless it has its own, and its own rules alone unless `RewriteOptions`
 * joins them with the outer ones.
 */
export const inherit = (outer: RewriteSettings, inner: RewriteSettings): RewriteSettings => {
  const options = optionsOf(outer, inner);
  const place = placeOfOuter(outer, inner);
  const joined = {
    behind: [...inner.rules, ...outer.rules],
    before: [...outer.rules, ...inner.rules],
    nowhere: inner.rules,
  };
  return {
    engine: inner.engine ?? outer.engine,
    base: inner.base ?? (options.has('mergebase') ? outer.base : undefined),
    options,
    rules: joined[place],
  };
};
