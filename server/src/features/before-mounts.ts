import { wordTable } from '../../../common/src/word-table';
import type { Entry } from '../configuration/entries';
import type { Host } from '../mounts/hosts';
import { findPattern, matchesPattern } from '../patterns/pattern';

/** What happens to a request before any mount is looked at. */
export interface EarlierStep {
  readonly entry: Entry;
  readonly kind: 'proxy' | 'redirect' | 'alias';
  /** The backend's URL, the new URL, or the file; undefined where a pattern makes it that cannot be followed. */
  readonly target: string | undefined;
}

/** A URL path or a pattern, and what it leads to. */
interface Mapping {
  readonly pattern: string;
  readonly target: string | undefined;
  readonly regex: boolean;
}

type Read = (words: readonly string[]) => Mapping | undefined;

const pair: Read = ([pattern = '', target]) => ({ pattern, target, regex: false });

const patternPair: Read = ([pattern = '', target]) => ({ pattern, target, regex: true });

const STATUS = /^(?:permanent|temp|seeother|gone|\d{3})$/i;

/** `Redirect [status] [path] URL`. */
const redirection =
  (read: Read): Read =>
  (words) => {
    const rest = STATUS.test(words[0] ?? '') ? words.slice(1) : words;
    return rest.length === 0 ? undefined : read(rest);
  };

interface Kind {
  readonly kind: EarlierStep['kind'];
  readonly read: Read;
}

/** Who looks at a URL before mod_wsgi does: mod_proxy first, then mod_alias, which redirects before it maps. */
const STAGES: readonly Readonly<Record<string, Kind>>[] = [
  wordTable({
    proxypass: { kind: 'proxy', read: pair },
    proxypassmatch: { kind: 'proxy', read: patternPair },
  }),
  wordTable({
    redirect: { kind: 'redirect', read: redirection(pair) },
    redirectpermanent: { kind: 'redirect', read: pair },
    redirecttemp: { kind: 'redirect', read: pair },
    redirectmatch: { kind: 'redirect', read: redirection(patternPair) },
  }),
  wordTable({
    alias: { kind: 'alias', read: pair },
    aliasmatch: { kind: 'alias', read: patternPair },
    scriptalias: { kind: 'alias', read: pair },
    scriptaliasmatch: { kind: 'alias', read: patternPair },
  }),
];

/** The directive that answers a URL before a mount can; the host's before the server's, each in reading order. */
export const stepBefore = (
  levels: readonly Host[],
  { path, query }: { readonly path: string; readonly query: string },
): EarlierStep | undefined => {
  for (const stage of STAGES)
    for (const { own } of levels)
      for (const entry of own) {
        const kind = stage[entry.key];
        const mapping = kind?.read(entry.words.map(({ value }) => value));
        if (!kind || !mapping || !covers(mapping, path)) continue;
        // `ProxyPass /static !` leaves the URL to the others.
        if (kind.kind === 'proxy' && mapping.target === '!') break;
        const target = targetOf(mapping, path);
        const withQuery =
          target?.includes('?') || query === '' || kind.kind === 'alias'
            ? target
            : target && `${target}?${query}`;
        return { entry, kind: kind.kind, target: withQuery };
      }
  return undefined;
};

/** The directives of which nobody can tell whether they answer, because of their patterns; with the reason as the end of a sentence. */
export const undecidedSteps = (
  levels: readonly Host[],
  path: string,
): readonly { readonly entry: Entry; readonly why: string }[] =>
  STAGES.flatMap((stage) =>
    levels.flatMap(({ own }) =>
      own.flatMap((entry) => {
        const mapping = stage[entry.key]?.read(entry.words.map(({ value }) => value));
        const found = mapping?.regex ? findPattern(mapping.pattern, path) : undefined;
        return found?.kind === 'unknown' ? [{ entry, why: found.why }] : [];
      }),
    ),
  );

const covers = ({ pattern, regex }: Mapping, path: string): boolean => {
  if (regex) return matchesPattern(pattern, path);
  return pattern.endsWith('/')
    ? path.startsWith(pattern)
    : path === pattern || path.startsWith(`${pattern}/`);
};

const targetOf = ({ pattern, target, regex }: Mapping, path: string): string | undefined => {
  if (target === undefined) return undefined;
  if (!regex) return `${target}${path.slice(pattern.length)}`;
  const found = findPattern(pattern, path);
  return found.kind === 'found'
    ? target.replace(/\$(\d)/g, (_, group) => found.groups[Number(group)] ?? '')
    : undefined;
};
