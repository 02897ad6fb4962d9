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
  /** The directory of files for URLs that nothing else answers, where the user names none. */
  readonly documentRoot: string;
  /** What `/` is mounted on: the user's script itself where nothing has to be wrapped, else our handler. */
  readonly mount: { readonly script: string; readonly callable: string };
  /** Folder of the handler and its Python files; undefined where the user's script is mounted itself. */
  readonly handlerFolder: string | undefined;
  readonly errorLog: LogTarget;
  readonly accessLog: LogTarget | undefined;
  /** The files that Apache opens as logs. For a terminal target these are named pipes that the launcher reads. */
  readonly errorLogFile: string;
  /** File for what Apache says before its error log is open; undefined: its standard error. */
  readonly startupLogFile: string | undefined;
  readonly accessLogFile: string | undefined;
  /** The named pipe with a line for each request, from which the launcher makes lines for people. */
  readonly requestLinePipe: string | undefined;
  /** The named pipe in which processes of the application report a changed file to the launcher. */
  readonly reloadPipe: string | undefined;
}

/** Who runs the server: this launcher, or `apachectl`, without it. */
export type Runner = 'launcher' | 'apachectl';

/** The file with Apache's process id, for a server root. */
export const pidFileOf = ({ pidFile }: Settings, folder: string): string =>
  pidFile ?? path.join(folder, 'httpd.pid');

/**
 * The user's script is mounted itself unless something has to be wrapped around it, or it is a module; or the Apache
 * that runs in the background has left the working directory.
 */
const needsHandler = ({ settings }: ServerPlan, runner: Runner): boolean =>
  settings.application.type !== 'static' &&
  (runner === 'apachectl' ||
    settings.application.type !== 'script' ||
    settings.reloadsOnChanges ||
    settings.debugger ||
    settings.coverage ||
    settings.profiler ||
    settings.recorder ||
    settings.newRelic !== undefined);

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

/** On a terminal Apache's first words are there already. */
const startupLogFile = (target: (name: string) => LogTarget, { logging }: Settings): string | undefined => {
  const log = logging.startupLogName === undefined ? undefined : target(logging.startupLogName);
  return log?.kind === 'file' ? log.file : undefined;
};

/** What a log for the terminal is written to: a pipe that the launcher reads, or the terminal of `apachectl`. */
const terminalFile = (folder: string, runner: Runner, name: 'error_log' | 'access_log'): string => {
  if (runner === 'launcher') return path.join(folder, `${name}.pipe`);
  return name === 'error_log' ? '/dev/stderr' : '/dev/stdout';
};

/** Decides where everything is; touches nothing. A folder that was not chosen by the user is temporary. */
export const layOut = (
  plan: ServerPlan,
  folder: string,
  runner: Runner,
  showsRequestLines = false,
): ServerRootLayout => {
  const { settings } = plan;
  const isTemporary = settings.serverRoot === undefined;
  const target = (name: string) => logTarget(plan, folder, isTemporary, name);
  const file = (log: LogTarget, name: 'error_log' | 'access_log') =>
    log.kind === 'file' ? log.file : terminalFile(folder, runner, name);
  const errorLog = target(settings.logging.errorLogName);
  const accessLog = settings.accessLog ? target(settings.logging.accessLogName) : undefined;
  const handlerFolder = needsHandler(plan, runner) ? path.join(folder, 'handler') : undefined;
  return {
    folder,
    isTemporary,
    configuration: path.join(folder, 'httpd.conf'),
    pidFile: pidFileOf(settings, folder),
    documentRoot: path.join(folder, 'htdocs'),
    mount: handlerFolder
      ? { script: path.join(handlerFolder, 'handler.wsgi'), callable: 'application' }
      : { script: settings.application.entry, callable: settings.application.callable },
    handlerFolder,
    errorLog,
    accessLog,
    startupLogFile: startupLogFile(target, settings),
    errorLogFile: file(errorLog, 'error_log'),
    accessLogFile: accessLog && file(accessLog, 'access_log'),
    requestLinePipe: showsRequestLines ? path.join(folder, 'request_lines.pipe') : undefined,
    reloadPipe:
      settings.reloadsOnChanges && runner === 'launcher' ? path.join(folder, 'reload.pipe') : undefined,
  };
};
