// Not of node:fs/promises, whose loading each start of the launcher would wait for.
import { promises as disk, existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheRoot } from '../cache';
import { UserError } from '../errors';
import { Guard } from '../guard';
import { installRoot } from '../install-root';
import { packagesFor, type SystemNeed } from '../packages';
import { runProgram } from '../run-program';
import type { Httpd } from './httpd';
import type { Python } from './python';

/** A program to run, with its arguments. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** Receives what a long-running step prints, as it comes. */
export type OutputListener = (text: string) => void;

const nativeFolder = (): string => path.join(installRoot(), 'native');

/** Folders of native/ that do not go into the module. */
const NOT_SOURCES = new Set(['build', 'test', '__pycache__']);

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_SOURCES.has(name) && !name.endsWith('.md'))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(file) : [file];
    });

/** The files that make the module what it is. */
const sourceFiles = (): string[] => (existsSync(nativeFolder()) ? filesBelow(nativeFolder()).sort() : []);

/**
 * Where the bundled module for this Python and this Apache is kept, whether it is built or not. The key is the library
 * that it is linked to, not a version number: two Pythons of one version have two libraries, and a module loads one.
 */
export const nativeModulePath = (python: Python, httpd: Httpd): string => {
  const key = process.getBuiltinModule('node:crypto').createHash('sha256');
  const identity = [
    python.libpython ?? python.basePrefix,
    python.version,
    python.soabi,
    httpd.version,
    httpd.apxs ?? '',
  ];
  key.update(JSON.stringify(identity));
  for (const file of sourceFiles()) key.update(path.basename(file)).update(readFileSync(file));
  const folder = `py${python.version}-httpd${httpd.version}-${key.digest('hex').slice(0, 16)}`;
  return path.join(cacheRoot(), 'modules', folder, 'mod_wsgi.so');
};

/** What to build the module with; native/Makefile looks for what is left out. */
export interface BuildChoice {
  readonly python?: string | undefined;
  readonly apxs?: string | undefined;
  readonly buildDirectory: string;
}

/** The command that builds the bundled module into `<buildDirectory>/mod_wsgi.so`. */
export const buildCommand = ({ python, apxs, buildDirectory }: BuildChoice): Command => ({
  command: 'make',
  args: [
    `--jobs=${availableParallelism()}`,
    '-C',
    nativeFolder(),
    ...(python ? [`PYTHON=${python}`] : []),
    ...(apxs ? [`APXS=${apxs}`] : []),
    `BUILD=${buildDirectory}`,
  ],
  cwd: nativeFolder(),
});

/**
 * The bundled module for this Python and this Apache, built first where the cache does not have it. Several callers at
 * once build it once; a build that was cut off leaves nothing that a later one could stumble over.
 *
 * @param signal gives the build up; the call then fails with the signal's reason.
 * @throws UserError `no-apxs`, `no-python-h`, `no-shared-libpython`, `no-build-tools` or `native-build-failed`.
 */
export const ensureNativeModule = async (
  python: Python,
  httpd: Httpd,
  onOutput: OutputListener = () => {},
  signal?: AbortSignal,
): Promise<string> => {
  const module = nativeModulePath(python, httpd);
  if (existsSync(module)) return module;
  await disk.mkdir(path.dirname(module), { recursive: true });
  const release = await takeLock(`${path.dirname(module)}.lock`, signal);
  try {
    if (!existsSync(module)) await build(python, httpd, module, onOutput, signal);
  } finally {
    await release();
  }
  return module;
};

const build = async (
  python: Python,
  httpd: Httpd,
  module: string,
  onOutput: OutputListener,
  signal: AbortSignal | undefined,
): Promise<void> => {
  if (!existsSync(path.join(nativeFolder(), 'Makefile')))
    throw buildError('native-build-failed', `the sources of the module are missing in ${nativeFolder()}`);
  if (!httpd.apxs) throw buildError('no-apxs', '');
  await removeAbandonedBuilds(path.dirname(module));
  const buildDirectory = path.join(path.dirname(module), `${BUILD_PREFIX}${process.pid}`);
  await disk.mkdir(buildDirectory, { recursive: true });
  const guard = new Guard(buildDirectory);
  try {
    const { command, args, cwd } = buildCommand({
      python: python.executable,
      apxs: httpd.apxs,
      buildDirectory,
    });
    const { exitCode, failure, output } = await runProgram(command, args, {
      cwd,
      onOutput,
      guard,
      ...(signal && { signal }),
    });
    signal?.throwIfAborted();
    if (failure?.code === 'ENOENT') throw buildError('no-build-tools', '');
    if (exitCode !== 0) throw explainBuild(output);
    await disk.rename(path.join(buildDirectory, 'mod_wsgi.so'), module);
  } finally {
    await disk.rm(buildDirectory, { recursive: true, force: true });
    await guard.release();
  }
};

const BUILD_PREFIX = 'build-';

/** Removes the folders of builders that were killed. */
const removeAbandonedBuilds = async (folder: string): Promise<void> => {
  const abandoned = readdirSync(folder).filter(
    (name) => name.startsWith(BUILD_PREFIX) && !isAlive(Number(name.slice(BUILD_PREFIX.length))),
  );
  for (const name of abandoned) await disk.rm(path.join(folder, name), { recursive: true, force: true });
};

interface BuildProblem {
  readonly message: string;
  readonly needs: readonly SystemNeed[];
  /** What helps besides installing the packages. */
  readonly otherwise: string;
}

/** What can stop a build, by the code that native/Makefile prints. */
const BUILD_PROBLEMS: Readonly<Record<string, BuildProblem>> = {
  'no-apxs': {
    message:
      "Apache's extension tool apxs was not found, and the mod_wsgi module cannot be built without it.",
    needs: ['httpd-headers'],
    otherwise: 'set "mod_wsgi.apxs" to where it is',
  },
  'no-python-h': {
    message: "Python.h was not found: this Python's header files are not installed.",
    needs: ['python-headers'],
    otherwise: 'choose another interpreter with --python',
  },
  'no-shared-libpython': {
    message: 'This Python has no shared library, and a module for Apache has to be linked to one.',
    needs: ['python-library'],
    otherwise:
      'rebuild Python with --enable-shared (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared), or choose another with --python',
  },
  'no-build-tools': {
    message: 'The program make was not found, and the mod_wsgi module cannot be built without it.',
    needs: ['build-tools'],
    otherwise: 'put make on PATH',
  },
};

/** The error for a build that stopped, from a code of native/Makefile and its own sentence. */
export const buildError = (code: string, sentence: string): UserError => {
  const problem = BUILD_PROBLEMS[code];
  if (!problem)
    return new UserError({
      code: 'native-build-failed',
      message: `The mod_wsgi module could not be built: ${sentence.replace(/\.$/, '')}.`,
      action: 'See the output of the build; --module-path names a module that exists already.',
    });
  const { packages, command } = packagesFor(...problem.needs);
  return new UserError({
    code,
    message: problem.message,
    action: `Install ${packages}, or ${problem.otherwise}.`,
    ...(command ? { command } : {}),
  });
};

/** Reads the first `mod_wsgi-build: error: <code>: <sentence>` of a build's output, else its first error line. */
const explainBuild = (output: string): UserError => {
  const reported = /^mod_wsgi-build: error: ([\w-]+): (.*)$/m.exec(output);
  if (reported) return buildError(reported[1] ?? '', reported[2] ?? '');
  const line = /^.*\berror\b.*$/im.exec(output)?.[0] ?? output.trim().split('\n').at(-1);
  return buildError('native-build-failed', line || 'make printed nothing');
};

const LOCK_POLL_MS = 200;
/** No build takes this long: whoever holds the lock longer has gone away without a trace. */
const LOCK_LIMIT_MS = 10 * 60_000;

/**
 * Waits until nobody else builds, and says so to others.
 *
 * A lock whose holder has died, or that is held for too long, is taken over. Two waiters may then take it over at the
 * same moment; both build in folders of their own and the later rename wins, so the worst case is work done twice.
 *
 * @returns the function that gives the lock back.
 */
const takeLock = async (file: string, signal?: AbortSignal): Promise<() => Promise<void>> => {
  const deadline = Date.now() + LOCK_LIMIT_MS;
  while (!(await createLock(file))) {
    signal?.throwIfAborted();
    if (Date.now() > deadline || !(await holderLives(file)))
      await disk.rm(file, { recursive: true, force: true });
    else await delay(LOCK_POLL_MS);
  }
  return () => disk.rm(file, { force: true });
};

const createLock = async (file: string): Promise<boolean> => {
  try {
    await disk.writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const holderLives = async (file: string): Promise<boolean> => {
  const text = await disk.readFile(file, 'utf8').catch(() => '');
  // Between the creation of the file and its first byte the holder is not known; that takes less than one poll.
  if (text === '') {
    await delay(LOCK_POLL_MS);
    return (await disk.readFile(file, 'utf8').catch(() => '')) !== '';
  }
  return isAlive(Number(text));
};

const isAlive = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
