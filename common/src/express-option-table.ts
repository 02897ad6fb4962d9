/** What a value of an option is, and so how it is checked and written. */
export type ExpressOptionType = 'string' | 'int' | 'path' | 'flag' | 'choice';

/** The heading under which `--help` and the documentation show an option. */
export type ExpressOptionGroup =
  | 'application'
  | 'listener'
  | 'process'
  | 'files'
  | 'apache'
  | 'debugging'
  | 'logging';

/** One option of `mod_wsgi-express start-server`. */
export interface ExpressOption {
  /** The long flag without its dashes; upstream's name where upstream has the option. */
  readonly name: string;
  readonly type: ExpressOptionType;
  /** What stands for the value in `--help`; absent for flags. */
  readonly metavar?: string;
  /** The default as text, for readers. */
  readonly defaultText?: string;
  /** The default as a value, where it is a constant. */
  readonly default?: string | number;
  /** The accepted words of a `choice`. */
  readonly choices?: readonly string[];
  /** The accepted range of an `int`. */
  readonly range?: { readonly minimum: number; readonly maximum: number };
  /** May be given several times; every value counts. */
  readonly repeatable?: boolean;
  readonly group: ExpressOptionGroup;
  /** One or two sentences, as `--help` and the documentation show them. */
  readonly help: string;
  /** Whether upstream's launcher knows it too. */
  readonly origin: 'upstream' | 'ours';
}

const LOG_LEVELS = [
  ...['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'],
  ...Array.from({ length: 8 }, (_, level) => `trace${level + 1}`),
];

/** Every option of the launcher, in the order of `--help`. The parser, the help, the schema and the documentation read it. */
export const expressOptions = [
  {
    name: 'application-type',
    type: 'choice',
    metavar: 'TYPE',
    default: 'script',
    choices: ['script', 'module'],
    group: 'application',
    origin: 'upstream',
    help: 'How the application is given: as the path of a WSGI script, or as the name of a module to import.',
  },
  {
    name: 'callable-object',
    type: 'string',
    metavar: 'NAME',
    default: 'application',
    group: 'application',
    origin: 'upstream',
    help: 'Name of the WSGI application object inside the script or module.',
  },
  {
    name: 'working-directory',
    type: 'path',
    metavar: 'DIRECTORY',
    defaultText: 'the current directory',
    group: 'application',
    origin: 'upstream',
    help: 'Directory the application runs in; it also comes first on the module search path.',
  },
  {
    name: 'python',
    type: 'path',
    metavar: 'EXECUTABLE',
    defaultText: 'the active or the nearest virtual environment, else python3',
    group: 'application',
    origin: 'ours',
    help: 'Interpreter of the application, usually bin/python of a virtual environment: its version and its packages are used.',
  },
  {
    name: 'python-path',
    type: 'path',
    metavar: 'DIRECTORY',
    repeatable: true,
    group: 'application',
    origin: 'upstream',
    help: 'Directory to put on the module search path, in front of the installed packages. Files ending in .pth are honoured.',
  },
  {
    name: 'host',
    type: 'string',
    metavar: 'ADDRESS',
    defaultText: 'all addresses of the machine',
    group: 'listener',
    origin: 'upstream',
    help: 'Address or host name to listen on, for instance 127.0.0.1, ::1 or localhost; it also becomes the name of the server.',
  },
  {
    name: 'port',
    type: 'int',
    metavar: 'NUMBER',
    default: 8000,
    range: { minimum: 0, maximum: 65535 },
    group: 'listener',
    origin: 'upstream',
    help: 'Port to listen on; 0 takes any free one.',
  },
  {
    name: 'threads',
    type: 'int',
    metavar: 'NUMBER',
    default: 5,
    range: { minimum: 1, maximum: 1000 },
    group: 'process',
    origin: 'upstream',
    help: 'Requests that are handled at the same time; with the prefork MPM each takes a process of its own.',
  },
  {
    name: 'user',
    type: 'string',
    metavar: 'NAME',
    defaultText: 'the user who starts the server',
    group: 'process',
    origin: 'upstream',
    help: 'User the application runs as. Needed when root starts the server, and only root can use it.',
  },
  {
    name: 'group',
    type: 'string',
    metavar: 'NAME',
    defaultText: 'the primary group of the user',
    group: 'process',
    origin: 'upstream',
    help: 'Group the application runs as. Only root can use it.',
  },
  {
    name: 'server-root',
    type: 'path',
    metavar: 'DIRECTORY',
    defaultText: 'a fresh temporary folder, removed at the end',
    group: 'files',
    origin: 'upstream',
    help: 'Directory for the generated configuration and what the server writes. It is created where it is missing, and kept.',
  },
  {
    name: 'pid-file',
    type: 'path',
    metavar: 'FILE',
    defaultText: 'httpd.pid in the server root',
    group: 'files',
    origin: 'upstream',
    help: 'File in which Apache keeps its process id while it runs.',
  },
  {
    name: 'httpd-executable',
    type: 'path',
    metavar: 'FILE',
    defaultText: 'what apxs names, else httpd or apache2 on PATH',
    group: 'apache',
    origin: 'upstream',
    help: 'The Apache program.',
  },
  {
    name: 'modules-directory',
    type: 'path',
    metavar: 'DIRECTORY',
    defaultText: "the directory of Apache's own modules",
    group: 'apache',
    origin: 'upstream',
    help: 'Directory from which Apache modules are loaded.',
  },
  {
    name: 'module-path',
    type: 'path',
    metavar: 'FILE',
    defaultText: 'the bundled module, built for this Python and this Apache',
    group: 'apache',
    origin: 'ours',
    help: 'The mod_wsgi module (mod_wsgi.so) to load. It has to be linked to the library of the same Python.',
  },
  {
    name: 'server-mpm',
    type: 'choice',
    metavar: 'NAME',
    choices: ['event', 'worker', 'prefork'],
    repeatable: true,
    defaultText: 'event, or prefork in debug mode',
    group: 'apache',
    origin: 'upstream',
    help: 'How Apache divides its work: event and worker use threads, prefork uses processes. Given several times, the first that is installed is taken.',
  },
  {
    name: 'debug-mode',
    type: 'flag',
    group: 'debugging',
    origin: 'upstream',
    help: 'One process in the foreground, the application on its main thread (with prefork), standard input and output attached, no reloading.',
  },
  {
    name: 'enable-debugger',
    type: 'flag',
    group: 'debugging',
    origin: 'upstream',
    help: 'Opens pdb where an exception leaves the application. Implies --debug-mode.',
  },
  {
    name: 'debugger-startup',
    type: 'flag',
    group: 'debugging',
    origin: 'upstream',
    help: 'Opens pdb once more, after the application was loaded and before the first request; breakpoints set there stop requests. Implies --enable-debugger.',
  },
  {
    name: 'enable-coverage',
    type: 'flag',
    group: 'debugging',
    origin: 'upstream',
    help: 'Measures which lines run, requests included, and writes an HTML report when the server stops. Implies --debug-mode.',
  },
  {
    name: 'coverage-directory',
    type: 'path',
    metavar: 'DIRECTORY',
    defaultText: 'htmlcov in the server root, or in the working directory where the server root is temporary',
    group: 'debugging',
    origin: 'upstream',
    help: 'Directory of the coverage report and of its data file, .coverage; the user of the server has to be able to write there.',
  },
  {
    name: 'enable-profiler',
    type: 'flag',
    group: 'debugging',
    origin: 'upstream',
    help: 'Profiles the application with cProfile, requests included, and writes the profile when the server stops. Implies --debug-mode.',
  },
  {
    name: 'profiler-directory',
    type: 'path',
    metavar: 'DIRECTORY',
    defaultText: 'pstats in the server root, or in the working directory where the server root is temporary',
    group: 'debugging',
    origin: 'upstream',
    help: 'Directory that gets one profile per run, MICROSECONDS-PID.pstats; the user of the server has to be able to write there.',
  },
  {
    name: 'profiler-output-file',
    type: 'path',
    metavar: 'FILE',
    defaultText: 'pstats.dat in the directory of the profiles',
    group: 'debugging',
    origin: 'upstream',
    help: 'File that gets the last profile too, in place of the one before.',
  },
  {
    name: 'enable-recorder',
    type: 'flag',
    group: 'debugging',
    origin: 'upstream',
    help: 'Keeps every request, its response and its exception in files. Implies --debug-mode.',
  },
  {
    name: 'recorder-directory',
    type: 'path',
    metavar: 'DIRECTORY',
    defaultText: 'archive in the server root, or in the working directory where the server root is temporary',
    group: 'debugging',
    origin: 'upstream',
    help: 'Directory of the recordings; the user of the server has to be able to write there.',
  },
  {
    name: 'newrelic-config-file',
    type: 'path',
    metavar: 'FILE',
    group: 'debugging',
    origin: 'upstream',
    help: "Runs the application under New Relic's agent, with this configuration file. The variable NEW_RELIC_CONFIG_FILE is ignored.",
  },
  {
    name: 'newrelic-environment',
    type: 'string',
    metavar: 'NAME',
    group: 'debugging',
    origin: 'upstream',
    help: "Section of New Relic's configuration file to use. The variable NEW_RELIC_ENVIRONMENT is ignored.",
  },
  {
    name: 'log-to-terminal',
    type: 'flag',
    group: 'logging',
    origin: 'upstream',
    help: 'Error log on standard error, access log on standard output. This is the default while the server root is temporary.',
  },
  {
    name: 'log-directory',
    type: 'path',
    metavar: 'DIRECTORY',
    defaultText: 'the server root',
    group: 'logging',
    origin: 'upstream',
    help: 'Directory of the log files; wins over --log-to-terminal.',
  },
  {
    name: 'log-level',
    type: 'choice',
    metavar: 'LEVEL',
    default: 'warn',
    choices: LOG_LEVELS,
    group: 'logging',
    origin: 'upstream',
    help: 'Least severity that is written to the error log.',
  },
  {
    name: 'access-log',
    type: 'flag',
    group: 'logging',
    origin: 'upstream',
    help: 'Writes one line per request.',
  },
] as const satisfies readonly ExpressOption[];

/** The name of an option that exists. */
export type ExpressOptionName = (typeof expressOptions)[number]['name'];

/** The headings of the option groups, in the order in which they are shown. */
export const expressOptionGroups: Readonly<Record<ExpressOptionGroup, string>> = {
  application: 'Application',
  listener: 'Address',
  process: 'Process',
  files: 'Files',
  apache: 'Apache',
  debugging: 'Debugging',
  logging: 'Logging',
};

/** The default of an option as a reader sees it; undefined where there is none to speak of. */
export const defaultInWords = (option: ExpressOption): string | undefined =>
  option.defaultText ?? (option.default === undefined ? undefined : String(option.default));
