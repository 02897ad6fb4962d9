import type { Entry } from '../../configuration/entries';
import type { Fix } from '../rule';

/** Directives of the access control of Apache 2.2. */
export const OLD_DIRECTIVES = ['Order', 'Allow', 'Deny', 'Satisfy'] as const;

const OLD_KEYS: ReadonlySet<string> = new Set(OLD_DIRECTIVES.map((name) => name.toLowerCase()));

/** The old directives of a section, in their order. */
export const oldDirectives = (section: Entry): readonly Entry[] =>
  section.children.filter(({ key }) => OLD_KEYS.has(key));

/**
 * The access control of 2.4 that decides as the old directives of a section do. `Order Allow,Deny` lets in who is allowed and
 * not denied; `Order Deny,Allow` (the default) keeps out who is denied and not allowed.
 *
 * @returns undefined where nobody can say: with words that are only known later, and beside `Require`, with which they
 * decide together
 */
export const convertAccess = (section: Entry): readonly string[] | undefined => {
  const old = oldDirectives(section);
  if (old.length === 0 || section.children.some(({ key }) => /^<?require/.test(key))) return undefined;
  if (old.some(({ words, certain, fromMacro }) => !certain || fromMacro || words.some(({ known }) => !known)))
    return undefined;
  const allowed = conditions(old, 'allow');
  const denied = conditions(old, 'deny');
  if (!allowed || !denied) return undefined;
  const order = old.findLast(({ key }) => key === 'order')?.words.map(({ value }) => value.toLowerCase());
  return order?.join(',').startsWith('deny') !== false
    ? denyThenAllow(allowed, denied)
    : allowThenDeny(allowed, denied);
};

const ALL = 'all granted';

/** What `Allow from` and `Deny from` name, as arguments of `Require`; undefined if one has no such form. */
const conditions = (old: readonly Entry[], key: string): readonly string[] | undefined => {
  const found: string[] = [];
  const addresses: string[] = [];
  for (const { words } of old.filter((entry) => entry.key === key))
    for (const { value } of words.slice(1)) {
      if (value.toLowerCase() === 'all') return [ALL];
      if (/^env=[^!]/i.test(value)) found.push(`env ${value.slice('env='.length)}`);
      else if (/^env=!/i.test(value)) found.push(`expr "-z reqenv('${value.slice('env=!'.length)}')"`);
      else if (/^[\d.]+(?:\/[\d.]+)?$|^[\da-f]*:[\da-f:.]+(?:\/\d+)?$/i.test(value)) addresses.push(value);
      else if (/^[\w.-]+$/.test(value)) found.push(`host ${value}`);
      else return undefined;
    }
  return addresses.length > 0 ? [`ip ${addresses.join(' ')}`, ...found] : found;
};

const requires = (all: readonly string[]): readonly string[] =>
  all.map((condition) => `Require ${condition}`);

const nobodyOf = (all: readonly string[]): readonly string[] =>
  all.map((condition) =>
    condition.startsWith('expr ') ? `Require ${condition.replace('"-z', '"-n')}` : `Require not ${condition}`,
  );

const block = (name: string, lines: readonly string[]): readonly string[] =>
  lines.length === 1 ? lines : [`<${name}>`, ...lines.map((line) => `    ${line}`), `</${name}>`];

const isEverybody = ([first]: readonly string[]): boolean => first === ALL;

const allowThenDeny = (allowed: readonly string[], denied: readonly string[]): readonly string[] => {
  if (allowed.length === 0 || isEverybody(denied)) return ['Require all denied'];
  if (denied.length === 0) return requires(allowed);
  return block('RequireAll', [...block('RequireAny', requires(allowed)), ...nobodyOf(denied)]);
};

const denyThenAllow = (allowed: readonly string[], denied: readonly string[]): readonly string[] => {
  if (denied.length === 0 || isEverybody(allowed)) return [`Require ${ALL}`];
  if (isEverybody(denied)) return allowed.length === 0 ? ['Require all denied'] : requires(allowed);
  const rest = block('RequireAll', [`Require ${ALL}`, ...nobodyOf(denied)]);
  return allowed.length === 0 ? rest : block('RequireAny', [...rest, ...requires(allowed)]);
};

/**
 * Replaces the old directives of a section by new ones.
 *
 * @param text of the file that the section stands in
 */
export const conversionFix = (section: Entry, text: string): Fix | undefined => {
  const lines = convertAccess(section);
  const [first, ...rest] = oldDirectives(section);
  if (!lines || !first) return undefined;
  const indent = /[ \t]*$/.exec(text.slice(0, first.range.start))?.[0] ?? '';
  return {
    title: 'Write as access control of 2.4',
    edits: [
      { at: first.range, text: lines.join(`\n${indent}`) },
      ...rest.map(({ range }) => {
        // The line goes with the end of the line before it.
        const start = text.slice(0, range.start).trimEnd().length;
        const between = text.slice(start, range.start);
        return { at: { ...range, start: start + Math.max(between.lastIndexOf('\n'), 0) }, text: '' };
      }),
    ],
  };
};
