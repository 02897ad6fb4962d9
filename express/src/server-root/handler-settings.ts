import path from 'node:path';
import type { ServerPlan } from '../plan';
import type { ServerRootLayout } from './layout';

/** What express/python/handler.py reads: the application, and what to put around it, by the module that does it. */
export const handlerSettings = (
  { settings, coverageDirectory, profiler, recorderDirectory }: ServerPlan,
  { reloadPipe }: ServerRootLayout,
) => {
  const { application, workingDirectory, newRelic } = settings;
  const scriptFolder = application.type === 'script' ? [path.dirname(application.entry)] : [];
  return {
    application,
    working_directory: workingDirectory,
    reloader: settings.reloadsOnChanges ? { pipe: reloadPipe ?? null } : null,
    debugger: settings.debugger ? { startup: settings.debuggerStartup } : null,
    measurement: coverageDirectory
      ? { directory: coverageDirectory, source: [...new Set([workingDirectory, ...scriptFolder])] }
      : null,
    profiler: profiler ?? null,
    recorder: recorderDirectory ? { directory: recorderDirectory } : null,
    new_relic: newRelic
      ? { configFile: newRelic.configFile, environment: newRelic.environment ?? null }
      : null,
  };
};
