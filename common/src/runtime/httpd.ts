import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { absence } from '../access';
import { UserError } from '../errors';
import { findProgram, isExecutable } from '../executables';
import { remembered, rememberedOfBinary } from '../fact-cache';
import { packagesFor } from '../packages';
import { runProgram } from '../run-program';

/** An Apache httpd that can be started. */
export interface Httpd {
  readonly executable: string;
  /** For instance `2.4.58`. */
  readonly version: string;
  /** Where its loadable modules are; undefined where no such folder was found. */
  readonly modulesDirectory: string | undefined;
  /** Source file names of the modules linked into it, e.g. `mod_so.c`: these must not be loaded again. */
  readonly staticModules: readonly string[];
  /** The apxs that belongs to it, where there is one. */
  readonly apxs: string | undefined;
}

const MODULE_FOLDERS = [
  '/usr/lib/apache2/modules',
  '/usr/lib64/httpd/modules',
  '/usr/lib/httpd/modules',
  '/usr/lib64/apache2',
  '/usr/lib/apache2',
  '/usr/libexec/apache2',
  '/usr/local/apache2/modules',
  '/opt/homebrew/lib/httpd/modules',
  '/usr/local/lib/httpd/modules',
];

/**
 * Apache's extension tool: the one given (or named by the environment variable APXS, as build tools have it), else the
 * one on PATH or in the system folders; undefined if there is none.
 */
export const findApxs = (apxs = process.env.APXS): string | undefined =>
  apxs ? (isExecutable(apxs) ? apxs : undefined) : findProgram('apxs', 'apxs2');

const askApxs = async (apxs: string | undefined, ...names: readonly string[]): Promise<string[]> => {
  if (!apxs) return [];
  const ask = async (name: string) => {
    const { stdout, exitCode } = await runProgram(apxs, ['-q', name], { timeoutMs: 10_000 });
    return exitCode === 0 ? stdout.trim() : '';
  };
  return remembered(
    { kind: 'apxs', program: apxs, depends: names.join(' ') },
    () => Promise.all(names.map(ask)),
    (answers) => answers.every((answer) => answer !== ''),
  );
};

const missing = (message: string): UserError => {
  const { packages, command } = packagesFor('httpd');
  return new UserError({
    code: 'httpd-missing',
    message,
    action: `Install Apache (package ${packages}), or name its program with --httpd-executable.`,
    ...(command ? { command } : {}),
  });
};

/** The version that `httpd -v` prints, and the modules that `httpd -l` lists. */
const inspect = (executable: string): Promise<Pick<Httpd, 'version' | 'staticModules'>> =>
  rememberedOfBinary({ kind: 'httpd', program: executable }, () => askHttpd(executable));

const askHttpd = async (executable: string): Promise<Pick<Httpd, 'version' | 'staticModules'>> => {
  const run = (flag: string) => runProgram(executable, [flag], { timeoutMs: 10_000 });
  const [version, modules] = await Promise.all([run('-v'), run('-l')]);
  const found = /^Server version: Apache\/(\d+\.\d+\.\d+)/m.exec(version.stdout)?.[1];
  if (!found) {
    const output = version.output.trim() || version.failure?.message || 'no output';
    throw missing(`${executable} does not answer like Apache httpd: ${output}.`);
  }
  return {
    version: found,
    staticModules: modules.stdout.match(/^\s+\S+\.c$/gm)?.map((name) => name.trim()) ?? [],
  };
};

/**
 * Finds the Apache to use: the program given, else the one that apxs names, else `httpd` or `apache2` on PATH and in
 * the system folders.
 *
 * @throws UserError `httpd-missing`, with the package to install and the option `--httpd-executable`.
 */
export const findHttpd = async (choice: { httpd?: string; apxs?: string } = {}): Promise<Httpd> => {
  const apxs = findApxs(choice.apxs);
  const [folder, program, modules] = await askApxs(apxs, 'sbindir', 'progname', 'LIBEXECDIR');
  const named = folder && program ? path.join(folder, program) : undefined;
  const executable = choice.httpd ?? (named && isExecutable(named) ? named : findProgram('httpd', 'apache2'));
  if (!executable) throw missing('Apache httpd was not found on this machine.');
  if (!isExecutable(executable)) throw missing(absence('program', executable));

  const belongs = named !== undefined && isSameFile(executable, named);
  const modulesDirectory = [
    ...(belongs && modules ? [modules] : besides(executable)),
    ...MODULE_FOLDERS,
  ].find((candidate) => existsSync(path.join(candidate, 'mod_authz_core.so')));
  return {
    executable,
    ...(await inspect(executable)),
    modulesDirectory,
    apxs: belongs || choice.apxs ? apxs : undefined,
  };
};

const isSameFile = (left: string, right: string): boolean =>
  existsSync(right) && realpathSync(left) === realpathSync(right);

/** Module folders of an installation in a prefix of its own, seen from `<prefix>/bin/httpd`. */
const besides = (executable: string): string[] => {
  const prefix = path.dirname(path.dirname(executable));
  return [path.join(prefix, 'modules'), path.join(prefix, 'lib', 'httpd', 'modules')];
};
