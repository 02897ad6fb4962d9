import type { FileSystem } from '../model/machine';
import { type PythonScript, readPythonScript } from '../rules/python-script';

type Files = Pick<FileSystem, 'read' | 'kind' | 'list'>;

/** Static files of an application that the server can serve by itself. */
export interface StaticFiles {
  /** Begins and ends with a slash. */
  readonly url: string;
  /** Ends with a slash. */
  readonly folder: string;
}

/** A web application as its files describe it. */
export interface Application {
  readonly framework: 'flask' | 'django' | 'wsgi';
  /** A word that names it: of its folder. */
  readonly name: string;
  readonly script: string;
  readonly callable: string;
  /** The folder from which its modules are imported. */
  readonly root: string;
  /** The virtual environment; undefined if none was found. */
  readonly environment: string | undefined;
  readonly statics: readonly StaticFiles[];
  /** True if it reads the Authorization header itself. */
  readonly authenticates: boolean;
  /** What could not be found out, one sentence each. */
  readonly notes: readonly string[];
}

/** Names of WSGI scripts, the likeliest first. */
const SCRIPT_NAMES = ['wsgi.py', 'app.wsgi', 'wsgi.wsgi', 'application.py', 'app.py', 'main.py'];

/** Names under which modules keep their application. */
const CALLABLES = ['application', 'app', 'wsgi_app'];

/** Functions that make an application, which mod_wsgi does not call. */
const FACTORIES = ['create_app', 'make_app'];

const ENVIRONMENTS = ['.venv', 'venv', 'env', '.virtualenv'];

/** Folders above the script in which the application's root and environment are looked for. */
const MOST_LEVELS = 4;

/**
 * Finds out what is needed to serve an application.
 *
 * @param path a script, a Python file or a folder
 * @returns undefined if there is nothing like an application
 */
export const findApplication = (files: Files, path: string): Application | undefined => {
  const script = files.kind(path) === 'folder' ? scriptIn(files, path) : path;
  const text = script === undefined ? undefined : files.read(script);
  if (script === undefined || text === undefined) return undefined;
  const source = readPythonScript(text);
  const django = source.settingsModule !== undefined || /\bget_wsgi_application\b/.test(source.text);
  const folder = parentOf(script);
  const root = (django && projectRoot(files, folder)) || packageRoot(files, folder);
  const near = [source.text, ...neighbours(files, root, source)];
  const flask = near.some((code) => /^[ \t]*(?:from[ \t]+flask\b|import[ \t]+flask\b)/m.test(code));
  const settings = django ? settingsOf(files, root, source.settingsModule) : undefined;
  const callable = callableOf(source);
  return {
    framework: django ? 'django' : flask ? 'flask' : 'wsgi',
    name: nameOf(root),
    script,
    callable: callable.name,
    root,
    environment: environmentOf(files, folder),
    statics: settings ? djangoStatics(settings, root) : flaskStatics(files, root, flask),
    authenticates: [...near, settings ?? ''].some((code) =>
      /\brest_framework\b|\bflask_httpauth\b|\brequest\.authorization\b|HTTP_AUTHORIZATION/.test(code),
    ),
    notes: [...callable.notes, ...(settings === undefined ? [] : djangoNotes(settings))],
  };
};

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/';

const below = (folder: string, name: string): string => `${folder === '/' ? '' : folder}/${name}`;

/** The script in a folder: by its name, of the Django project in it, or the only `.wsgi` file. */
const scriptIn = (files: Files, folder: string): string | undefined => {
  const names = [...(files.list(folder) ?? [])].sort();
  const inFolder = [...SCRIPT_NAMES, ...names.filter((name) => name.endsWith('.wsgi'))];
  const own = inFolder.map((name) => below(folder, name)).find((path) => files.kind(path) === 'file');
  if (own !== undefined && !names.includes('manage.py')) return own;
  const project = names
    .map((name) => below(folder, `${name}/wsgi.py`))
    .find((path) => files.kind(path) === 'file');
  return project ?? own;
};

/** The folder of `manage.py` at or above a folder. */
const projectRoot = (files: Files, folder: string): string | undefined =>
  foldersUp(folder).find((candidate) => files.kind(below(candidate, 'manage.py')) === 'file');

/** The first folder at or above one that is no package: modules are imported from there. */
const packageRoot = (files: Files, folder: string): string =>
  foldersUp(folder).find((candidate) => files.kind(below(candidate, '__init__.py')) !== 'file') ?? folder;

const foldersUp = (folder: string): readonly string[] => {
  const found = [folder];
  while (found.length < MOST_LEVELS && found.at(-1) !== '/') found.push(parentOf(found.at(-1) ?? '/'));
  return found;
};

const environmentOf = (files: Files, folder: string): string | undefined =>
  foldersUp(folder)
    .flatMap((candidate) => ENVIRONMENTS.map((name) => below(candidate, name)))
    .find((candidate) => files.kind(below(candidate, 'pyvenv.cfg')) === 'file');

/** The texts of modules that the script imports from beside it. */
const neighbours = (files: Files, root: string, { imports }: PythonScript): readonly string[] =>
  imports.flatMap((module) => {
    const path = below(root, module.replaceAll('.', '/'));
    return files.read(`${path}.py`) ?? files.read(`${path}/__init__.py`) ?? [];
  });

const callableOf = (source: PythonScript): { readonly name: string; readonly notes: readonly string[] } => {
  const found = CALLABLES.find((name) => source.binds(name));
  if (found !== undefined) return { name: found, notes: [] };
  const factory = FACTORIES.find((name) => source.binds(name));
  const what =
    factory === undefined
      ? 'The script binds neither `application` nor `app`: name what it binds with `callable-object=`.'
      : `The script has a function \`${factory}\`, and mod_wsgi calls none: write a script with \`application = ${factory}()\`.`;
  return { name: 'application', notes: [what] };
};

const nameOf = (root: string): string =>
  (root.split('/').at(-1) ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'app';

/** The text of Django's settings; a package of settings is read as a whole. */
const settingsOf = (files: Files, root: string, module = ''): string | undefined => {
  if (module === '') return undefined;
  const path = below(root, module.replaceAll('.', '/'));
  const own = files.read(`${path}.py`) ?? files.read(`${path}/__init__.py`);
  const base = ['base.py', 'common.py', 'settings.py'].flatMap(
    (name) => files.read(below(parentOf(path), name)) ?? [],
  );
  return own === undefined ? undefined : [own, ...base].join('\n');
};

const djangoStatics = (settings: string, root: string): readonly StaticFiles[] =>
  [
    ['STATIC_URL', 'STATIC_ROOT'],
    ['MEDIA_URL', 'MEDIA_ROOT'],
  ].flatMap(([url, folder]) => {
    const at = stringSetting(settings, url ?? '');
    const where = folderSetting(settings, folder ?? '', root);
    return at === undefined || where === undefined || /^https?:/.test(at)
      ? []
      : [{ url: `/${at.replace(/^\/|\/$/g, '')}/`, folder: `${where.replace(/\/$/, '')}/` }];
  });

const stringSetting = (settings: string, name: string): string | undefined =>
  new RegExp(`^${name}[ \\t]*=[ \\t]*["']([^"']+)["']`, 'm').exec(settings)?.[1];

/** A folder as settings write it: a text, or `BASE_DIR` with parts. */
const folderSetting = (settings: string, name: string, root: string): string | undefined => {
  const written = new RegExp(`^${name}[ \\t]*=[ \\t]*(.+)$`, 'm').exec(settings)?.[1];
  if (written === undefined) return undefined;
  const parts = [...written.matchAll(/["']([^"']*)["']/g)].map(([, part = '']) => part);
  if (parts.length === 0) return undefined;
  if (/\bBASE_DIR\b/.test(written)) return below(root, parts.join('/').replace(/^\//, ''));
  return parts.length === 1 && parts[0]?.startsWith('/') ? parts[0] : undefined;
};

const djangoNotes = (settings: string): readonly string[] => [
  ...(/^STATIC_ROOT[ \t]*=/m.test(settings)
    ? ['Run `manage.py collectstatic` after each change of static files: Apache serves the collected ones.']
    : [
        'Set `STATIC_ROOT` in the settings, run `manage.py collectstatic`, and generate again: Apache can then serve the static files.',
      ]),
  ...(/^ALLOWED_HOSTS[ \t]*=[ \t]*\[[ \t]*\]/m.test(settings)
    ? ['Add the name of the site to `ALLOWED_HOSTS` in the settings; Django answers 400 otherwise.']
    : []),
  ...(/^DEBUG[ \t]*=[ \t]*True/m.test(settings) ? ['Switch `DEBUG` off in the settings of the server.'] : []),
];

const flaskStatics = (files: Files, root: string, flask: boolean): readonly StaticFiles[] =>
  flask && files.kind(below(root, 'static')) === 'folder'
    ? [{ url: '/static/', folder: `${below(root, 'static')}/` }]
    : [];
