import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ExpressOptionName } from '../../../common/src/express-options';
import type { ParsedArguments } from '../command-line/parse';
import { UsageError } from '../command-line/usage-error';
import { checkForm, type OptionReader, optionReader } from './option-reader';
import {
  type EnvironmentSettings,
  type InterpreterSettings,
  type LoggingSettings,
  type ProcessSettings,
  readEnvironment,
  readInterpreter,
  readLogging,
  readProcesses,
  readServices,
  type ServiceSettings,
} from './running';
import {
  type AccessSettings,
  type ProxySettings,
  type RequestSettings,
  readAccess,
  readProxy,
  readRequests,
  readSite,
  readStatic,
  readTls,
  type SiteSettings,
  type StaticSettings,
  type TlsSettings,
} from './serving';

/** The application, as the command line names it. */
export interface ApplicationSettings {
  readonly type: 'script' | 'module' | 'paste' | 'static';
  /** The absolute path of the script or PasteDeploy file, the dotted name of the module, or the document root. */
  readonly entry: string;
  readonly callable: string;
  /** The URL path that belongs to it. */
  readonly mountPoint: string;
  /** The command line names none, and there is a Django project: its settings say what the application is. */
  readonly isDjangoProject: boolean;
  /** The interpreter that runs it, as httpd's configuration names it. */
  readonly interpreter: string;
}

/** New Relic's agent: its configuration file, and the section of it. */
export interface NewRelicSettings {
  readonly configFile: string;
  readonly environment: string | undefined;
}

export type { LoggingSettings, ProcessSettings, ServiceSettings } from './running';
export type {
  AccessSettings,
  ProxySettings,
  RequestSettings,
  SiteSettings,
  StaticSettings,
  TlsSettings,
} from './serving';

export type Mpm = 'event' | 'worker' | 'prefork';

/** What the user asked for, with defaults filled in and paths made absolute. Nothing here was looked up on the machine. */
export interface Settings {
  readonly application: ApplicationSettings;
  readonly workingDirectory: string;
  readonly python: string | undefined;
  readonly pythonPath: readonly string[];
  readonly host: string | undefined;
  /** 0 means any free one. */
  readonly port: number;
  readonly threads: number;
  readonly user: string | undefined;
  readonly group: string | undefined;
  /** Undefined: a temporary folder. */
  readonly serverRoot: string | undefined;
  readonly pidFile: string | undefined;
  readonly httpdExecutable: string | undefined;
  readonly modulesDirectory: string | undefined;
  readonly modulePath: string | undefined;
  /** In the order of preference. */
  readonly mpms: readonly Mpm[];
  readonly debugMode: boolean;
  readonly debugger: boolean;
  readonly debuggerStartup: boolean;
  readonly coverage: boolean;
  readonly coverageDirectory: string | undefined;
  readonly profiler: boolean;
  readonly profilerDirectory: string | undefined;
  readonly profilerOutputFile: string | undefined;
  readonly recorder: boolean;
  readonly recorderDirectory: string | undefined;
  readonly newRelic: NewRelicSettings | undefined;
  readonly logToTerminal: boolean;
  readonly logDirectory: string | undefined;
  readonly logLevel: string;
  readonly accessLog: boolean;
  readonly site: SiteSettings;
  readonly tls: TlsSettings | undefined;
  readonly requests: RequestSettings;
  readonly files: StaticSettings;
  readonly access: AccessSettings;
  readonly proxy: ProxySettings;
  readonly processes: ProcessSettings;
  readonly interpreter: InterpreterSettings;
  readonly environment: EnvironmentSettings;
  readonly services: readonly ServiceSettings[];
  readonly logging: LoggingSettings;
  readonly serverStatus: boolean;
  readonly serverMetrics: boolean;
  readonly includeFiles: readonly string[];
  /** A script whose file has changed is loaded again. */
  readonly reloadsScript: boolean;
  /** Processes are replaced when a file of an imported module has changed. */
  readonly reloadsOnChanges: boolean;
  /** The shell of the generated apachectl. */
  readonly shell: string | undefined;
  /** The server root is written, and no server started. */
  readonly setupOnly: boolean;
  /** The options that the command line names, whatever their value. */
  readonly given: ReadonlySet<ExpressOptionName>;
}

/**
 * Makes settings from a parsed command line; relative paths count from `cwd`.
 *
 * @throws UsageError for a missing or superfluous application, or a callable that is no name.
 */
export const readSettings = (parsed: ParsedArguments, cwd: string): Settings => {
  const options = optionReader(parsed, cwd);
  const given = new Set([...parsed.values.keys()] as ExpressOptionName[]);
  const workingDirectory = options.path('working-directory') ?? path.resolve(cwd);
  const debuggerStartup = options.flag('debugger-startup');
  const debuggerOn = options.flag('enable-debugger') || debuggerStartup;
  const coverage = options.flag('enable-coverage');
  const profiler = options.flag('enable-profiler');
  const recorder = options.flag('enable-recorder');
  const debugMode = options.flag('debug-mode') || debuggerOn || coverage || profiler || recorder;
  const python = options.text('python');
  return {
    application: readApplication(parsed.positionals, options, workingDirectory),
    workingDirectory,
    // A bare name such as python3.12 is looked up on PATH; only paths are made absolute.
    python: python?.includes('/') ? path.resolve(cwd, python) : python,
    pythonPath: options.paths('python-path'),
    host: options.text('host'),
    port: options.number('port'),
    threads: options.number('threads'),
    user: options.text('user'),
    group: options.text('group'),
    serverRoot: options.path('server-root'),
    pidFile: options.path('pid-file'),
    httpdExecutable: options.path('httpd-executable'),
    modulesDirectory: options.path('modules-directory'),
    modulePath: options.path('module-path'),
    mpms: readMpms(options.list('server-mpm'), debugMode, options.flag('http2')),
    debugMode,
    debugger: debuggerOn,
    debuggerStartup,
    coverage,
    coverageDirectory: options.path('coverage-directory'),
    profiler,
    profilerDirectory: options.path('profiler-directory'),
    profilerOutputFile: options.path('profiler-output-file'),
    recorder,
    recorderDirectory: options.path('recorder-directory'),
    newRelic: readNewRelic(options),
    logToTerminal: options.flag('log-to-terminal'),
    logDirectory: options.path('log-directory'),
    logLevel: options.text('log-level') ?? 'warn',
    accessLog: options.flag('access-log'),
    site: readSite(options),
    tls: readTls(options),
    requests: readRequests(options, (name) => given.has(name as ExpressOptionName)),
    files: readStatic(options),
    access: readAccess(options),
    proxy: readProxy(options),
    processes: readProcesses(options),
    interpreter: readInterpreter(options),
    environment: readEnvironment(options),
    services: readServices(options),
    logging: readLogging(options),
    serverStatus: options.flag('server-status'),
    serverMetrics: options.flag('server-metrics'),
    includeFiles: options.paths('include-file'),
    reloadsScript: !(options.flag('disable-reloading') || options.flag('embedded-mode') || debugMode),
    reloadsOnChanges: options.flag('reload-on-changes') && !options.flag('disable-reloading') && !debugMode,
    shell: readShell(options),
    setupOnly: options.flag('setup-only'),
    given,
  };
};

/** It stands in the first line of a script: the system takes what follows a space for an argument, and a line end for the end. */
const readShell = (options: OptionReader): string | undefined => {
  const shell = options.path('shell-executable');
  return shell && checkForm('shell-executable', shell, /^\S{1,120}$/, 'the path of a shell, without spaces');
};

const readNewRelic = (options: OptionReader): NewRelicSettings | undefined => {
  const configFile = options.path('newrelic-config-file');
  const environment = options.text('newrelic-environment');
  if (configFile) return { configFile, environment };
  if (environment === undefined && !options.flag('with-newrelic')) return undefined;
  throw new UsageError({
    code: 'newrelic-config-missing',
    message: "New Relic's agent needs a configuration file, and the command line names none.",
    action: 'Add --newrelic-config-file, or leave the options of New Relic out.',
  });
};

const readApplication = (
  positionals: readonly string[],
  options: OptionReader,
  workingDirectory: string,
): ApplicationSettings => {
  const type = options.text('application-type') as ApplicationSettings['type'];
  const [positional, superfluous] = positionals;
  const given = options.text('entry-point') ?? positional ?? (type === 'static' ? '' : undefined);
  const isDjangoProject = given === undefined && existsSync(path.join(workingDirectory, 'manage.py'));
  const named = isDjangoProject ? 'manage' : given;
  if (named === undefined)
    throw new UsageError({
      code: 'application-missing',
      message: 'The command line names no application.',
      action: 'Give the path of the WSGI script, or --application-type=module and the name of the module.',
    });
  if (superfluous !== undefined || (type === 'static' && named !== ''))
    throw new UsageError({
      code: 'argument-superfluous',
      message: `${JSON.stringify(superfluous ?? named)} is one word too many: the application is ${
        type === 'static' ? 'static files' : JSON.stringify(named)
      }.`,
      action:
        type === 'static'
          ? 'Name the files with --document-root.'
          : 'Give one script or module; values of options follow their option.',
    });
  const callable = options.text('callable-object') ?? '';
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(callable)) throw notAName('--callable-object', callable);
  return {
    type: isDjangoProject ? 'module' : type,
    entry: readEntry(isDjangoProject ? 'module' : type, named, options),
    callable,
    isDjangoProject,
    mountPoint: `/${(options.text('mount-point') ?? '/').replace(/^\/+|\/+$/g, '')}`,
    interpreter: options.text('application-group') ?? '%{GLOBAL}',
  };
};

const readEntry = (type: ApplicationSettings['type'], named: string, options: OptionReader): string => {
  if (type === 'static') return readDocumentRoot(options);
  if (type !== 'module') return options.resolve(named);
  const file = options.resolve(named);
  const isName = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(named);
  // shop.py is the file, not the module py of a package shop.
  if (!isName || (named.endsWith('.py') && existsSync(file))) throw notAModule(named, file);
  return named;
};

const readDocumentRoot = (options: OptionReader): string => {
  const documentRoot = options.path('document-root');
  if (documentRoot) return documentRoot;
  throw new UsageError({
    code: 'document-root-missing',
    message: 'The application type static serves files, and the command line does not say which.',
    action: 'Add --document-root.',
  });
};

const notAName = (option: string, value: string): UsageError =>
  new UsageError({
    code: 'option-value',
    message: `The option ${option} does not accept ${JSON.stringify(value)}.`,
    action: 'It takes the name of a variable in the script or module, such as application.',
  });

const notAModule = (entry: string, asFile: string): UsageError =>
  new UsageError({
    code: 'option-value',
    message: `${JSON.stringify(entry)} is not the name of a Python module.`,
    action: existsSync(asFile)
      ? 'It is a file: leave --application-type=module out.'
      : 'Write a dotted name such as mysite.wsgi.',
  });

/**
 * The MPMs, the best first. Prefork in debug mode: there a request runs on Python's main thread, which is the one that is
 * traced. Worker otherwise: event hands a connection to another thread between two requests, which costs a fifth of a
 * small request's time (docs/benchmarks.md). Event for HTTP/2, whose connections stay open for long.
 */
const readMpms = (chosen: readonly string[], debugMode: boolean, http2: boolean): readonly Mpm[] => {
  if (chosen.length > 0) return chosen as readonly Mpm[];
  if (debugMode) return ['prefork', 'worker'];
  return http2 ? ['event', 'worker', 'prefork'] : ['worker', 'event', 'prefork'];
};
