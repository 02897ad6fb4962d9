import { type Configuration, entriesOf } from '../../configuration/configuration';
import { type ConfigWord, type Entry, placeOf, type SourceRange } from '../../configuration/entries';
import type { SitePart } from '../../mounts/site';
import { GROUPS } from '../about';
import type { Rule, TargetMachine } from '../rule';
import { appendWords, quoted, replaceWord } from './common';

const HOMES = [...GROUPS, 'WSGIPythonHome'];

/** Every Python home with the entry that sets it. */
const homes = (part: SitePart): readonly { word: ConfigWord; entry: Entry }[] => [
  ...part.of('WSGIPythonHome').flatMap((entry) => (entry.words[0] ? [{ word: entry.words[0], entry }] : [])),
  ...part.groups.flatMap(({ entry }) => {
    const word = entry.options.get('python-home')?.value;
    return word ? [{ word, entry }] : [];
  }),
];

const INTERPRETER = /\/bin\/python[\d.t]*$|[\\/]Scripts[\\/]python\.exe$/i;
const PACKAGES =
  /^(.*?)\/lib(?:64)?\/python[\d.]+t?(?:\/(?:site|dist)-packages.*)?$|^(.*?)\/(?:site|dist)-packages/;

const knownHomes = (part: SitePart) => homes(part).filter(({ word }) => word.known);

export const homeIsExecutable: Rule = {
  id: 'python-home-is-executable',
  severity: 'error',
  summary: 'python-home names an interpreter instead of the environment.',
  about: HOMES,
  part({ part, machine }, report) {
    for (const { word } of knownHomes(part))
      if (INTERPRETER.test(word.value) || machine?.kind(word.value) === 'file')
        report({
          at: word,
          message: "`python-home` wants the environment's root directory, not the interpreter.",
          fixes: [replaceWord(word, word.value.replace(/[\\/][^\\/]+[\\/][^\\/]+$/, ''))],
        });
  },
};

export const homeIsSitePackages: Rule = {
  id: 'python-home-is-site-packages',
  severity: 'error',
  summary: 'python-home names site-packages instead of the environment.',
  about: HOMES,
  part({ part }, report) {
    for (const { word } of knownHomes(part)) {
      const match = PACKAGES.exec(word.value);
      if (!match) continue;
      const prefix = match[1] ?? match[2];
      report({
        at: word,
        message: "`python-home` wants the environment's root, not its `site-packages`.",
        ...(prefix && { fixes: [replaceWord(word, prefix)] }),
      });
    }
  },
};

const isJudged = (path: string): boolean =>
  path.startsWith('/') && !INTERPRETER.test(path) && !PACKAGES.test(path);

/** Environments in a folder and beside it. */
const environmentsNear = (machine: TargetMachine, path: string): readonly string[] => {
  const parent = path.replace(/\/[^/]*$/, '');
  return [path, parent]
    .flatMap((folder) => ['.venv', 'venv', 'env'].map((name) => `${folder}/${name}`))
    .filter((folder) => machine.kind(`${folder}/pyvenv.cfg`) === 'file');
};

export const homeMissing: Rule = {
  id: 'python-home-missing',
  severity: 'error',
  summary: 'The Python home does not exist.',
  needs: 'machine',
  about: HOMES,
  part({ part, machine }, report) {
    for (const { word } of machine ? knownHomes(part) : [])
      if (machine && isJudged(word.value) && machine.kind(word.value) === undefined)
        report({
          at: word,
          message: `\`${word.value}\` does not exist; the daemon dies and is restarted every second while requests hang.`,
          fixes: environmentsNear(machine, word.value).map((path) => replaceWord(word, path)),
        });
  },
};

/** The folder of the standard library or of packages in a Python home: `HOME/lib/python3.12`. */
export const pythonFolder = (machine: Pick<TargetMachine, 'list'>, home: string): string | undefined =>
  ['lib', 'lib64']
    .flatMap((lib) => (machine.list(`${home}/${lib}`) ?? []).map((name) => `${home}/${lib}/${name}`))
    .find((folder) => /\/python\d+\.\d+t?$/.test(folder));

export const homeNotAnEnvironment: Rule = {
  id: 'python-home-not-an-environment',
  severity: 'error',
  summary: 'The Python home holds no Python.',
  needs: 'machine',
  about: HOMES,
  part({ part, machine }, report) {
    for (const { word } of machine ? knownHomes(part) : []) {
      const home = word.value;
      if (!machine || !isJudged(home) || machine.kind(home) !== 'folder') continue;
      const folder = pythonFolder(machine, home);
      if (machine.kind(`${home}/pyvenv.cfg`) === 'file') continue;
      if (folder && machine.kind(`${folder}/os.py`) === 'file') continue;
      report({
        at: word,
        message: `\`${home}\` is not a Python prefix: the interpreter cannot start (\`No module named 'encodings'\`).`,
        fixes: environmentsNear(machine, home).map((path) => replaceWord(word, path)),
      });
    }
  },
};

/** `3.12` from a module's file name such as `mod_wsgi-py312.cpython-312-x86_64-linux-gnu.so`. */
export const pythonOfModule = (
  configuration: Configuration,
): { version: string; entry: Entry } | undefined => {
  const entry = entriesOf(configuration, 'LoadModule').find(({ words }) => words[0]?.value === 'wsgi_module');
  const [, major, minor] = /py(?:thon)?-?(\d)\.?(\d+)/.exec(entry?.words[1]?.value ?? '') ?? [];
  return entry && major !== undefined ? { version: `${major}.${minor}`, entry } : undefined;
};

export const homeVersionMismatch: Rule = {
  id: 'python-home-version-mismatch',
  severity: 'error',
  summary: 'The environment is of another Python than mod_wsgi.',
  needs: 'machine',
  about: HOMES,
  part({ part, site, machine }, report) {
    const module = pythonOfModule(site.configuration);
    if (!module || !machine) return;
    for (const { word } of knownHomes(part)) {
      const written = machine.read(`${word.value}/pyvenv.cfg`);
      const version =
        /^version(?:_info)?\s*=\s*(\d+\.\d+)/m.exec(written ?? '')?.[1] ??
        /python(\d+\.\d+)t?$/.exec(pythonFolder(machine, word.value) ?? '')?.[1];
      if (version === undefined || version === module.version) continue;
      report({
        at: word,
        message: `This environment is Python ${version}, mod_wsgi is built for ${module.version}. A virtual environment cannot change the Python of the server.`,
        related: [{ at: module.entry.range, message: 'the module' }],
      });
    }
  },
};

export const homeRepeated: Rule = {
  id: 'python-home-directive-repeated',
  severity: 'warning',
  summary: 'WSGIPythonHome counts once per server.',
  site({ site }, report) {
    const all = entriesOf(site.configuration, 'WSGIPythonHome').filter(({ certain }) => certain);
    const last = all.at(-1);
    for (const entry of all)
      if (last && entry !== last && entry.words[0]?.value !== last.words[0]?.value)
        report({
          at: entry.range,
          message: 'Only one Python home per server: the last one wins for all embedded applications.',
          related: [{ at: last.range, message: 'this one wins' }],
        });
  },
};

const PATHS = [...GROUPS, 'WSGIPythonPath'];

/** A part of a search path with its place, as far as it can be cut out of the word. */
interface PathElement {
  readonly word: SourceRange;
  readonly entry: Entry;
  readonly text: string;
}

const paths = (part: SitePart): readonly { word: ConfigWord; entry: Entry }[] =>
  [
    ...part
      .of('WSGIPythonPath')
      .flatMap((entry) => (entry.words[0] ? [{ word: entry.words[0], entry }] : [])),
    ...part.groups.flatMap(({ entry }) => {
      const word = entry.options.get('python-path')?.value;
      return word ? [{ word, entry }] : [];
    }),
  ].filter(({ word }) => word.known);

const isWindows = (value: string): boolean => /^[A-Za-z]:[\\/]/.test(value);

const elements = (part: SitePart): readonly PathElement[] =>
  paths(part).flatMap(({ word, entry }) => {
    const separator = isWindows(word.value) ? ';' : ':';
    const plain = word.end - word.start === word.value.length;
    let from = 0;
    return word.value.split(separator).map((text) => {
      const start = word.start + from;
      from += text.length + 1;
      const place = plain ? { ...placeOf(word), start, end: start + text.length } : word;
      return { word: place, entry, text };
    });
  });

export const pathSitePackages: Rule = {
  id: 'python-path-site-packages',
  severity: 'warning',
  summary: 'site-packages of an environment on python-path instead of python-home.',
  about: PATHS,
  part({ part, machine }, report) {
    for (const { word, entry, text } of elements(part)) {
      const [, prefix] = /^(.*?)\/lib(?:64)?\/python[\d.]+\/(?:site|dist)-packages\/?$/.exec(text) ?? [];
      if (prefix === undefined) continue;
      const environment = machine
        ? machine.kind(`${prefix}/pyvenv.cfg`) === 'file'
        : /\/\.?(?:v?env|virtualenv)[^/]*$|\/(?:v?envs|virtualenvs)\//i.test(prefix);
      if (!environment) continue;
      const own = entry.options.has('python-home');
      report({
        at: word,
        message: `Appending \`site-packages\` keeps the system's packages in front of the environment's; use \`python-home=${prefix}\`.`,
        ...(!own &&
          entry.key === 'wsgidaemonprocess' && {
            fixes: appendWords(entry, `python-home=${quoted(prefix)}`),
          }),
      });
    }
  },
};

export const pathIsExecutable: Rule = {
  id: 'python-path-is-executable',
  severity: 'error',
  summary: 'An element of the search path is a file.',
  about: PATHS,
  part({ part, machine }, report) {
    for (const { word, text } of elements(part))
      if (INTERPRETER.test(text) || (machine?.kind(text) === 'file' && !/\.(?:zip|egg|whl)$/.test(text)))
        report({ at: word, message: `\`${text}\` is not a directory of modules.` });
  },
};

export const pathMissing: Rule = {
  id: 'python-path-missing',
  severity: 'warning',
  summary: 'An element of the search path does not exist.',
  about: PATHS,
  part({ part, machine }, report) {
    for (const { word, text } of elements(part)) {
      if (text === '' || INTERPRETER.test(text) || /[,;]/.test(text)) continue;
      if (text.startsWith('/') ? machine && machine.kind(text) === undefined : machine && !isWindows(text))
        report({ at: word, message: `\`${text}\` does not exist; mod_wsgi ignores it silently.` });
    }
  },
};

export const pathSeparator: Rule = {
  id: 'python-path-separator',
  severity: 'warning',
  summary: 'The search path is cut at another character.',
  about: PATHS,
  part({ part }, report) {
    for (const { word } of paths(part)) {
      const { value } = word;
      const right = isWindows(value) ? ';' : ':';
      const wrong = isWindows(value) ? /,|:(?=[A-Za-z]:)/ : /[,;](?=\/)/;
      if (wrong.test(value))
        report({
          at: word,
          message: `Separate directories with \`${right}\`.`,
          fixes: [replaceWord(word, value.replace(new RegExp(wrong, 'g'), right))],
        });
    }
  },
};

export const pathInnerPackage: Rule = {
  id: 'python-path-inner-package',
  severity: 'warning',
  summary: 'An element of the search path is a package itself.',
  needs: 'machine',
  about: PATHS,
  part({ part, machine }, report) {
    for (const { word, text } of machine ? elements(part) : []) {
      if (machine?.kind(`${text}/__init__.py`) !== 'file') continue;
      const parent = text.replace(/\/[^/]*\/?$/, '');
      const name = text.replace(/\/$/, '').split('/').at(-1);
      report({
        at: word,
        message: `\`${text}\` is the package \`${name}\` itself; put its parent on the path.`,
        fixes: [replaceWord(word, parent)],
      });
    }
  },
};

export const pathDaemonOnly: Rule = {
  id: 'python-path-directive-daemon-only',
  severity: 'information',
  summary: 'WSGIPythonPath is for embedded mode, and every application has a daemon group.',
  site({ site }, report) {
    const { mounts } = site;
    if (mounts.length === 0 || mounts.some(({ daemon }) => !daemon)) return;
    for (const entry of entriesOf(site.configuration, 'WSGIPythonPath'))
      report({
        at: entry.range,
        message: '`WSGIPythonPath` only affects embedded interpreters; daemon groups need `python-path=`.',
      });
  },
};
