import { wordTable } from '../../../common/src/word-table';
import type { Configuration } from '../configuration/configuration';
import type { Entry } from '../configuration/entries';
import { findPattern, matchesPattern } from '../patterns/pattern';
import type { Host } from './hosts';
import { type AccessFile, accessFilesOn, isAccessFile } from './overrides';
import { hasWildcard, matchesWildcard } from './wildcards';

/** What a request ends at: the file on disk, and the URL that leads there. */
export interface Target {
  readonly file: string | undefined;
  readonly url: string | undefined;
}

/** The steps in which Apache merges sections; later ones win. */
export type Step = 'directory' | 'files' | 'location' | 'if';

const STEP_OF: Readonly<Record<string, Step>> = wordTable({
  '<directory': 'directory',
  '<directorymatch': 'directory',
  '<files': 'files',
  '<filesmatch': 'files',
  '<location': 'location',
  '<locationmatch': 'location',
  '<if': 'if',
  '<elseif': 'if',
  '<else': 'if',
});

/** The step in which a section is merged; an access file is merged with the folders. */
export const stepOf = ({ key }: Entry): Step => STEP_OF[key] ?? 'directory';

/** Where sections are looked for. */
export interface SectionGround {
  readonly configuration: Configuration;
  readonly server: Host;
}

/**
 * The per-directory sections that apply to a target, in the order in which Apache merges them: `<Directory>` from the
 * shortest path to the longest, the access file of each folder behind its sections, then `<DirectoryMatch>`, `<Files>`, `<Location>`;
 * within a step the server's before the host's, each in reading order, and `<Files>` in folders behind those outside.
 */
export const sectionsFor = (target: Target, ground: SectionGround, host: Host): readonly Entry[] => {
  const found: Record<Step, Entry[]> = { directory: [], files: [], location: [], if: [] };
  const folder = target.file === undefined ? undefined : folderOf(target.file);
  for (const sections of outerSections(ground, host))
    for (const section of sections) {
      const step = STEP_OF[section.key];
      if (step && matches(section, step, target, folder)) found[step].push(section);
    }
  for (const { section } of accessFilesFor(target, ground, host)) found.directory.push(section);
  const folders = directoryOrder(found.directory);
  for (const { children } of folders)
    for (const section of children)
      if (STEP_OF[section.key] === 'files' && matches(section, 'files', target, folder))
        found.files.push(section);
  return [...folders, ...found.files, ...found.location];
};

/** The access files that Apache reads for a target, the shortest path first. */
export const accessFilesFor = (
  { file }: Target,
  { configuration, server }: SectionGround,
  host: Host,
): readonly AccessFile[] =>
  file === undefined
    ? []
    : accessFilesOn(folderOf(file), configuration, { server, host }, (folder) =>
        folderSections(folder, { configuration, server }, host),
      );

/** The `<Directory>` sections of a folder, in merge order; patterns are not asked, since they may not say `AllowOverride`. */
export const folderSections = (folder: string, ground: SectionGround, host: Host): readonly Entry[] => {
  const target = { file: `${folder}/`, url: undefined };
  return directoryOrder(
    outerSections(ground, host)
      .flat()
      .filter(
        (section) =>
          section.key === '<directory' &&
          !isRegex(section) &&
          matches(section, 'directory', target, folderOf(target.file)),
      ),
  );
};

/**
 * The `<If>`, `<ElseIf>` and `<Else>` sections that are merged behind all others, in merge order. Whether one applies is decided with
 * each request.
 *
 * @param sections those that apply to the target
 */
export const conditionalSections = (
  sections: readonly Entry[],
  ground: SectionGround,
  host: Host,
): readonly Entry[] => {
  const found: Entry[] = [];
  const collect = (entries: readonly Entry[]): void => {
    for (const section of entries)
      if (STEP_OF[section.key] === 'if') {
        found.push(section);
        collect(section.children);
      }
  };
  for (const entries of outerSections(ground, host)) collect(entries);
  for (const { children } of sections) collect(children);
  return found;
};

/** The server's sections, and behind them the host's. */
const outerSections = ({ server }: SectionGround, host: Host): readonly (readonly Entry[])[] =>
  host === server ? [server.sections] : [server.sections, host.sections];

/** `<Directory>` by the number of its path's parts, an access file behind those of its folder; patterns after all of them. */
const directoryOrder = (sections: readonly Entry[]): readonly Entry[] =>
  sections.length < 2
    ? sections
    : sections
        .map((section) => ({ section, depth: depthOf(section) }))
        .sort((a, b) => a.depth - b.depth)
        .map(({ section }) => section);

const depthOf = (section: Entry): number => {
  if (isAccessFile(section)) return partsOf(folderOf(section.range.file)) + 0.5;
  return isRegex(section) ? Number.POSITIVE_INFINITY : partsOf(section.words[0]?.value ?? '');
};

const partsOf = (path: string): number => path.split('/').filter(Boolean).length;

const isRegex = ({ key, words }: Entry): boolean => key.endsWith('match') || words[0]?.value === '~';

/** The pattern of a section: its argument, without `~`. */
export const patternOf = ({ words }: Entry): string =>
  (words[0]?.value === '~' ? words[1]?.value : words[0]?.value) ?? '';

/** @param folder the one of the target's file */
const matches = (section: Entry, step: Step, target: Target, folder: string | undefined): boolean => {
  const pattern = patternOf(section);
  if (pattern === '' || !section.words.every(({ known }) => known)) return false;
  if (isRegex(section)) return subjectsOf(step, target).some((subject) => matchesPattern(pattern, subject));
  const { file, url } = target;
  switch (step) {
    case 'directory':
      return folder !== undefined && coversPath(pattern, folder);
    case 'files':
      return file !== undefined && matchesWildcard(pattern, 'name', file.slice(file.lastIndexOf('/') + 1));
    case 'location':
      return url !== undefined && coversUrl(pattern, url);
    default:
      return false;
  }
};

/** What patterns of a step are compared with: folders, the name of the file, or the path of the URL. */
const subjectsOf = (step: Step | undefined, { file, url }: Target): readonly string[] => {
  switch (step) {
    case 'directory':
      return file === undefined ? [] : foldersOf(folderOf(file));
    case 'files':
      return file === undefined ? [] : [file.slice(file.lastIndexOf('/') + 1)];
    case 'location':
      return url === undefined ? [] : [url];
    default:
      return [];
  }
};

/** The sections of which nobody can tell whether they apply to a target, because of their patterns; with the reason as the end of a sentence. */
export const undecidedSections = (
  target: Target,
  ground: SectionGround,
  host: Host,
): readonly { readonly section: Entry; readonly why: string }[] =>
  outerSections(ground, host)
    .flat()
    .filter(isRegex)
    .flatMap((section) => {
      const answers = subjectsOf(STEP_OF[section.key], target).map((subject) =>
        findPattern(patternOf(section), subject),
      );
      if (answers.some(({ kind }) => kind === 'found')) return [];
      const unknown = answers.find((answer) => answer.kind === 'unknown');
      return unknown ? [{ section, why: unknown.why }] : [];
    });

/** The folder of a file, without the slash at the end. */
export const folderOf = (file: string): string => file.slice(0, Math.max(file.lastIndexOf('/'), 0)) || '/';

const foldersOf = (folder: string): readonly string[] => {
  const parts = folder.split('/').filter(Boolean);
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}/`), folder];
};

/** Whether a `<Directory>` path is a folder or one above it. */
export const coversPath = (pattern: string, folder: string): boolean => {
  // Nearly every path is written plainly.
  if (pattern.startsWith('/') && !hasWildcard(pattern) && !pattern.includes('//') && !folder.includes('//')) {
    if (pattern.endsWith('/')) return folder.startsWith(pattern) || `${folder}/` === pattern;
    return folder.startsWith(pattern) && (folder.length === pattern.length || folder[pattern.length] === '/');
  }
  const wanted = pattern.split('/').filter(Boolean);
  const given = folder.split('/').filter(Boolean);
  if (wanted.length > given.length) return false;
  return wanted.every((part, index) => {
    const name = given[index] ?? '';
    return hasWildcard(part) ? matchesWildcard(part, 'path', name) : part === name;
  });
};

/** Whether a `<Location>` path is a URL or one above it. */
export const coversUrl = (pattern: string, url: string): boolean => {
  if (hasWildcard(pattern)) return matchesWildcard(pattern, 'path', url);
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
  for (let index = sections.length - 1; index >= 0; index--) {
    const found = sections[index]?.children.findLast((entry) => entry.key === key);
    if (found) return found;
  }
  return host.last.get(key) ?? server.last.get(key);
};
