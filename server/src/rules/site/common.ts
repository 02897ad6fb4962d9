import type { ConfigWord, Entry, SourceRange } from '../../configuration/entries';
import type { Mount } from '../../mounts/mounts';
import type { Site } from '../../mounts/site';
import type { Fix } from '../rule';

/** How messages name a mount. */
export const describeMount = ({ url, entry }: Mount): string =>
  url?.value ?? `the scripts of <${entry.parent?.name ?? 'server'} ${entry.parent?.words[0]?.value ?? ''}>`;

/** The place to point at for a mount: its URL, or the directive's name. */
export const mountPlace = ({ url, entry }: Mount): SourceRange => url ?? entry.nameRange;

/** The script of a mount, where it is one known path. */
export const scriptOf = ({ script }: Mount): string | undefined =>
  script?.known && script.value.startsWith('/') && !/[$*]/.test(script.value) ? script.value : undefined;

/** A line for messages. */
export const lineOf = ({ line }: Entry): string => `line ${line}`;

/** True if an entry is On. */
export const isOn = (entry: Entry | undefined): boolean => entry?.words[0]?.value.toLowerCase() === 'on';

/** True if an entry is Off. */
export const isOff = (entry: Entry | undefined): boolean => entry?.words[0]?.value.toLowerCase() === 'off';

/** The name that would have been meant exactly in place of a word. */
export const replaceWord = (word: SourceRange, text: string): Fix => ({
  title: text === '' ? 'Remove' : `Replace with \`${text}\``,
  edits: [{ at: word, text }],
});

/** Adds words at the end of a directive; none for what a macro inserted. */
export const appendWords = (entry: Entry, text: string): readonly Fix[] =>
  entry.fromMacro
    ? []
    : [
        {
          title: `Add \`${text}\``,
          edits: [{ at: { ...entry.range, start: entry.range.end, end: entry.range.end }, text: ` ${text}` }],
        },
      ];

/** Removes a directive with its line. */
export const removeLine = (site: Site, entry: Entry): readonly Fix[] => {
  const text = textOf(site, entry.range.file);
  if (entry.fromMacro || text === undefined) return [];
  const start = text.lastIndexOf('\n', entry.range.start - 1) + 1;
  const newline = text.indexOf('\n', entry.range.end);
  const end = newline < 0 ? text.length : newline + 1;
  const at = { file: entry.range.file, start, end };
  return [{ title: `Remove this \`${entry.name}\``, edits: [{ at, text: '' }] }];
};

/** Puts lines above a directive or section, indented like it. */
export const insertAbove = (site: Site, entry: Entry, lines: readonly string[]): readonly Fix[] => {
  const text = textOf(site, entry.range.file);
  if (entry.fromMacro || text === undefined) return [];
  const start = text.lastIndexOf('\n', entry.range.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
  const inserted = lines.map((line) => `${indent}${line}\n`).join('');
  const at = { file: entry.range.file, start, end: start };
  return [{ title: `Insert \`${lines[0] ?? ''}\``, edits: [{ at, text: inserted }] }];
};

/** Puts a line at the beginning of a section. */
export const insertInside = (site: Site, section: Entry, line: string): readonly Fix[] => {
  const text = textOf(site, section.range.file);
  const newline = text?.indexOf('\n', section.range.end) ?? -1;
  if (section.fromMacro || text === undefined || newline < 0) return [];
  const start = text.lastIndexOf('\n', section.range.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
  const at = { file: section.range.file, start: newline + 1, end: newline + 1 };
  return [{ title: `Insert \`${line}\``, edits: [{ at, text: `${indent}    ${line}\n` }] }];
};

const textOf = (site: Site, file: string): string | undefined =>
  site.configuration.files.get(file)?.analysis.tree.text;

/** A name as an argument: in quotes where it has to be. */
export const quoted = (name: string): string =>
  /[\s"']/.test(name) ? `"${name.replace(/"/g, '\\"')}"` : name;

/** The words of an entry that are certain. */
export const knownWords = ({ words }: Entry): readonly ConfigWord[] => words.filter(({ known }) => known);
