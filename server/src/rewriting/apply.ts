import { wordTable } from '../../../common/src/word-table';
import type { RequestFacts } from '../model/expression/evaluate';
import type { RequestedFiles } from '../model/machine';
import { type Found, findPattern } from '../patterns/pattern';
import { type Doubt, holding, whyUncertain } from './condition';
import { flagValue } from './flags';
import type { RewriteRule } from './rules';
import { fillIn, type Known, type MadeText, type References } from './text';

/** More rounds of `[N]` than this do not end, for all we know. */
const MOST_ROUNDS = 200;

/** What is rewritten: at a server the path of the URL, in a folder the file. */
export interface Rewritten {
  readonly path: string;
  readonly query: string;
}

/** How a list of rules is asked. */
export interface Asking {
  /** False if nobody knows whether the rules are asked at all. */
  readonly certain: boolean;
  /** Of the file behind the path: what of the URL names no file. */
  readonly pathInfo: string;
  /** The folder whose rules they are, with a slash at its end; undefined for those of a server. */
  readonly folder: string | undefined;
  readonly facts: RequestFacts;
  readonly disk: RequestedFiles | undefined;
  /** `http://shop.example` of the request; undefined if its host is not known. */
  readonly origin: string | undefined;
  /** Those that are this very server's, so that a URL with one of them is a path. */
  readonly ownOrigins: readonly string[];
  /** What the environment of the request holds; what is set is added. */
  readonly environment: Map<string, string | undefined>;
  /** True for a request that a rule makes to look ahead. */
  readonly isSubrequest: boolean;
  /** A variable as it will be when the request has gone on: `%{LA-U:NAME}` asks with the URL, `%{LA-F:NAME}` with the file. */
  lookAhead(by: 'url' | 'file', name: string, path: string): Known;
  /** What a `RewriteMap` has for a key; undefined if nothing. */
  lookUp(map: string, key: string): Known | undefined;
  /** Whether a rule applies of which nobody can tell. */
  decide(rule: RewriteRule, doubts: readonly Doubt[]): boolean;
}

/** A rule that applies, or may. */
export interface RewriteStep {
  readonly rule: RewriteRule;
  readonly applies: boolean;
  /** Why it cannot be told; empty where it can. */
  readonly doubts: readonly Doubt[];
  /** What the rule makes of the path; undefined where it leaves it alone. */
  readonly made: MadeText | undefined;
}

/** What a list of rules makes of a request. */
export type RewriteResult =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'status'; readonly status: number; readonly rule: RewriteRule }
  | { readonly kind: 'redirect'; readonly status: number; readonly url: MadeText; readonly rule: RewriteRule }
  | { readonly kind: 'proxy'; readonly url: MadeText; readonly rule: RewriteRule }
  | ({
      readonly kind: 'rewritten';
      /** True if the URL goes on as if it had been asked for. */
      readonly passesThrough: boolean;
      readonly rule: RewriteRule;
    } & Rewritten)
  | { readonly kind: 'unknown'; readonly made: MadeText; readonly rule: RewriteRule };

export interface Rewriting {
  readonly steps: readonly RewriteStep[];
  readonly result: RewriteResult;
  /** True if no rule is asked again for this request. */
  readonly ends: boolean;
}

/** Asks rules one after the other, as Apache does for a request. */
export const applyRules = (rules: readonly RewriteRule[], from: Rewritten, asking: Asking): Rewriting =>
  new Run(rules, from, asking).go();

/** The schemes of a URL that is not of this server. */
const ABSOLUTE =
  /^(?:https?|wss?|ftps?|ldaps?|nntp|gopher|fcgi|scgi|ajp|uwsgi|balancer|h2c?):\/\/|^(?:mailto|news):/i;

const STATUS_NAMES: Readonly<Record<string, number>> = wordTable({
  permanent: 301,
  temp: 302,
  seeother: 303,
});

class Run {
  private path: string;
  private query: string;
  private pathInfo: string;
  private status = 302;
  private ends = false;
  private rewrittenBy: RewriteRule | undefined;
  private readonly steps: RewriteStep[] = [];

  constructor(
    private readonly rules: readonly RewriteRule[],
    from: Rewritten,
    private readonly asking: Asking,
  ) {
    this.path = from.path;
    this.query = from.query;
    this.pathInfo = asking.folder === undefined ? '' : asking.pathInfo;
  }

  go(): Rewriting {
    const result = this.result();
    return { result, steps: this.steps, ends: this.ends };
  }

  private result(): RewriteResult {
    let rounds = 0;
    let at = 0;
    while (at < this.rules.length) {
      const rule = this.rules[at] as RewriteRule;
      const { flags } = rule;
      if (flags.has('ns') && this.asking.isSubrequest) {
        // The rules that are chained to it are asked all the same.
        at++;
        continue;
      }
      const step = this.step(rule);
      if (step) this.steps.push(step);
      if (!step?.applies) {
        at = this.behindChain(at);
        continue;
      }
      const end = this.endOf(rule, step.made);
      if (end) return end;
      if (flags.has('pt')) return this.rewritten();
      this.ends = flags.has('end');
      if (flags.has('l') || this.ends) break;
      if (flags.has('n')) {
        if (++rounds === MOST_ROUNDS) return { kind: 'status', status: 500, rule };
        at = 0;
        continue;
      }
      at += 1 + (Number.parseInt(flagValue(flags, 's') ?? '', 10) || 0);
    }
    return this.rewritten();
  }

  /** The next rule after one that does not apply: the rules that are chained to it do not either. */
  private behindChain(at: number): number {
    let next = at;
    while (this.rules[next]?.flags.has('c')) next++;
    return next + 1;
  }

  /** Asks one rule; undefined if it does not apply. */
  private step(rule: RewriteRule): RewriteStep | undefined {
    const input = this.inputOf(this.path + this.pathInfo);
    const match = matchOf(rule, input, this.asking.certain);
    if (match.kind === 'none') return undefined;
    const references = {
      ofRule: match.kind === 'found' ? match.groups : undefined,
      variable: (name: string) => this.variable(name),
      lookUp: (map: string, key: string) => this.asking.lookUp(map, key),
    };
    const facts = {
      variable: (name: string) => {
        const known = this.variable(name);
        return 'value' in known ? known.value : undefined;
      },
    };
    const held = holding(rule.conditions, { references, facts, disk: this.asking.disk });
    if (held.holds === false) return undefined;
    const ofPattern = match.kind === 'unknown' ? [{ entry: rule.entry, why: match.why }] : [];
    const doubts = [...ofPattern, ...held.doubts];
    const applies = doubts.length === 0 || this.asking.decide(rule, doubts);
    const all = { ...references, ofCondition: held.groups };
    const made = this.madeBy(rule, all);
    if (applies) this.setEnvironment(rule, all);
    return { rule, applies, doubts, made };
  }

  /** What the patterns of a folder are matched with: the path below it. */
  private inputOf(path: string): string {
    const { folder } = this.asking;
    return folder !== undefined && path.startsWith(folder) ? path.slice(folder.length) : path;
  }

  private madeBy(rule: RewriteRule, references: References): MadeText | undefined {
    if (rule.substitution === '-') return undefined;
    const { text, gap } = fillIn(rule.substitution, references);
    const { folder } = this.asking;
    const isRelative = !text.startsWith('/') && !ABSOLUTE.test(text) && !rule.flags.has('p');
    return { text: folder !== undefined && isRelative ? `${folder}${text}` : text, gap };
  }

  private setEnvironment({ flags }: RewriteRule, references: References): void {
    for (const written of flags.get('e') ?? []) {
      const { text, gap } = fillIn(written, references);
      const [, unset, name = '', value = ''] = /^(!?)([^:]*):?(.*)$/s.exec(text) ?? [];
      this.asking.environment.set(name, unset ? '' : gap === undefined ? value : undefined);
    }
  }

  private variable(name: string): Known {
    const upper = name.toUpperCase();
    const [, by, ahead] = /^LA-([UF]):(.*)$/s.exec(upper) ?? [];
    if (ahead !== undefined) return this.asking.lookAhead(by === 'U' ? 'url' : 'file', ahead, this.path);
    const value = this.valueOf(upper, name);
    return value === undefined ? { why: `only the running server knows \`%{${name}}\`` } : { value };
  }

  private valueOf(upper: string, name: string): string | undefined {
    if (upper.startsWith('ENV:')) return this.asking.environment.get(name.slice('ENV:'.length));
    if (upper === 'REQUEST_FILENAME' || upper === 'SCRIPT_FILENAME') return this.path;
    if (upper === 'QUERY_STRING') return this.query;
    if (upper === 'HTTP:HOST') return this.asking.facts.variable('HTTP_HOST');
    if (upper === 'IS_SUBREQ') return `${this.asking.isSubrequest}`;
    return this.asking.facts.variable(upper);
  }

  /** Follows a rule that applies; the end of the list, if it is one. */
  private endOf(rule: RewriteRule, made: MadeText | undefined): RewriteResult | undefined {
    const { flags } = rule;
    const status = finalStatus(rule);
    if (status !== undefined) return { kind: 'status', status, rule };
    if (flags.has('dpi')) this.pathInfo = '';
    if (!made) return flags.has('p') ? { kind: 'unchanged' } : undefined;
    const url = this.withQuery(made, rule);
    if (flags.has('p')) return { kind: 'proxy', url: joined(url, this.query), rule };
    const wanted = flagValue(flags, 'r');
    if (wanted !== undefined) this.status = STATUS_NAMES[wanted.toLowerCase()] ?? (Number(wanted) || 302);
    const target = wanted === undefined ? this.reduced(url) : this.qualified(url);
    if (target.gap !== undefined) {
      return ABSOLUTE.test(target.text)
        ? { kind: 'redirect', status: this.status, url: joined(target, this.query), rule }
        : { kind: 'unknown', made: target, rule };
    }
    const isRelative = !target.text.startsWith('/') && !ABSOLUTE.test(target.text);
    this.path = isRelative ? `/${target.text}` : target.text;
    this.rewrittenBy = rule;
    return flags.has('pt') && ABSOLUTE.test(this.path) ? { kind: 'status', status: 400, rule } : undefined;
  }

  /** Takes the query out of what was made, and joins it with the one that was there. */
  private withQuery({ text, gap }: MadeText, { flags }: RewriteRule): MadeText {
    if (flags.has('qsd')) this.query = '';
    const at = flags.has('qsl') ? text.lastIndexOf('?') : text.indexOf('?');
    if (at < 0) return { text, gap };
    const own = text.slice(at + 1);
    const both = own === '' ? this.query : this.query === '' ? own : `${own}&${this.query}`;
    this.query = flags.has('qsa') ? both : own;
    return { text: text.slice(0, at), gap };
  }

  /** A URL of this very server is a path of it. */
  private reduced({ text, gap }: MadeText): MadeText {
    const [, origin, path] = /^([a-z]+:\/\/[^/]*)(.*)$/is.exec(text) ?? [];
    const isOwn = origin !== undefined && this.asking.ownOrigins.includes(origin.toLowerCase());
    return isOwn ? { text: path || '/', gap } : { text, gap };
  }

  private qualified({ text, gap }: MadeText): MadeText {
    if (ABSOLUTE.test(text)) return { text, gap };
    return { text: `${this.asking.origin ?? ''}${text.startsWith('/') ? '' : '/'}${text}`, gap };
  }

  /** What stands at the end of the list. */
  private rewritten(): RewriteResult {
    const { path, query, rewrittenBy: rule } = this;
    if (!rule) return { kind: 'unchanged' };
    const isRedirect = ABSOLUTE.test(path) || (this.asking.origin === undefined && rule.flags.has('r'));
    if (isRedirect)
      return {
        kind: 'redirect',
        status: this.status,
        url: joined({ text: path, gap: undefined }, query),
        rule,
      };
    return {
      kind: 'rewritten',
      path,
      query,
      passesThrough: rule.flags.has('pt') && this.asking.folder === undefined,
      rule,
    };
  }
}

/** What a rule's pattern finds in a text; `none` if the rule does not apply. */
const matchOf = ({ pattern, negated, flags, entry }: RewriteRule, text: string, certain: boolean): Found => {
  const why = certain
    ? whyUncertain(entry)
    : 'only the running server knows whether the rules are switched on';
  if (why !== undefined) return { kind: 'unknown', why };
  const found = findPattern(pattern, text, { ignoresCase: flags.has('nc') });
  if (!negated || found.kind === 'unknown') return found;
  return found.kind === 'found' ? { kind: 'none' } : { kind: 'found', groups: [] };
};

/** The status that a rule answers with, whatever it makes of the path: the last flag that sets one counts. */
const finalStatus = ({ flags }: RewriteRule): number | undefined => {
  let status: number | undefined;
  for (const [name, values] of flags) {
    if (name === 'f') status = 403;
    if (name === 'g') status = 410;
    if (name === 'r') status = Number(values.at(-1)) || undefined;
  }
  return status !== undefined && (status < 300 || status > 399) ? status : undefined;
};

const joined = ({ text, gap }: MadeText, query: string): MadeText => ({
  text: query === '' ? text : `${text}?${query}`,
  gap,
});
