import type { FileSystem } from './machine';

/** The files an Include reads, in order, or httpd's message. */
export type IncludeTarget =
  | { readonly files: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string };

/** True if a name holds a wildcard of `Include`: `*`, `?` or a bracket set. */
const isWildcard = (name: string): boolean => /[*?[]/.test(name);

/**
 * Resolves the path of Include and IncludeOptional (httpd-grammar §7).
 *
 * @param path absolute, or relative to nothing: ServerRoot is already in front
 * @param optional true for IncludeOptional: nothing there is no mistake
 */
export const resolveInclude = (files: FileSystem, path: string, optional: boolean): IncludeTarget =>
  isWildcard(path) ? descend(files, '', splitPath(path), optional) : plainTarget(files, path, optional);

const splitPath = (path: string): readonly string[] => {
  const parts = path.split('/').filter((part, index) => part !== '' || index === 0);
  return parts;
};

const plainTarget = (files: FileSystem, path: string, optional: boolean): IncludeTarget => {
  switch (files.kind(path)) {
    case 'file':
      return { files: [path] };
    case 'folder':
      return { files: filesBelow(files, path) };
    default:
      return optional
        ? { files: [] }
        : { problem: `Could not open configuration file ${path}: No such file or directory` };
  }
};

/** Every file of a folder, whatever its name, folders within included, in byte order. */
const filesBelow = (files: FileSystem, folder: string): string[] =>
  sorted(files.list(folder) ?? []).flatMap((name) => {
    const path = `${folder}/${name}`;
    return files.kind(path) === 'folder' ? filesBelow(files, path) : [path];
  });

const descend = (
  files: FileSystem,
  folder: string,
  parts: readonly string[],
  optional: boolean,
): IncludeTarget => {
  const wild = parts.findIndex(isWildcard);
  if (wild < 0) return plainTarget(files, join(folder, parts), optional);
  const base = join(folder, parts.slice(0, wild));
  const names = files.list(base === '' ? '/' : base);
  if (!names)
    return optional
      ? { files: [] }
      : { problem: `Include/IncludeOptional: Could not open directory ${base}: No such file or directory` };
  const pattern = parts[wild] ?? '';
  const rest = parts.slice(wild + 1);
  const matching = sorted(names.filter((name) => matchesName(pattern, name))).filter(
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
    const below = descend(files, join(base, [name]), rest, optional);
    if (below.problem !== undefined) return below;
    found.push(...below.files);
  }
  return { files: found };
};

const join = (folder: string, parts: readonly string[]): string =>
  [folder, ...parts].filter((part, index) => index > 0 || part !== '').join('/');

const sorted = (names: readonly string[]): string[] => {
  const encoder = new TextEncoder();
  return names
    .map((name) => ({ name, bytes: encoder.encode(name) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes))
    .map(({ name }) => name);
};

const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const by = (a[index] ?? 0) - (b[index] ?? 0);
    if (by !== 0) return by;
  }
  return a.length - b.length;
};

/** Matches one name against one pattern; a leading dot must be written. */
export const matchesName = (pattern: string, name: string): boolean => {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
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
  try {
    return new RegExp(`^${source}$`, 's').test(name);
  } catch {
    // A set whose range runs backwards matches nothing.
    return false;
  }
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
