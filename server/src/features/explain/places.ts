import type { Entry } from '../../configuration/entries';
import { isAccessFile } from '../../mounts/overrides';

/** How pages name a place: `shop.conf:12`, as a link where the file has a URI. */
export type PlaceText = (file: string, line: number) => string;

/** Places as text, for hovers. */
export const plainPlace: PlaceText = (file, line) => `${baseName(file)}:${line}`;

/** Places as links to the lines. */
export const placesAs =
  (workspace: { uriOf(file: string): string }): PlaceText =>
  (file, line) =>
    `[${baseName(file)}:${line}](${workspace.uriOf(file)}#L${line})`;

/** Where an entry stands. */
export const placeOf = (place: PlaceText, { range, line }: Entry): string => place(range.file, line);

/** The same behind what it is the place of. */
export const placeBehind = (place: PlaceText, entry: Entry): string => ` (${placeOf(place, entry)})`;

export const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/** A directive as code. */
export const codeOf = ({ name, words }: Entry): string =>
  code([name, ...words.map(({ value }) => value)].join(' '));

/** A section as code, an access file by its path. */
export const sectionCode = (section: Entry): string => {
  if (isAccessFile(section)) return code(section.range.file);
  return code(`<${[section.name, ...section.words.map(({ value }) => value)].join(' ')}>`);
};

/** Text as code in a page: a backtick would end it. */
export const code = (text: string): string => `\`${text.replace(/[`\n]/g, ' ')}\``;

/** A table with a head; a bar in a cell would begin another one. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
