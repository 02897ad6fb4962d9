import type { Entry } from '../configuration/entries';
import type { Host } from './hosts';
import { hasWildcard, regexMatches, wildcard } from './wildcards';

/** What a request ends at: the file on disk, and the URL that leads there. */
export interface Target {
  readonly file: string | undefined;
  readonly url: string | undefined;
}

/** The steps in which Apache merges sections; later ones win. */
const STEPS = ['directory', 'files', 'location'] as const;

type Step = (typeof STEPS)[number];

const STEP_OF: Readonly<Record<string, Step>> = {
  '<directory': 'directory',
  '<directorymatch': 'directory',
  '<files': 'files',
  '<filesmatch': 'files',
  '<location': 'location',
  '<locationmatch': 'location',
};

/**
 * The per-directory sections that apply to a target, in the order in which Apache merges them: `<Directory>` from the
 * shortest path to the longest, then `<DirectoryMatch>`, `<Files>`, `<Location>`; within a step the server's before the
 * host's, each in reading order. Sections in sections (`<Files>` in `<Directory>`) count in their own step.
 */
export const sectionsFor = (target: Target, server: Host, host: Host): readonly Entry[] => {
  const levels = host === server ? [server] : [server, host];
  const matching = levels.flatMap((level) => matchingSections(level.sections, target));
  return STEPS.flatMap((step) => {
    const inStep = matching.filter(({ key }) => STEP_OF[key] === step);
    return step === 'directory' ? directoryOrder(inStep) : inStep;
  });
};

const matchingSections = (entries: readonly Entry[], target: Target): readonly Entry[] =>
  entries.flatMap((entry) => {
    if (!STEP_OF[entry.key] || !matches(entry, target)) return [];
    return [entry, ...matchingSections(entry.children, target)];
  });

/** `<Directory>` by the number of its path's parts; patterns after all of them. */
const directoryOrder = (sections: readonly Entry[]): readonly Entry[] =>
  sections
    .map((section, index) => ({ section, index, depth: depthOf(section) }))
    .sort((a, b) => a.depth - b.depth || a.index - b.index)
    .map(({ section }) => section);

const depthOf = (section: Entry): number =>
  isRegex(section)
    ? Number.POSITIVE_INFINITY
    : (section.words[0]?.value.split('/').filter(Boolean).length ?? 0);

const isRegex = ({ key, words }: Entry): boolean => key.endsWith('match') || words[0]?.value === '~';

/** The pattern of a section: its argument, without `~`. */
export const patternOf = ({ words }: Entry): string =>
  (words[0]?.value === '~' ? words[1]?.value : words[0]?.value) ?? '';

const matches = (section: Entry, { file, url }: Target): boolean => {
  const pattern = patternOf(section);
  if (pattern === '' || section.words.some(({ known }) => !known)) return false;
  const regex = isRegex(section);
  switch (STEP_OF[section.key]) {
    case 'directory': {
      if (file === undefined) return false;
      const folder = folderOf(file);
      return regex
        ? foldersOf(folder).some((path) => regexMatches(pattern, path))
        : coversPath(pattern, folder);
    }
    case 'files': {
      if (file === undefined) return false;
      const name = file.slice(file.lastIndexOf('/') + 1);
      return regex ? regexMatches(pattern, name) : wildcard(pattern, 'name').test(name);
    }
    case 'location':
      if (url === undefined) return false;
      return regex ? regexMatches(pattern, url) : coversUrl(pattern, url);
    default:
      return false;
  }
};

/** The folder of a file, without the slash at the end. */
export const folderOf = (file: string): string => file.slice(0, Math.max(file.lastIndexOf('/'), 0)) || '/';

const foldersOf = (folder: string): readonly string[] => {
  const parts = folder.split('/').filter(Boolean);
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}/`), folder];
};

/** Whether a `<Directory>` path is a folder or one above it. */
export const coversPath = (pattern: string, folder: string): boolean => {
  const wanted = pattern.split('/').filter(Boolean);
  const given = folder.split('/').filter(Boolean);
  if (wanted.length > given.length) return false;
  return wanted.every((part, index) => {
    const name = given[index] ?? '';
    return hasWildcard(part) ? wildcard(part, 'path').test(name) : part === name;
  });
};

/** Whether a `<Location>` path is a URL or one above it. */
export const coversUrl = (pattern: string, url: string): boolean => {
  if (hasWildcard(pattern)) return wildcard(pattern, 'path').test(url);
  const prefix = pattern.replace(/\/+$/, '');
  return url === prefix || url === pattern || url.startsWith(`${prefix}/`);
};

/** The last directive of a name in the sections that apply, else at the host's level, else at the server's. */
export const effective = (
  key: string,
  sections: readonly Entry[],
  server: Host,
  host: Host,
): Entry | undefined => {
  for (const section of sections.toReversed()) {
    const found = section.children.findLast((entry) => entry.key === key);
    if (found) return found;
  }
  return host.last.get(key) ?? server.last.get(key);
};
