import type { Entry } from '../configuration/entries';
import { describeHost, type Host, hostAround } from '../mounts/hosts';
import { patternOf, sectionsFor } from '../mounts/sections';
import type { Site } from '../mounts/site';

/** Directives of one value that add to each other all the same. */
const ADD_UP: ReadonlySet<string> = new Set([
  'include',
  'includeoptional',
  'listen',
  'loadfile',
  'undefmacro',
  'undefine',
  'servername',
]);

/** More hosts than this are counted only. */
const MOST_HOSTS = 5;

/** True for a directive of which one alone counts: it takes one value, and a later one takes its place. */
export const isReplaced = ({ key, directive }: Entry): boolean =>
  !key.startsWith('<') && !ADD_UP.has(key) && (directive?.args === 'TAKE1' || directive?.args === 'FLAG');

/**
 * Whether the directive at an offset counts, as Markdown: what overrules it, what it overrules, and the virtual hosts that have a
 * value of their own.
 *
 * @returns undefined where there is nothing but this line, or nobody can say
 */
export const effectiveNote = (site: Site, paths: readonly string[], offset: number): string | undefined => {
  const entry = site.configuration.all.find(
    ({ nameRange, fromMacro }) => nameRange.start === offset && paths.includes(nameRange.file) && !fromMacro,
  );
  const host = entry && isReplaced(entry) ? hostAround(site, entry) : undefined;
  if (!entry || !host) return undefined;
  const levels = levelsOf(site, entry, host);
  const winner = levels.at(-1);
  if (winner && winner !== entry)
    return `**Does not count**: ${shown(winner)} takes its place${entry.parent === winner.parent ? ', because it comes later' : ', because its section is merged later'}.`;
  const beaten = levels.slice(0, -1);
  const notes = [
    ...(beaten.length > 0 ? [`**Counts** in place of ${beaten.map(shown).join(', ')}.`] : []),
    ...(entry.parent === undefined ? hostNotes(site, entry) : []),
  ];
  return notes.length > 0 ? notes.join('\n\n') : undefined;
};

/** The directives of the same name that could count where this one stands, in the order in which Apache merges them. */
const levelsOf = (site: Site, entry: Entry, host: Host): readonly Entry[] => {
  const same = (entries: readonly Entry[]): readonly Entry[] =>
    entries.filter(({ key, certain }) => key === entry.key && certain);
  const outside = [...same(site.server.own), ...(host === site.server ? [] : same(host.own))];
  const section = entry.parent;
  if (section === host.entry) return outside.includes(entry) ? outside : [];
  if (section?.key !== '<directory') return section ? same(section.children) : [];
  const folder = patternOf(section).replace(/\/$/, '');
  const around =
    folder.startsWith('/') || folder === ''
      ? sectionsFor({ file: `${folder}/*`, url: undefined }, site, host)
      : [];
  const sections = around.includes(section) ? around : [section];
  return [...outside, ...sections.flatMap(({ children }) => same(children))];
};

const hostNotes = (site: Site, entry: Entry): readonly string[] => {
  const own = site.hosts.flatMap((host) => {
    const theirs = host === site.server ? undefined : host.last.get(entry.key);
    return theirs ? [`- ${describeHost(host)}: ${shown(theirs)}`] : [];
  });
  if (own.length === 0) return [];
  const more = own.length > MOST_HOSTS ? [`- and ${own.length - MOST_HOSTS} more`] : [];
  return [`Virtual hosts with a value of their own:\n\n${[...own.slice(0, MOST_HOSTS), ...more].join('\n')}`];
};

const shown = ({ name, words, range, line }: Entry): string =>
  `\`${[name, ...words.map(({ value }) => value)].join(' ')}\` (${range.file.slice(range.file.lastIndexOf('/') + 1)}:${line})`;
