import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { absence } from '../access';
import { UserError } from '../errors';
import { findProgram, isExecutable } from '../executables';
import { rememberedOfBinary } from '../fact-cache';
import { runProgram } from '../run-program';

/** A Python interpreter, as it describes itself. */
export interface Python {
  readonly executable: string;
  /** For instance `3.11.2`. */
  readonly version: string;
  /** The virtual environment, or the installation where there is none. */
  readonly prefix: string;
  /** The installation that the virtual environment was made from. */
  readonly basePrefix: string;
  /** The shared library, with links resolved; undefined where Python has none (a static build). */
  readonly libpython: string | undefined;
  readonly includeDirectory: string;
  readonly hasHeaders: boolean;
  /** For instance `cpython-311-x86_64-linux-gnu`. */
  readonly soabi: string;
  /** Where the standard library is. */
  readonly standardLibrary: string;
  /** Where installed packages are. */
  readonly sitePackages: string;
}

/** Prints what {@link Python} needs; understood by every Python 3. */
const DESCRIBE = `
import json, os, sys, sysconfig
value = sysconfig.get_config_var
names = [value('INSTSONAME'), value('LDLIBRARY')]
folders = [value('LIBDIR'), value('LIBPL'), value('PYTHONFRAMEWORKPREFIX'), os.path.join(sys.base_prefix, 'lib')]
if value('LIBDIR') and value('MULTIARCH'):
    folders.insert(1, os.path.join(value('LIBDIR'), value('MULTIARCH')))
libraries = [os.path.join(f, n) for f in folders if f for n in names if n and not n.endswith('.a')]
print(json.dumps({
    'executable': sys.executable,
    'version': '%d.%d.%d' % sys.version_info[:3],
    'prefix': sys.prefix,
    'basePrefix': sys.base_prefix,
    'libraries': libraries,
    'includeDirectory': sysconfig.get_paths()['include'],
    'soabi': value('SOABI') or '',
    'standardLibrary': sysconfig.get_paths()['stdlib'],
    'sitePackages': sysconfig.get_paths()['purelib'],
}))
`;

interface Description extends Omit<Python, 'libpython' | 'hasHeaders'> {
  readonly libraries: readonly string[];
}

const described = new Map<string, Promise<Python>>();

/**
 * Asks an interpreter about itself by running it once; later calls get the same answer.
 *
 * @throws UserError `python-missing` if there is no such program, `python-broken` if it cannot run, with its own words.
 */
export const inspectPython = (executable: string): Promise<Python> => {
  const known = described.get(executable);
  if (known) return known;
  const answer = describe(executable);
  described.set(executable, answer);
  answer.catch(() => described.delete(executable));
  return answer;
};

const describe = async (executable: string): Promise<Python> => {
  if (!isExecutable(executable)) throw missing(absence('program', executable));
  const { libraries, ...facts } = await rememberedOfBinary(
    { kind: 'python', program: executable, depends: environmentStamp(executable) },
    () => askPython(executable),
  );
  const library = libraries.find((candidate) => existsSync(candidate));
  return {
    ...facts,
    libpython: library && realpathSync(library),
    hasHeaders: existsSync(path.join(facts.includeDirectory, 'Python.h')),
  };
};

/** What changes when a virtual environment is made anew around the same interpreter. */
const environmentStamp = (executable: string): string => {
  const file = path.join(path.dirname(path.dirname(executable)), 'pyvenv.cfg');
  return String(statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? '');
};

const askPython = async (executable: string): Promise<Description> => {
  const result = await runProgram(executable, ['-I', '-c', DESCRIBE], { timeoutMs: 30_000 });
  const description = parse(result.stdout);
  if (result.exitCode !== 0 || !description)
    throw broken(executable, result.stderr || result.failure?.message || result.stdout);
  if (!description.version.startsWith('3.'))
    throw broken(executable, `it is Python ${description.version}, and Python 3 is needed`);
  // A launcher script in front of the interpreter (pyenv's shims) is left behind here.
  return { ...description, executable: description.executable || executable };
};

const parse = (text: string): Description | undefined => {
  try {
    return JSON.parse(text) as Description;
  } catch {
    return undefined;
  }
};

const missing = (message: string): UserError =>
  new UserError({
    code: 'python-missing',
    message,
    action:
      'Install Python 3, or name the interpreter of the application with --python (in launch.json: "python").',
  });

/** The last lines of the interpreter's own complaint say why; the rest is its traceback. */
const broken = (executable: string, output: string): UserError => {
  const reason = output.trim().split('\n').slice(-3).join(' ').trim() || 'it printed nothing';
  return new UserError({
    code: 'python-broken',
    message: `The Python interpreter ${executable} cannot run: ${reason.replace(/\.$/, '')}.`,
    action:
      'Repair or recreate the environment, or name another interpreter with --python (in launch.json: "python").',
  });
};

const ENVIRONMENT_FOLDERS = ['.venv', 'venv', 'env'];

/** The interpreter of a virtual environment's folder, if it is one. */
const environmentPython = (folder: string): string | undefined => {
  const python = path.join(folder, 'bin', 'python');
  return existsSync(path.join(folder, 'pyvenv.cfg')) && isExecutable(python) ? python : undefined;
};

/**
 * The interpreter of the application: the one given, else the active virtual environment's, else the one of a folder
 * `.venv`, `venv` or `env` in `cwd`, else `python3` on PATH.
 *
 * @throws UserError `python-missing` or `python-broken`.
 */
export const findPython = async (choice: { python?: string; cwd: string }): Promise<Python> => {
  if (choice.python) return inspectPython(givenPython(choice.python, choice.cwd));
  const active = process.env.VIRTUAL_ENV;
  const candidates = [
    active && environmentPython(active),
    ...ENVIRONMENT_FOLDERS.map((folder) => environmentPython(path.join(choice.cwd, folder))),
    findProgram('python3'),
  ];
  const executable = candidates.find((candidate) => candidate !== undefined && candidate !== '');
  if (!executable) throw missing('Python 3 was not found on this machine.');
  return inspectPython(executable);
};

/** A folder is taken for an environment, a bare name is looked up on PATH, anything else is a path. */
const givenPython = (python: string, cwd: string): string => {
  const absolute = path.resolve(cwd, python);
  return environmentPython(absolute) ?? (python.includes('/') ? absolute : (findProgram(python) ?? python));
};
