import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../common/src/errors';
import type { Httpd } from '../../../common/src/runtime/httpd';
import type { ServerPlan } from '../plan';
import type { ServerRootLayout } from '../server-root/layout';
import type { Mpm } from '../settings';
import { rewrites } from './blocks/rewriting';
import { includedModules } from './included-modules';
import { proxies, servesFiles } from './needs';

/** An Apache module, and the file that has to be loaded for it. */
export interface LoadedModule {
  readonly identifier: string;
  readonly file: string;
}

interface ApacheModule {
  readonly name: string;
  readonly isNeeded: (plan: ServerPlan, layout: ServerRootLayout) => boolean;
  /** Left out without a word where it is not installed. */
  readonly optional?: boolean;
}

const passesOnBy =
  (scheme: RegExp) =>
  ({ settings: { proxy } }: ServerPlan): boolean =>
    [...proxy.mountPoints, ...proxy.virtualHosts].some(({ url }) => scheme.test(url));

const usesCgi = ({ settings: { files } }: ServerPlan): boolean => files.cgi;
const asksUsers = ({ settings: { access } }: ServerPlan): boolean => access.users !== undefined;
const redirects = ({ settings: { site, tls } }: ServerPlan): boolean =>
  site.name !== undefined && (site.name.startsWith('www.') || tls?.only === true);

/**
 * Apache's own modules that a configuration may need, besides the MPM. Their order is that in which they are loaded: a
 * module comes behind those that it builds on.
 */
const APACHE_MODULES: readonly ApacheModule[] = [
  { name: 'unixd', isNeeded: () => true },
  { name: 'authz_core', isNeeded: () => true },
  { name: 'authn_core', isNeeded: asksUsers },
  { name: 'auth_basic', isNeeded: ({ settings }) => settings.access.users?.type === 'Basic' },
  { name: 'auth_digest', isNeeded: ({ settings }) => settings.access.users?.type === 'Digest' },
  { name: 'authn_file', isNeeded: () => false },
  { name: 'authz_user', isNeeded: asksUsers },
  { name: 'authz_groupfile', isNeeded: () => false },
  {
    name: 'authz_host',
    isNeeded: ({ settings }) => settings.serverStatus || settings.site.allowLocalhost,
  },
  {
    name: 'log_config',
    isNeeded: ({ settings }, { requestLinePipe }) => settings.accessLog || requestLinePipe !== undefined,
  },
  { name: 'reqtimeout', isNeeded: () => true, optional: true },
  { name: 'remoteip', isNeeded: () => false },
  { name: 'setenvif', isNeeded: () => false },
  {
    name: 'env',
    isNeeded: ({ settings: { environment } }) => environment.set.length + environment.pass.length > 0,
  },
  {
    name: 'mime',
    isNeeded: (plan) => servesFiles(plan) || plan.settings.files.handlers.length > 0 || usesCgi(plan),
  },
  { name: 'dir', isNeeded: servesFiles },
  { name: 'autoindex', isNeeded: (plan) => servesFiles(plan) && plan.settings.files.directoryListing },
  { name: 'alias', isNeeded: (plan) => plan.settings.files.aliases.length > 0 || redirects(plan) },
  { name: 'rewrite', isNeeded: (plan) => rewrites(plan) || plan.settings.tls?.only === true },
  { name: 'expires', isNeeded: () => false },
  { name: 'headers', isNeeded: (plan) => proxies(plan) || plan.settings.tls?.strictTransport !== undefined },
  { name: 'filter', isNeeded: ({ settings }) => settings.requests.compresses },
  { name: 'deflate', isNeeded: ({ settings }) => settings.requests.compresses },
  { name: 'status', isNeeded: ({ settings }) => settings.serverStatus || settings.serverMetrics },
  { name: 'cgi', isNeeded: (plan) => usesCgi(plan) && plan.mpm.mpm === 'prefork' },
  { name: 'cgid', isNeeded: (plan) => usesCgi(plan) && plan.mpm.mpm !== 'prefork' },
  { name: 'proxy', isNeeded: proxies },
  { name: 'proxy_http', isNeeded: passesOnBy(/^(?:https?|unix):/) },
  { name: 'proxy_wstunnel', isNeeded: passesOnBy(/^wss?:/) },
  { name: 'proxy_fcgi', isNeeded: passesOnBy(/^fcgi:|\|fcgi:/) },
  { name: 'proxy_ajp', isNeeded: passesOnBy(/^ajp:|\|ajp:/) },
  { name: 'ssl', isNeeded: ({ settings }) => settings.tls !== undefined },
  { name: 'http2', isNeeded: ({ settings }) => settings.site.http2 },
];

/** The file of a loadable module. */
const fileOf = (name: string, folder: string): string => path.join(folder, `mod_${name}.so`);

/**
 * The modules to load for the chosen options and the user's own files: those that are not linked into this httpd.
 *
 * @throws UserError `apache-module-missing`.
 */
export const modulesToLoad = (plan: ServerPlan, layout: ServerRootLayout): LoadedModule[] => {
  const { runtime, modulesDirectory: folder, settings } = plan;
  const included = includedModules(settings);
  return APACHE_MODULES.filter(({ name, isNeeded }) => isNeeded(plan, layout) || included.has(name))
    .filter(({ name }) => !runtime.httpd.staticModules.includes(`mod_${name}.c`))
    .filter(({ name, optional }) => !optional || existsSync(fileOf(name, folder)))
    .map(({ name }) => {
      const file = fileOf(name, folder);
      if (!existsSync(file)) throw moduleMissing(`mod_${name}`, folder);
      return { identifier: `${name}_module`, file };
    });
};

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
