import path from 'node:path';
import type { ServerPlan } from '../plan';
import type { ServerRootLayout } from './layout';

/** What express/python/handler.py reads: the application, and what to put around it, by the module that does it. */
export const handlerSettings = (plan: ServerPlan, layout: ServerRootLayout) => {
  const { settings, coverageDirectory, profiler, recorderDirectory } = plan;
  const { application, workingDirectory, newRelic } = settings;
  const scriptFolder = application.type === 'script' ? [path.dirname(application.entry)] : [];
  return {
    application: { ...application },
    working_directory: workingDirectory,
    reloader: reloader(plan, layout),
    debugger: settings.debugger ? { startup: settings.debuggerStartup } : null,
    measurement: coverageDirectory
      ? { directory: coverageDirectory, source: [...new Set([workingDirectory, ...scriptFolder])] }
      : null,
    profiler: profiler ? { ...profiler } : null,
    recorder: recorderDirectory ? { directory: recorderDirectory } : null,
    new_relic: newRelic
      ? { configFile: newRelic.configFile, environment: newRelic.environment ?? null }
      : null,
  };
};

/**
 * What express/python/reloader.py watches. Apache itself sees to a changed script only where it is mounted itself; in
 * embedded mode nobody but Apache could replace the process, and a script alone is not worth that.
 */
const reloader = ({ settings, mode }: ServerPlan, { reloadPipe }: ServerRootLayout) => {
  const { type, entry } = settings.application;
  if (settings.reloadsOnChanges) return { pipe: reloadPipe ?? null, files: null };
  return settings.reloadsScript && mode === 'daemon' && type === 'script'
    ? { pipe: null, files: [entry] }
    : null;
};
