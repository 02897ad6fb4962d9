import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../common/src/errors';
import type { Httpd } from '../../../common/src/runtime/httpd';
import type { Mpm } from '../settings';

/** An Apache module, and the file that has to be loaded for it. */
export interface LoadedModule {
  readonly identifier: string;
  readonly file: string;
}

/** The features of a configuration that need a module of Apache's. */
export interface ModuleNeeds {
  readonly accessLog: boolean;
  readonly requestTimeout: boolean;
}

interface ApacheModule {
  readonly name: string;
  readonly isNeeded: (needs: ModuleNeeds) => boolean;
  /** Left out without a word where it is not installed. */
  readonly optional?: boolean;
}

/** Apache's own modules that a configuration may need, besides the MPM. */
const APACHE_MODULES: readonly ApacheModule[] = [
  { name: 'unixd', isNeeded: () => true },
  { name: 'authz_core', isNeeded: () => true },
  { name: 'log_config', isNeeded: (needs) => needs.accessLog },
  { name: 'reqtimeout', isNeeded: (needs) => needs.requestTimeout, optional: true },
];

/** Whether a loadable module of that name is in the folder. */
const fileOf = (name: string, folder: string): string => path.join(folder, `mod_${name}.so`);

/**
 * The modules to load for the chosen features: those that are neither linked into this httpd nor left out.
 *
 * @throws UserError `apache-module-missing`.
 */
export const modulesToLoad = (needs: ModuleNeeds, httpd: Httpd, folder: string): LoadedModule[] =>
  APACHE_MODULES.filter(
    ({ name, isNeeded }) => isNeeded(needs) && !httpd.staticModules.includes(`mod_${name}.c`),
  )
    .filter(({ name, optional }) => !optional || existsSync(fileOf(name, folder)))
    .map(({ name }) => {
      const file = fileOf(name, folder);
      if (!existsSync(file)) throw moduleMissing(`mod_${name}`, folder);
      return { identifier: `${name}_module`, file };
    });

/** Whether mod_reqtimeout can be used. */
export const hasRequestTimeout = (httpd: Httpd, folder: string): boolean =>
  httpd.staticModules.includes('mod_reqtimeout.c') || existsSync(fileOf('reqtimeout', folder));

/** An MPM, and the module to load for it; none where it is linked into httpd. */
export interface ChosenMpm {
  readonly mpm: Mpm;
  readonly load: LoadedModule | undefined;
}

/**
 * The first of the wanted MPMs that this Apache has. One that is linked in leaves no choice.
 *
 * @throws UserError `mpm-missing`.
 */
export const chooseMpm = (wanted: readonly Mpm[], httpd: Httpd, folder: string): ChosenMpm => {
  const linked = (['event', 'worker', 'prefork'] as const).find((mpm) =>
    httpd.staticModules.some((source) => source === `${mpm}.c` || source === `mod_mpm_${mpm}.c`),
  );
  if (linked) {
    if (wanted.includes(linked)) return { mpm: linked, load: undefined };
    throw mpmMissing(wanted, `${linked} is linked into it`);
  }
  const mpm = wanted.find((name) => existsSync(fileOf(`mpm_${name}`, folder)));
  if (!mpm) throw mpmMissing(wanted, `looked in ${folder}`);
  return { mpm, load: { identifier: `mpm_${mpm}_module`, file: fileOf(`mpm_${mpm}`, folder) } };
};

const mpmMissing = (wanted: readonly Mpm[], why: string): UserError =>
  new UserError({
    code: 'mpm-missing',
    message: `This Apache has no MPM ${wanted.join(' or ')} (${why}).`,
    action:
      'Choose another with --server-mpm, or name the directory of the modules with --modules-directory.',
  });

const moduleMissing = (name: string, folder: string): UserError =>
  new UserError({
    code: 'apache-module-missing',
    message: `Apache's module ${name} is not in ${folder}.`,
    action:
      'Install the whole Apache package, or name the directory of its modules with --modules-directory.',
  });
