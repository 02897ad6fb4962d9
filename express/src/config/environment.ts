import { urlHost } from '../../../common/src/addresses';
import { SUPERVISED } from '../../../common/src/supervised';
import type { ServerPlan } from '../plan';

/** Whether the environment says which characters a file name is made of. */
const hasLocale = (environment: NodeJS.ProcessEnv): boolean =>
  ['LC_ALL', 'LC_CTYPE', 'LANG'].some((name) => environment[name]);

/**
 * The environment that httpd and so the application gets: the launcher's own, without what would turn the embedded
 * Python into another one, and with the account's home where the account changes.
 */
export const serverEnvironment = (
  plan: ServerPlan,
  serverRoot: string,
  own: NodeJS.ProcessEnv,
): Record<string, string | undefined> => {
  const { settings, identity, port, scriptVariables, locale } = plan;
  const { PYTHONHOME: _home, PYTHONEXECUTABLE: _executable, [SUPERVISED]: _supervised, ...kept } = own;
  const { user, isSwitched } = identity;
  return {
    ...kept,
    ...(isSwitched ? { HOME: user.home, USER: user.name, LOGNAME: user.name } : {}),
    // Without a locale Python would take file names and output for ASCII.
    ...(hasLocale(own) ? {} : { LANG: 'C.UTF-8' }),
    ...(locale ? { LANG: locale, LC_ALL: locale } : {}),
    ...scriptVariables,
    MOD_WSGI_EXPRESS: 'true',
    MOD_WSGI_SERVER_ROOT: serverRoot,
    MOD_WSGI_SERVER_NAME: settings.site.name ?? urlHost(settings.host),
    ...(settings.site.aliases.length > 0 ? { MOD_WSGI_SERVER_ALIASES: settings.site.aliases.join(' ') } : {}),
    MOD_WSGI_LISTENER_HOST: settings.host ?? '',
    MOD_WSGI_HTTP_PORT: String(port),
    ...(settings.tls ? { MOD_WSGI_HTTPS_PORT: String(settings.tls.port) } : {}),
    MOD_WSGI_WORKING_DIRECTORY: settings.workingDirectory,
    MOD_WSGI_MODULES_DIRECTORY: plan.modulesDirectory,
    MOD_WSGI_USER: user.name,
    MOD_WSGI_GROUP: identity.group.name,
    MOD_WSGI_RELOADER_ENABLED: String(settings.reloadsOnChanges),
    MOD_WSGI_DEBUG_MODE: String(settings.debugMode),
    MOD_WSGI_DEBUGGER_ENABLED: String(settings.debugger),
    MOD_WSGI_COVERAGE_ENABLED: String(settings.coverage),
    MOD_WSGI_PROFILER_ENABLED: String(settings.profiler),
    MOD_WSGI_RECORDER_ENABLED: String(settings.recorder),
  };
};
