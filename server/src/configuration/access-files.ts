import type { Entry } from './entries';

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

type Keyed = ReadonlyMap<string, readonly Entry[]>;

/**
 * True if Apache may look for access files. It does not where `AllowOverride None` holds; where nothing is said at all it reads them, in
 * spite of the manual, and allows nothing in them (seen in httpd 2.4.71). Of a file without its main file nobody knows what is said above.
 */
export const looksForAccessFiles = ({
  byKey,
  rooted,
}: {
  readonly byKey: Keyed;
  readonly rooted: boolean;
}): boolean => {
  const said = byKey.get('allowoverride') ?? [];
  return (
    byKey.has('allowoverridelist') ||
    said.some(({ words }) => words.some(({ value }) => value.toLowerCase() !== 'none')) ||
    (rooted && !said.some(({ parent }) => parent?.key === '<directory' && parent.words[0]?.value === '/'))
  );
};

/** The names of access files that an `AccessFileName` gives; Apache takes the first that is there. */
export const accessFileNames = (entry: Entry | undefined): readonly string[] =>
  entry ? entry.words.map(({ value }) => value) : DEFAULT_NAMES;

/** Directives and sections that name what requests can end at, and which of their words does. */
const PATH_WORDS: readonly (readonly [key: string, word: number])[] = [
  ['wsgiscriptalias', 1],
  ['wsgiscriptaliasmatch', 1],
  ['alias', 1],
  ['<directory', 0],
];

/** The access files that a configuration's mounts, aliases and folders could meet: what they say can change with them. */
export const accessFilesInReach = (configuration: {
  readonly byKey: Keyed;
  readonly rooted: boolean;
}): ReadonlySet<string> => {
  const { byKey } = configuration;
  if (!looksForAccessFiles(configuration)) return new Set();
  const names = (byKey.get('accessfilename') ?? []).flatMap(accessFileNames);
  const paths = PATH_WORDS.flatMap(([key, index]) =>
    (byKey.get(key) ?? []).flatMap(({ words }) => words[index]?.value ?? []),
  );
  const folders = new Set(paths.filter((path) => path.startsWith('/')).flatMap(foldersTo));
  return new Set(
    [...folders].flatMap((folder) => [...DEFAULT_NAMES, ...names].map((name) => inFolder(folder, name))),
  );
};

/** The folders from the root to a path, the path itself among them. */
export const foldersTo = (path: string): readonly string[] => {
  const parts = path.split('/').filter(Boolean);
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
};

/** The path of a name in a folder. */
export const inFolder = (folder: string, name: string): string => `${folder.replace(/\/$/, '')}/${name}`;
