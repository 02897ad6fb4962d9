import { existsSync } from 'node:fs';
import path from 'node:path';
import { type ExpressOptionName, expressOptions, findExpressOption } from '../../common/src/express-options';
import type { ParsedArguments } from './command-line/parse';
import { UsageError } from './command-line/usage-error';

/** The application, as the command line names it. */
export interface ApplicationSettings {
  readonly type: 'script' | 'module';
  /** The absolute path of the script, or the dotted name of the module. */
  readonly entry: string;
  readonly callable: string;
}

/** New Relic's agent: its configuration file, and the section of it. */
export interface NewRelicSettings {
  readonly configFile: string;
  readonly environment: string | undefined;
}

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
}

/** Typed access to the parsed options; the table is where names, types and defaults come from. */
const reader = ({ values }: ParsedArguments, cwd: string) => {
  const value = (name: ExpressOptionName) => values.get(name) ?? findExpressOption(name)?.default;
  return {
    flag: (name: ExpressOptionName): boolean => value(name) === true,
    text: (name: ExpressOptionName): string | undefined => {
      const found = value(name);
      return found === undefined ? undefined : String(found);
    },
    number: (name: ExpressOptionName): number => Number(value(name)),
    list: (name: ExpressOptionName): readonly string[] => {
      const found = value(name);
      return Array.isArray(found) ? found : [];
    },
    path: (name: ExpressOptionName): string | undefined => {
      const found = value(name);
      return found === undefined ? undefined : path.resolve(cwd, String(found));
    },
  };
};

/**
 * Makes settings from a parsed command line; relative paths count from `cwd`.
 *
 * @throws UsageError for a missing or superfluous application, or a callable that is no name.
 */
export const readSettings = (parsed: ParsedArguments, cwd: string): Settings => {
  const options = reader(parsed, cwd);
  const workingDirectory = options.path('working-directory') ?? path.resolve(cwd);
  const debuggerStartup = options.flag('debugger-startup');
  const debuggerOn = options.flag('enable-debugger') || debuggerStartup;
  const coverage = options.flag('enable-coverage');
  const profiler = options.flag('enable-profiler');
  const recorder = options.flag('enable-recorder');
  const debugMode = options.flag('debug-mode') || debuggerOn || coverage || profiler || recorder;
  const python = options.text('python');
  return {
    application: readApplication(
      parsed,
      options.text('application-type') === 'module' ? 'module' : 'script',
      cwd,
    ),
    workingDirectory,
    // A bare name such as python3.12 is looked up on PATH; only paths are made absolute.
    python: python?.includes('/') ? path.resolve(cwd, python) : python,
    pythonPath: options.list('python-path').map((folder) => path.resolve(cwd, folder)),
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
    mpms: readMpms(options.list('server-mpm'), debugMode),
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
    newRelic: readNewRelic(options.path('newrelic-config-file'), options.text('newrelic-environment')),
    logToTerminal: options.flag('log-to-terminal'),
    logDirectory: options.path('log-directory'),
    logLevel: options.text('log-level') ?? 'warn',
    accessLog: options.flag('access-log'),
  };
};

const readNewRelic = (
  configFile: string | undefined,
  environment: string | undefined,
): NewRelicSettings | undefined => {
  if (configFile) return { configFile, environment };
  if (environment === undefined) return undefined;
  throw new UsageError({
    code: 'newrelic-config-missing',
    message: '--newrelic-environment names a section of a file, and the command line names no file.',
    action: 'Add --newrelic-config-file, or leave --newrelic-environment out.',
  });
};

const readApplication = (
  { positionals, values }: ParsedArguments,
  type: ApplicationSettings['type'],
  cwd: string,
): ApplicationSettings => {
  const [entry, superfluous] = positionals;
  if (entry === undefined)
    throw new UsageError({
      code: 'application-missing',
      message: 'The command line names no application.',
      action: 'Give the path of the WSGI script, or --application-type=module and the name of the module.',
    });
  if (superfluous !== undefined)
    throw new UsageError({
      code: 'argument-superfluous',
      message: `${JSON.stringify(superfluous)} is one word too many: the application is ${JSON.stringify(entry)}.`,
      action: 'Give one script or module; values of options follow their option.',
    });
  const callable = String(values.get('callable-object') ?? defaultCallable);
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(callable)) throw notAName('--callable-object', callable);
  if (type === 'script') return { type, entry: path.resolve(cwd, entry), callable };
  if (!/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(entry)) throw notAModule(entry, cwd);
  return { type, entry, callable };
};

const defaultCallable = expressOptions.find((option) => option.name === 'callable-object')?.default;

const notAName = (option: string, value: string): UsageError =>
  new UsageError({
    code: 'option-value',
    message: `The option ${option} does not accept ${JSON.stringify(value)}.`,
    action: 'It takes the name of a variable in the script or module, such as application.',
  });

const notAModule = (entry: string, cwd: string): UsageError =>
  new UsageError({
    code: 'option-value',
    message: `${JSON.stringify(entry)} is not the name of a Python module.`,
    action: existsSync(path.resolve(cwd, entry))
      ? 'It is a file: leave --application-type=module out.'
      : 'Write a dotted name such as mysite.wsgi.',
  });

/** Prefork comes first in debug mode: there a request runs on Python's main thread, which is the one that is traced. */
const readMpms = (chosen: readonly string[], debugMode: boolean): readonly Mpm[] => {
  if (chosen.length > 0) return chosen as readonly Mpm[];
  return debugMode ? ['prefork', 'worker'] : ['event', 'worker', 'prefork'];
};
