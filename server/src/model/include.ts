import { matchesPattern } from '../patterns/pattern';
import type { FileSystem } from './machine';

/** Names that are looked at to find out what an Include reads. Somebody who types `Include /etc` has not come to the end yet. */
const MOST_NAMES = 20_000;

/** Names in a folder that is included as a whole: larger ones are no configuration. */
const MOST_BELOW = 1000;

/**
 * The files an Include reads, in order, or httpd's message. `unread`: there are so many that nobody looked at them all, and none is
 * given.
 */
export type IncludeTarget =
  | { readonly files: readonly string[]; readonly unread?: true; readonly problem?: undefined }
  | { readonly problem: string };

/** Counts names, and says when it was enough. */
class Budget {
  private folder = 0;
  private all = 0;

  /** @param names in a folder, of which `whole` says that everything below it is meant */
  spend(names: readonly string[], whole: boolean): void {
    this.all += names.length;
    if (whole) this.folder += names.length;
  }

  get exceeded(): boolean {
    return this.all > MOST_NAMES || this.folder > MOST_BELOW;
  }
}

/** True if a name holds a wildcard of `Include`: `*`, `?` or a bracket set. */
const isWildcard = (name: string): boolean => /[*?[]/.test(name);

/**
 * Resolves the path of Include and IncludeOptional (httpd-grammar §7).
 *
 * @param path absolute, or relative to nothing: ServerRoot is already in front
 * @param optional true for IncludeOptional: nothing there is no mistake
 */
export const resolveInclude = (files: FileSystem, path: string, optional: boolean): IncludeTarget => {
  const search: Search = { files, optional, budget: new Budget() };
  const target = isWildcard(path) ? descend(search, '', splitPath(path)) : plainTarget(search, path);
  return search.budget.exceeded ? { files: [], unread: true } : target;
};

interface Search {
  readonly files: FileSystem;
  readonly optional: boolean;
  readonly budget: Budget;
}

const splitPath = (path: string): readonly string[] => {
  const parts = path.split('/').filter((part, index) => part !== '' || index === 0);
  return parts;
};

const plainTarget = (search: Search, path: string): IncludeTarget => {
  const { files, optional } = search;
  switch (files.kind(path)) {
    case 'file':
      return { files: [path] };
    case 'folder':
      return { files: filesBelow(search, path) };
    default:
      return optional
        ? { files: [] }
        : { problem: `Could not open configuration file ${path}: No such file or directory` };
  }
};

/** Every file of a folder, whatever its name, folders within included, in byte order. */
const filesBelow = (search: Search, folder: string): string[] => {
  const { files, budget } = search;
  const names = files.list(folder) ?? [];
  budget.spend(names, true);
  if (budget.exceeded) return [];
  return sorted(names).flatMap((name) => {
    const path = `${folder}/${name}`;
    return files.kind(path) === 'folder' ? filesBelow(search, path) : [path];
  });
};

const descend = (search: Search, folder: string, parts: readonly string[]): IncludeTarget => {
  const { files, optional, budget } = search;
  const wild = parts.findIndex(isWildcard);
  if (wild < 0) return plainTarget(search, join(folder, parts));
  const base = join(folder, parts.slice(0, wild));
  const names = files.list(base === '' ? '/' : base);
  if (!names)
    return optional
      ? { files: [] }
      : { problem: `Include/IncludeOptional: Could not open directory ${base}: No such file or directory` };
  budget.spend(names, false);
  if (budget.exceeded) return { files: [], unread: true };
  const pattern = parts[wild] ?? '';
  const rest = parts.slice(wild + 1);
  const matching = sorted(names.filter(namePattern(pattern))).filter(
    (name) => rest.length === 0 || files.kind(`${base}/${name}`) === 'folder',
  );
  if (matching.length === 0)
    return optional
      ? { files: [] }
      : {
          problem: `Include/IncludeOptional: No matches for the wildcard '${pattern}' in '${base}', failing`,
        };
  const found: string[] = [];
  for (const name of matching) {
    const below = descend(search, join(base, [name]), rest);
    if (below.problem !== undefined) return below;
    found.push(...below.files);
  }
  return { files: found };
};

const join = (folder: string, parts: readonly string[]): string =>
  [folder, ...parts].filter((part, index) => index > 0 || part !== '').join('/');

/** In the order of their bytes in UTF-8. */
const sorted = (names: readonly string[]): string[] => {
  if (!names.some((name) => SURROGATE.test(name))) return [...names].sort();
  const encoder = new TextEncoder();
  return names
    .map((name) => ({ name, bytes: encoder.encode(name) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes))
    .map(({ name }) => name);
};

/** Characters that come before others in UTF-16 and behind them in UTF-8. */
const SURROGATE = /[\uD800-\uDFFF]/;

const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const by = (a[index] ?? 0) - (b[index] ?? 0);
    if (by !== 0) return by;
  }
  return a.length - b.length;
};

/** Matches names against one pattern; a leading dot must be written, and a set whose range runs backwards matches nothing. */
export const namePattern = (pattern: string): ((name: string) => boolean) => {
  const regex = regexOf(pattern);
  const hidden = pattern.startsWith('.');
  return (name) => (hidden || !name.startsWith('.')) && matchesPattern(regex, name);
};

const regexOf = (pattern: string): string => {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? '';
    const set = character === '[' ? bracketSet(pattern, index) : undefined;
    if (set) {
      source += set.source;
      index = set.end;
    } else if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else source += escapeRegex(character === '\\' ? (pattern[++index] ?? '\\') : character);
  }
  return `^${source}$`;
};

const bracketSet = (pattern: string, start: number): { source: string; end: number } | undefined => {
  const negated = pattern[start + 1] === '!' || pattern[start + 1] === '^';
  const first = start + (negated ? 2 : 1);
  const end = pattern.indexOf(']', first + 1);
  if (end < 0) return undefined;
  const members = pattern.slice(first, end).replace(/[\\\]^[]/g, '\\$&');
  return { source: `[${negated ? '^' : ''}${members}]`, end };
};

const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
