import type { Directive } from '../catalogue/directives';
import {
  ACCESS_FILE,
  accessFileNames,
  accessFileSection,
  looksForAccessFiles,
} from '../configuration/access-files';
import type { Configuration } from '../configuration/configuration';
import type { Entry } from '../configuration/entries';
import type { Host } from './hosts';

/** What the access file of a folder may say. */
export interface Overrides {
  /** Groups of directives, lower case; `all` for every one. */
  readonly groups: ReadonlySet<string>;
  /** Directives that are allowed by their names, lower case. */
  readonly names: ReadonlySet<string>;
  /** The values that `Options` may have, lower case; undefined for any. */
  readonly options: ReadonlySet<string> | undefined;
  /** True if a directive that is not allowed is passed over, and does not fail the request. */
  readonly forgives: boolean;
  /** The directive that decides; undefined if nothing is said. */
  readonly entry: Entry | undefined;
}

/** An access file that Apache reads, with what it may say. */
export interface AccessFile {
  /** Without what is passed over. */
  readonly section: Entry;
  readonly overrides: Overrides;
  /** What it says and may not: each fails every request, unless it is forgiven. */
  readonly forbidden: readonly Entry[];
}

/** Reads the `AllowOverride` that counts among the `<Directory>` sections of a folder, in merge order. */
export const overridesIn = (sections: readonly Entry[]): Overrides => {
  const last = (key: string): Entry | undefined => {
    for (const { children } of sections.toReversed()) {
      const found = children.findLast((entry) => entry.key === key);
      if (found) return found;
    }
    return undefined;
  };
  const entry = last('allowoverride');
  const list = last('allowoverridelist');
  const words = entry?.words.map(({ value }) => value.toLowerCase()) ?? [];
  const options = words.find((word) => word.startsWith('options='));
  return {
    groups: new Set(words.map((word) => word.replace(/=.*$/, '')).filter((word) => !/^no/.test(word))),
    names: new Set(
      list?.words.map(({ value }) => value.toLowerCase()).filter((name) => name !== 'none') ?? [],
    ),
    options: options === undefined ? undefined : new Set(options.slice('options='.length).split(',')),
    forgives: words.some((word) => word === 'nonfatal=override' || word === 'nonfatal=all'),
    entry: entry ?? list,
  };
};

/**
 * Whether Apache looks for an access file at all: also where nothing is said, but then nothing may stand in it (see
 * {@link looksForAccessFiles}).
 */
export const readsAccessFile = ({ entry, groups, names }: Overrides): boolean =>
  entry === undefined || groups.size > 0 || names.size > 0;

/** Whether an access file may have a directive; what the catalogue does not know may be anything. */
export const mayOverride = (entry: Entry, { groups, names, options }: Overrides): boolean => {
  const { directive } = entry;
  if (!directive) return true;
  if (!directive.htaccess) return false;
  if (names.has(directive.name.toLowerCase()) || groups.has('all')) return true;
  const needed = groupsOf(directive);
  if (needed.length === 0) return groups.size > 0;
  if (!needed.some((group) => groups.has(group))) return false;
  return !options || entry.key !== 'options' || entry.words.every(({ value }) => isAmong(value, options));
};

const isAmong = (option: string, options: ReadonlySet<string>): boolean =>
  options.has(option.replace(/^[+-]/, '').toLowerCase());

/** The groups of which one is needed, lower case; none for what any access file may have. */
export const groupsOf = ({ httpd, wsgi }: Directive): readonly string[] =>
  (httpd?.override ?? (wsgi?.override === undefined ? [] : [wsgi.override]))
    .map((group) => group.toLowerCase())
    .filter((group) => group !== 'all');

/**
 * The access files that Apache reads on the way to a folder, the shortest path first.
 *
 * @param sectionsOf the `<Directory>` sections of a folder in merge order
 */
export const accessFilesOn = (
  folder: string,
  configuration: Configuration,
  { server, host }: { readonly server: Host; readonly host: Host },
  sectionsOf: (folder: string) => readonly Entry[],
): readonly AccessFile[] => {
  if (!looksForAccessFiles(configuration)) return [];
  const names = accessFileNames(host.last.get('accessfilename') ?? server.last.get('accessfilename'));
  return configuration.accessPathsTo(folder, names).flatMap(({ folder: each, path }) => {
    const entries = configuration.accessFile(path);
    if (!entries) return [];
    const overrides = overridesIn(sectionsOf(each));
    if (!readsAccessFile(overrides)) return [];
    const forbidden = everyEntry(entries).filter((entry) => !mayOverride(entry, overrides));
    const kept = overrides.forgives
      ? configuration.accessFile(path, (entry) => !mayOverride(entry, overrides))
      : entries;
    return [{ section: accessFileSection(path, kept ?? []), overrides, forbidden }];
  });
};

const everyEntry = (entries: readonly Entry[]): readonly Entry[] =>
  entries.flatMap((entry) => [entry, ...everyEntry(entry.children)]);

/** True for an access file among sections. */
export const isAccessFile = ({ key }: Entry): boolean => key === ACCESS_FILE;
