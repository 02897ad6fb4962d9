import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors';
import { isExecutable } from '../executables';
import { remembered } from '../fact-cache';
import { runProgram } from '../run-program';
import type { Httpd } from './httpd';
import type { Python } from './python';

/** Upstream's module and launcher, as they are found on this machine. */
export interface InstalledModules {
  /** `mod_wsgi-express` of the Python environment (installed with pip). */
  readonly launcher: string | undefined;
  /** The module that came with that launcher. */
  readonly packaged: string | undefined;
  /** The distribution's module, among Apache's own. */
  readonly distribution: string | undefined;
  /** Where was looked, for error messages. */
  readonly lookedFor: readonly string[];
}

/** Finds upstream modules for this Python and this Apache; starts nothing. */
export const findInstalledModules = (python: Python, httpd: Httpd): InstalledModules => {
  const launcher = path.join(python.prefix, 'bin', 'mod_wsgi-express');
  const server = path.join(python.sitePackages, 'mod_wsgi', 'server');
  const shared = existsSync(server)
    ? readdirSync(server).filter((name) => /^mod_wsgi.*\.so$/.test(name))
    : [];
  const packaged = shared.find((name) => name.includes(python.soabi)) ?? shared[0];
  const distribution = httpd.modulesDirectory && path.join(httpd.modulesDirectory, 'mod_wsgi.so');
  return {
    launcher: isExecutable(launcher) ? launcher : undefined,
    packaged: packaged && path.join(server, packaged),
    distribution: distribution && existsSync(distribution) ? distribution : undefined,
    lookedFor: [launcher, path.join(server, 'mod_wsgi*.so'), ...(distribution ? [distribution] : [])],
  };
};

/** The Python library that a module is linked to. */
export interface LinkedLibrary {
  /** As the module names it, e.g. `libpython3.11.so.1.0`. */
  readonly name: string;
  /** The file that the dynamic linker takes for it, links resolved; undefined where it finds none. */
  readonly file: string | undefined;
}

/**
 * The Python library that a module is linked to, as the dynamic linker sees it.
 *
 * @returns undefined where the module names none (linked statically) or cannot be inspected here.
 */
export const moduleLibpython = async (module: string): Promise<LinkedLibrary | undefined> => {
  const linked = await remembered(
    { kind: 'libpython', program: module, depends: linkerStamp() },
    () => askLinker(module),
    (answer) => answer?.file !== undefined,
  );
  return linked?.file && !existsSync(linked.file) ? askLinker(module) : linked;
};

/** What else decides which library the dynamic linker finds. */
const linkerStamp = (): string =>
  [
    process.env.LD_LIBRARY_PATH,
    statSync('/etc/ld.so.cache', { throwIfNoEntry: false })?.mtimeMs,
    process.platform,
  ].join(' ');

const askLinker = async (module: string): Promise<LinkedLibrary | undefined> => {
  const [program, args] = process.platform === 'darwin' ? ['otool', ['-L', module]] : ['ldd', [module]];
  const { stdout } = await runProgram(program, args as string[], { timeoutMs: 10_000 });
  return parseLinkedLibrary(stdout, (file) => (existsSync(file) ? realpathSync(file) : undefined));
};

/** Reads the output of `ldd` or `otool -L`; `resolve` turns a path into the real file, or undefined if there is none. */
export const parseLinkedLibrary = (
  output: string,
  resolve: (file: string) => string | undefined,
): LinkedLibrary | undefined => {
  const elf = /^\s*(libpython\S+)\s+=>\s+(not found|\S+)/m.exec(output);
  if (elf) return { name: elf[1] ?? '', file: elf[2] === 'not found' ? undefined : resolve(elf[2] ?? '') };
  const macho = /^\s+(\/\S*(?:libpython[\d.]+\w*\.dylib|Python\.framework\/\S+))\s/m.exec(output);
  return macho?.[1] ? { name: path.basename(macho[1]), file: resolve(macho[1]) } : undefined;
};

/** The `X.Y` in the name of a Python library. */
const versionIn = (name: string): string | undefined => /(\d+\.\d+)/.exec(name)?.[1];

/**
 * Checks that a module and an interpreter belong to the same Python. What counts is the library file: a module that is
 * linked to another Python's library of the same version starts, and then fails at the first import.
 *
 * @throws UserError `module-wrong-python`.
 */
export const checkModuleMatchesPython = async (module: string, python: Python): Promise<void> => {
  const linked = await moduleLibpython(module);
  if (!linked) return;
  if (linked.file !== undefined && linked.file === python.libpython) return;
  // A static interpreter that shares its version and its prefix with the library: Debian's minimal Python.
  if (linked.file && !python.libpython && sameInstallation(linked, python)) return;
  const own = python.libpython ? `whose library is ${python.libpython}` : 'which has no shared library';
  throw new UserError({
    code: 'module-wrong-python',
    message:
      `The module ${module} is linked to ${linked.file ?? `${linked.name}, which is not on this machine`}, ` +
      `but the application's Python is ${python.executable} (${python.version}), ${own}.`,
    action:
      'Name an interpreter of the same installation with --python, or a module built for this one with --module-path; ' +
      'without --module-path the bundled module is built for it.',
  });
};

const sameInstallation = (linked: LinkedLibrary, python: Python): boolean =>
  versionIn(linked.name) === python.version.split('.').slice(0, 2).join('.') &&
  (linked.file ?? '').startsWith(`${python.basePrefix}/`);
