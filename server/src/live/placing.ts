import { wordTable } from '../../../common/src/word-table';
import { type Configuration, entriesOf } from '../configuration/configuration';
import type { Entry } from '../configuration/entries';
import type { WorkspaceFiles } from '../configuration/files';
import { namesIn } from '../features/names';
import type { HttpdMessage, HttpdPlace } from './messages';

/** A message at a line of a file, or at none where nobody can tell. */
export interface PlacedMessage extends HttpdMessage {
  readonly at:
    | {
        /** Without links. */
        readonly file: string;
        /** From 0. */
        readonly line: number;
        /** What stood there, by which it is told whether it still does. */
        readonly text: string;
      }
    | undefined;
}

/** Finds the lines of messages: those that httpd names, else those that set what it complains about. */
export const placeMessages = (
  messages: readonly HttpdMessage[],
  configuration: Configuration,
  files: Pick<WorkspaceFiles, 'read' | 'canonical'>,
): readonly PlacedMessage[] =>
  messages.map((message) => {
    const place = message.place ?? searchedPlace(message, configuration);
    const text = place && files.read(place.file)?.split('\n')[place.line - 1];
    if (!place || text === undefined) return { ...message, at: undefined };
    return {
      ...message,
      at: { file: files.canonical(place.file), line: place.line - 1, text: text.replace(/\r$/, '') },
    };
  });

const searchedPlace = (
  { code, text }: HttpdMessage,
  configuration: Configuration,
): HttpdPlace | undefined => {
  const search = code === undefined ? undefined : SEARCHES[code];
  const found = search?.(text, configuration);
  return found && { file: found.range.file, line: found.line };
};

type Search = (text: string, configuration: Configuration) => Pick<Entry, 'range' | 'line'> | undefined;

/** The first entry of these names that holds a value. */
const holding =
  (pattern: RegExp, ...keys: readonly string[]): Search =>
  (text, configuration) => {
    const value = pattern.exec(text)?.[1];
    return keys
      .flatMap((key) => entriesOf(configuration, key))
      .find(({ words, options }) =>
        [...words, ...[...options.values()].map((option) => option.value)].some(
          (word) => word.value === value,
        ),
      );
  };

/** The first line that names a variable. */
const namingVariable: Search = (text, configuration) => {
  const name = /\$\{([^}]+)\}/.exec(text)?.[1]?.toLowerCase();
  for (const { path, analysis } of configuration.files.values()) {
    const use = namesIn(analysis).find(({ kind, key }) => kind === 'variable' && key === name);
    if (!use) continue;
    const line = analysis.tree.text.slice(0, use.start).split('\n').length;
    return { range: { file: path, start: use.start, end: use.end }, line };
  }
  return undefined;
};

/** The log whose folder is missing. */
const logIn: Search = (text, configuration) => {
  const folder = /'([^']+)'/.exec(text)?.[1] ?? '';
  return entriesOf(configuration, 'ErrorLog').find(({ words: [word] }) => {
    const path = word?.value.startsWith('/') ? word.value : `${configuration.serverRoot}/${word?.value}`;
    return path.startsWith(`${folder.replace(/\/$/, '')}/`);
  });
};

/** Where to look for what a message complains about, by its code. */
const SEARCHES: Readonly<Record<string, Search>> = wordTable({
  AH00111: namingVariable,
  AH00112: holding(/\[([^\]]+)\]/, 'DocumentRoot'),
  AH00543: holding(/bad user name (\S+)/, 'User', 'WSGIDaemonProcess'),
  AH00544: holding(/bad group name (\S+)/, 'Group', 'WSGIDaemonProcess'),
  AH00547: holding(/host name (\S+)/, '<VirtualHost', 'NameVirtualHost'),
  AH01574: holding(/module (\S+) is already loaded/, 'LoadModule'),
  AH02291: logIn,
});
