import path from 'node:path';
import type { LogTarget, ServerPlan } from '../plan';
import type { Settings } from '../settings';

/** Where everything is in a server root. */
export interface ServerRootLayout {
  readonly folder: string;
  /** The folder was made for this run, and goes with it. */
  readonly isTemporary: boolean;
  readonly configuration: string;
  readonly pidFile: string;
  /** What `/` is mounted on: the user's script itself where nothing has to be wrapped, else our handler. */
  readonly mount: { readonly script: string; readonly callable: string };
  /** Folder of the handler and its Python files; undefined where the user's script is mounted itself. */
  readonly handlerFolder: string | undefined;
  readonly errorLog: LogTarget;
  readonly accessLog: LogTarget | undefined;
  /** The files that Apache opens as logs. For a terminal target these are named pipes that the launcher reads. */
  readonly errorLogFile: string;
  readonly accessLogFile: string | undefined;
}

/** The file with Apache's process id, for a server root. */
export const pidFileOf = ({ pidFile }: Settings, folder: string): string =>
  pidFile ?? path.join(folder, 'httpd.pid');

/** The user's script is mounted itself unless something has to be wrapped around it, or it is a module. */
const needsHandler = ({ settings }: ServerPlan): boolean =>
  settings.application.type === 'module' ||
  settings.debugger ||
  settings.coverage ||
  settings.profiler ||
  settings.recorder ||
  settings.newRelic !== undefined;

/**
 * A log goes to the directory chosen for logs, else to the terminal where that is asked for or where the server root is
 * temporary (the log would go with it), else into the server root.
 */
const logTarget = (plan: ServerPlan, folder: string, isTemporary: boolean, name: string): LogTarget => {
  const { logDirectory, logToTerminal } = plan.settings;
  if (logDirectory) return { kind: 'file', file: path.join(logDirectory, name) };
  if (logToTerminal || isTemporary) return { kind: 'terminal' };
  return { kind: 'file', file: path.join(folder, name) };
};

/** Decides where everything is; touches nothing. */
export const layOut = (plan: ServerPlan, folder: string, isTemporary: boolean): ServerRootLayout => {
  const { settings } = plan;
  const target = (name: string) => logTarget(plan, folder, isTemporary, name);
  const file = (log: LogTarget, name: string) =>
    log.kind === 'file' ? log.file : path.join(folder, `${name}.pipe`);
  const errorLog = target('error_log');
  const accessLog = settings.accessLog ? target('access_log') : undefined;
  const handlerFolder = needsHandler(plan) ? path.join(folder, 'handler') : undefined;
  return {
    folder,
    isTemporary,
    configuration: path.join(folder, 'httpd.conf'),
    pidFile: pidFileOf(settings, folder),
    mount: handlerFolder
      ? { script: path.join(handlerFolder, 'handler.wsgi'), callable: 'application' }
      : { script: settings.application.entry, callable: settings.application.callable },
    handlerFolder,
    errorLog,
    accessLog,
    errorLogFile: file(errorLog, 'error_log'),
    accessLogFile: accessLog && file(accessLog, 'access_log'),
  };
};
