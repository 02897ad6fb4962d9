import type { ExpressOptionName } from '../../../common/src/express-options';
import { UsageError } from '../command-line/usage-error';
import { checkForm, type OptionReader } from './option-reader';

/** Options of the launcher that are numbers of WSGIDaemonProcess, and the names that they have there. */
export const DAEMON_NUMBERS = {
  'maximum-requests': 'maximum-requests',
  'restart-interval': 'restart-interval',
  'cpu-time-limit': 'cpu-time-limit',
  'daemon-backlog': 'listen-backlog',
  'startup-timeout': 'startup-timeout',
  'shutdown-timeout': 'shutdown-timeout',
  'graceful-timeout': 'graceful-timeout',
  'eviction-timeout': 'eviction-timeout',
  'deadlock-timeout': 'deadlock-timeout',
  'inactivity-timeout': 'inactivity-timeout',
  'request-timeout': 'request-timeout',
  'interrupt-timeout': 'interrupt-timeout',
  'connect-timeout': 'connect-timeout',
  'socket-timeout': 'socket-timeout',
  'queue-timeout': 'queue-timeout',
  'response-socket-timeout': 'response-socket-timeout',
  'response-flush-delay': 'response-flush-delay',
  'send-buffer-size': 'send-buffer-size',
  'receive-buffer-size': 'receive-buffer-size',
  'header-buffer-size': 'header-buffer-size',
  'response-buffer-size': 'response-buffer-size',
} as const satisfies Partial<Record<ExpressOptionName, string>>;

export type DaemonNumber = keyof typeof DAEMON_NUMBERS;

/** The processes of the application, and of Apache in front of them. */
export interface ProcessSettings {
  /** Undefined: one, and the application is told that it is the only one. */
  readonly count: number | undefined;
  readonly embedded: boolean;
  readonly group: string | undefined;
  readonly maxClients: number | undefined;
  /** Parts of maxClients, from 0 to 1. */
  readonly initial: number | undefined;
  readonly minimumSpare: number | undefined;
  readonly maximumSpare: number | undefined;
  readonly numbers: Readonly<Record<DaemonNumber, number>>;
  readonly socketPrefix: string | undefined;
  /** URLs whose requests do not keep a process busy. */
  readonly ignoreActivity: readonly string[];
  readonly name: string | undefined;
}

export const readProcesses = (options: OptionReader): ProcessSettings => ({
  count: options.optionalNumber('processes'),
  embedded: options.flag('embedded-mode'),
  group: options.text('process-group'),
  maxClients: options.optionalNumber('max-clients'),
  initial: options.optionalNumber('initial-workers'),
  minimumSpare: options.optionalNumber('minimum-spare-workers'),
  maximumSpare: options.optionalNumber('maximum-spare-workers'),
  numbers: Object.fromEntries(
    (Object.keys(DAEMON_NUMBERS) as DaemonNumber[]).map((name) => [name, options.number(name)]),
  ) as Record<DaemonNumber, number>,
  socketPrefix: options.path('socket-prefix'),
  ignoreActivity: options
    .list('ignore-activity')
    .map((url) => checkForm('ignore-activity', url, /^\//, 'the path of a URL, which begins with a slash')),
  name: options.text('process-name'),
});

/** How Python is set up. */
export interface InterpreterSettings {
  readonly eggs: string | undefined;
  readonly warnings: readonly string[];
  readonly switchInterval: number | undefined;
  readonly freeThreading: boolean;
  /** Python is not taken down at the end. */
  readonly orphaned: boolean;
  readonly locale: string | undefined;
}

export const readInterpreter = (options: OptionReader): InterpreterSettings => {
  const locale = options.text('locale');
  return {
    eggs: options.path('python-eggs'),
    warnings: options.list('python-warnings'),
    switchInterval: options.optionalNumber('switch-interval'),
    freeThreading: options.flag('free-threading'),
    orphaned: options.flag('orphan-interpreter'),
    locale: locale && checkForm('locale', locale, /^[\w.@-]+$/, 'the name of a locale such as C.UTF-8'),
  };
};

/** Variables. */
export interface EnvironmentSettings {
  readonly set: readonly { readonly name: string; readonly value: string }[];
  readonly pass: readonly string[];
  /** A shell script that sets more of them for Apache and the application. */
  readonly script: string | undefined;
}

const VARIABLE = /^[A-Za-z_][\w.-]*$/;

export const readEnvironment = (options: OptionReader): EnvironmentSettings => ({
  set: options.pairs('setenv').map(([name, value]) => ({
    name: checkForm('setenv', name, VARIABLE, 'the name of a variable, and its value'),
    value,
  })),
  pass: options.list('passenv').map((name) => checkForm('passenv', name, VARIABLE, 'the name of a variable')),
  script: options.path('envvars-script'),
});

/** A script that runs beside the application. */
export interface ServiceSettings {
  readonly name: string;
  readonly script: string;
  readonly user: string | undefined;
  readonly group: string | undefined;
  /** A file name in the log directory. */
  readonly logFile: string | undefined;
}

export const readServices = (options: OptionReader): readonly ServiceSettings[] => {
  const scripts = options.pairs('service-script');
  const of = (option: ExpressOptionName) => {
    const values = new Map(options.pairs(option));
    const unknown = [...values.keys()].find((name) => !scripts.some(([service]) => service === name));
    if (unknown !== undefined) throw serviceUnknown(option, unknown);
    return values;
  };
  const users = of('service-user');
  const groups = of('service-group');
  const logs = of('service-log-file');
  return scripts.map(([name, script]) => ({
    name: checkForm(
      'service-script',
      name,
      /^[\w.-]+$/,
      'a name of letters, digits, dots and hyphens, and a script',
    ),
    script: options.resolve(script),
    user: users.get(name),
    group: groups.get(name),
    logFile: readFileName('service-log-file', logs.get(name)),
  }));
};

const serviceUnknown = (option: string, name: string): UsageError =>
  new UsageError({
    code: 'service-unknown',
    message: `The option --${option} names the service ${JSON.stringify(name)}, and there is none of that name.`,
    action: `Add --service-script ${name} SCRIPT, or correct the name.`,
  });

const readFileName = (option: ExpressOptionName, name: string | undefined): string | undefined =>
  name && checkForm(option, name, /^[^/]+$/, 'a file name; --log-directory chooses where it is');

/** What the logs are called and look like. */
export interface LoggingSettings {
  readonly errorLogName: string;
  /** In the notation of Apache's core; undefined: its own. */
  readonly errorLogFormat: string | undefined;
  readonly accessLogName: string;
  /** `common`, `combined` or a format in the notation of mod_log_config. */
  readonly accessLogFormat: string;
  /** Undefined: none is written. */
  readonly startupLogName: string | undefined;
  /** Undefined: log files are not rotated. */
  readonly rotation: { readonly megabytes: number; readonly program: string | undefined } | undefined;
}

export const readLogging = (options: OptionReader): LoggingSettings => ({
  errorLogName: readFileName('error-log-name', options.text('error-log-name')) ?? '',
  errorLogFormat: options.text('error-log-format'),
  accessLogName: readFileName('access-log-name', options.text('access-log-name')) ?? '',
  accessLogFormat: options.text('access-log-format') ?? 'common',
  startupLogName: options.flag('startup-log')
    ? readFileName('startup-log-name', options.text('startup-log-name'))
    : undefined,
  rotation: options.flag('rotate-logs')
    ? { megabytes: options.number('max-log-size'), program: options.path('rotatelogs-executable') }
    : undefined,
});
