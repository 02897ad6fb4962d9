import path from 'node:path';
import { choosePort } from '../../common/src/choose-port';
import { UserError } from '../../common/src/errors';
import type { Httpd } from '../../common/src/runtime/httpd';
import { readModuleFeatures } from '../../common/src/runtime/module-features';
import { type ResolvedModule, resolveModule } from '../../common/src/runtime/resolve';
import { chooseMpm } from './config/modules';
import type { ProfilerFiles, ServerPlan } from './plan';
import { checkApplicationExists, checkReadable } from './preflight/application';
import { withDjangoProject } from './preflight/django';
import { readEnvironmentScript } from './preflight/environment-script';
import { checkFreeThreaded } from './preflight/free-threading';
import { resolveIdentity } from './preflight/identity';
import { checkLocale, missingLocaleOf } from './preflight/locale';
import { optionsWithoutEffect } from './preflight/module-support';
import { checkNamedFiles } from './preflight/named-files';
import { checkPackages } from './preflight/packages';
import { findMimeTypes, findRotatelogs } from './preflight/programs';
import { checkServerRootFree } from './preflight/server-root';
import { checkServiceAccounts } from './preflight/services';
import { pidFileOf } from './server-root/layout';
import type { Settings } from './settings';

/**
 * Looks up and checks everything that a server needs before anything is written or started, so that the first answer
 * to a mistake is a sentence and not a log.
 *
 * @param start whether the server starts now: then its port and its server root must not be in use.
 * @throws UserError for whatever is missing, unreadable or taken; the message names the option to use.
 */
export const makePlan = async (chosen: Settings, start: 'now' | 'later' = 'now'): Promise<ServerPlan> => {
  checkApplicationExists(chosen);
  const identity = await resolveIdentity(chosen);
  const port =
    start === 'now' || chosen.port === 0 ? await choosePort(chosen.port, chosen.host) : chosen.port;
  if (start === 'now' && chosen.tls) await choosePort(chosen.tls.port, chosen.host);
  const runtime = await findRuntime(chosen);
  const settings = await withDjangoProject(chosen, runtime.python);
  if (start === 'now' && settings.serverRoot)
    checkServerRootFree(pidFileOf(settings, settings.serverRoot), runtime.httpd);
  checkReadable(settings, runtime.python, identity);
  await checkPackages(settings, runtime.python);
  checkNamedFiles(settings, identity);
  await checkServiceAccounts(settings.services);
  if (settings.interpreter.freeThreading) checkFreeThreaded(runtime.python);
  const modulesDirectory = settings.modulesDirectory ?? runtime.httpd.modulesDirectory;
  if (!modulesDirectory) throw noModulesDirectory(runtime.httpd);
  const features = await readModuleFeatures(runtime.module);
  const mode =
    settings.debugMode || settings.processes.embedded || !features.daemonMode ? 'embedded' : 'daemon';
  const mpm = chooseMpm(settings.mpms, runtime.httpd, modulesDirectory);
  const siteName = `${settings.host ?? 'localhost'}:${port}`;
  if (settings.interpreter.locale) await checkLocale(settings.interpreter.locale);
  const missingLocale = settings.interpreter.locale ? undefined : await missingLocaleOf(process.env);
  const remarks = [
    ...optionsWithoutEffect({ settings, features, mode, runtime, mpm }),
    ...(missingLocale
      ? [`The locale ${missingLocale} of the environment is not installed: the application runs in C.UTF-8.`]
      : []),
  ];
  for (const remark of remarks) process.stderr.write(`mod_wsgi-express: ${remark}\n`);
  return {
    settings,
    runtime,
    features,
    mode,
    processGroup: mode === 'daemon' ? (settings.processes.group ?? siteName) : '%{GLOBAL}',
    siteName,
    modulesDirectory,
    mpm,
    identity,
    port,
    mimeTypes: findMimeTypes(settings),
    rotatelogs: findRotatelogs(settings, runtime.httpd),
    locale: settings.interpreter.locale ?? (missingLocale ? 'C.UTF-8' : undefined),
    // Later it is apachectl that runs the script.
    scriptVariables:
      start === 'now' && settings.environment.script
        ? await readEnvironmentScript(settings.environment.script)
        : {},
    coverageDirectory: settings.coverage
      ? (settings.coverageDirectory ?? kept(settings, 'htmlcov'))
      : undefined,
    profiler: settings.profiler ? profilerFiles(settings) : undefined,
    recorderDirectory: settings.recorder
      ? (settings.recorderDirectory ?? kept(settings, 'archive'))
      : undefined,
  };
};

const findRuntime = (settings: Settings): Promise<ResolvedModule> =>
  resolveModule({
    runtime: 'auto',
    cwd: settings.workingDirectory,
    ...(settings.python ? { python: settings.python } : {}),
    ...(settings.modulePath ? { modulePath: settings.modulePath } : {}),
    ...(settings.httpdExecutable ? { httpd: settings.httpdExecutable } : {}),
    onOutput: (text) => process.stderr.write(text),
  });

/** Where a directory of results lies by default: in a temporary server root they would vanish with it. */
const kept = (settings: Settings, name: string): string =>
  path.join(settings.serverRoot ?? settings.workingDirectory, name);

const profilerFiles = (settings: Settings): ProfilerFiles => {
  const directory = settings.profilerDirectory ?? kept(settings, 'pstats');
  return { directory, file: settings.profilerOutputFile ?? path.join(directory, 'pstats.dat') };
};

/** The error for an Apache whose modules were not found. */
export const noModulesDirectory = (httpd: Httpd): UserError =>
  new UserError({
    code: 'apache-modules-missing',
    message: `The directory of the modules of ${httpd.executable} was not found.`,
    action: 'Name it with --modules-directory; it holds mod_authz_core.so.',
  });
