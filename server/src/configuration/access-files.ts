import type { Configuration } from './configuration';
import type { Entry } from './entries';
import { note, SOURCE } from './reads';

/** The key of an access file among the sections it is merged with. */
export const ACCESS_FILE = '.htaccess';

/** What an access file is called where no `AccessFileName` says otherwise. */
const DEFAULT_NAMES: readonly string[] = ['.htaccess'];

/**
 * A folder's access file as a section: it is merged as one, behind the `<Directory>` sections of its folder. It stands in no section
 * and in no host, since it is read with each request.
 */
export const accessFileSection = (path: string, children: readonly Entry[]): Entry => {
  const range = { file: path, start: 0, end: 0 };
  return {
    key: ACCESS_FILE,
    name: path.slice(path.lastIndexOf('/') + 1),
    directive: undefined,
    nameRange: range,
    words: [],
    options: new Map(),
    range,
    line: 1,
    fromMacro: false,
    parent: undefined,
    children,
    order: 0,
    certain: true,
  };
};

/**
 * True if Apache may look for access files. It does not where `AllowOverride None` holds; where nothing is said at all it reads them, in
 * spite of the manual, and allows nothing in them (seen in httpd 2.4.71). Of a file without its main file nobody knows what is said above.
 */
export const looksForAccessFiles = (configuration: Configuration): boolean => {
  note(SOURCE.entries('allowoverride'));
  note(SOURCE.entries('allowoverridelist'));
  const known = answers.get(configuration);
  if (known !== undefined) return known;
  const said = configuration.peek('allowoverride');
  const found =
    configuration.peek('allowoverridelist').length > 0 ||
    said.some(({ words }) => words.some(({ value }) => value.toLowerCase() !== 'none')) ||
    (configuration.rooted &&
      !said.some(({ parent }) => parent?.key === '<directory' && parent.words[0]?.value === '/'));
  answers.set(configuration, found);
  return found;
};

const answers = new WeakMap<Configuration, boolean>();

/** The names of access files that an `AccessFileName` gives; Apache takes the first that is there. */
export const accessFileNames = (entry: Entry | undefined): readonly string[] =>
  entry ? entry.words.map(({ value }) => value) : DEFAULT_NAMES;

/** The folder above a folder; undefined for the root. */
export const folderAbove = (folder: string): string | undefined => {
  const path = folder.replace(/\/+$/, '');
  return path === '' ? undefined : path.slice(0, path.lastIndexOf('/')) || '/';
};

/** The path of a name in a folder. */
export const inFolder = (folder: string, name: string): string =>
  folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
