import { choice, file, flag, float, group, int, pair, seconds, text } from './option';

const LOG_LEVELS = [
  ...['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'],
  ...Array.from({ length: 8 }, (_, level) => `trace${level + 1}`),
];

const FRACTION = { range: { minimum: 0, maximum: 1 } };

/** The system and the modules refuse smaller buffers. */
const sizeFrom = (minimum: number) => ({ minimum, maximum: 999_999_999, orZero: true }) as const;

const GDB = 'a C debugger is attached from the editor or with gdb -p and the process id in the pid file';

/** In what the application runs, for how long, and what is told about it. */
export const runningOptions = [
  ...group('process', [
    int('processes', 'NUMBER', 'Processes that run the application. Naming 1 makes wsgi.multiprocess true.', {
      defaultText: '1',
      range: { minimum: 1, maximum: 1000 },
    }),
    int('threads', 'NUMBER', 'Requests that a process handles at the same time.', {
      default: 5,
      range: { minimum: 1, maximum: 1000 },
    }),
    flag(
      'embedded-mode',
      "Runs the application in Apache's own processes, as a module without daemon mode always does. Implies --disable-reloading.",
    ),
    text('process-group', 'NAME', 'Name of the process group of the application.', {
      defaultText: 'HOST:PORT',
    }),
    text(
      'user',
      'NAME',
      'User the application runs as. Needed when root starts the server, and only root can use it.',
      {
        defaultText: 'the user who starts the server',
      },
    ),
    text('group', 'NAME', 'Group the application runs as. Only root can use it.', {
      defaultText: 'the primary group of the user',
    }),
    int(
      'max-clients',
      'NUMBER',
      'Connections that Apache serves at once, in front of the processes of the application.',
      {
        defaultText: '10 + 1.5 × processes × threads, and 64 at least (event and prefork: 20)',
        range: { minimum: 1, maximum: 100_000 },
      },
    ),
    float('initial-workers', 'FRACTION', 'Part of --max-clients that is there from the start.', {
      ...FRACTION,
      defaultText: '0.2, with prefork 0.05',
    }),
    float('minimum-spare-workers', 'FRACTION', 'Part of --max-clients that is idle at least.', {
      ...FRACTION,
      defaultText: 'as --initial-workers',
    }),
    float('maximum-spare-workers', 'FRACTION', 'Part of --max-clients that is idle at most.', {
      ...FRACTION,
      defaultText: '0.6, with prefork 0.1',
    }),
    int('maximum-requests', 'NUMBER', 'A process is replaced after so many requests; 0 means never.', {
      default: 0,
    }),
    seconds('restart-interval', 0, 'A process is replaced after this time; 0 means never.'),
    seconds('cpu-time-limit', 0, 'A process is replaced after so much processor time; 0 means never.'),
    text('process-name', 'NAME', "Name of Apache's first process, as ps shows it."),
    int('daemon-backlog', 'NUMBER', 'Requests that wait for a process of the application.', { default: 100 }),
    int('send-buffer-size', 'BYTES', "Buffer of the socket towards the application; 0 is the system's.", {
      default: 0,
      range: sizeFrom(512),
    }),
    int('receive-buffer-size', 'BYTES', "Buffer of the socket from the application; 0 is the system's.", {
      default: 0,
      range: sizeFrom(512),
    }),
    int('header-buffer-size', 'BYTES', "Largest response header of the application; 0 is the module's.", {
      default: 0,
      range: sizeFrom(8192),
    }),
    int(
      'response-buffer-size',
      'BYTES',
      "Response data that Apache holds for a slow client; 0 is the module's.",
      {
        default: 0,
        range: sizeFrom(65536),
      },
    ),
    int(
      'response-flush-delay',
      'MILLISECONDS',
      'How long small pieces of a response are collected before they are sent.',
      {
        default: 5,
      },
    ),
    file(
      'socket-prefix',
      'DIRECTORY',
      'Directory of the sockets between Apache and the application; short, as a socket allows 107 bytes.',
      {
        defaultText: 'the server root',
      },
    ),
  ]),
  ...group('timeouts', [
    seconds(
      'startup-timeout',
      15,
      'Time to load the application, before its process is replaced; 0 means no limit.',
    ),
    seconds('shutdown-timeout', 5, 'Time for requests and exit functions when a process is to end.'),
    seconds(
      'graceful-timeout',
      15,
      'Time for requests when a process is replaced for --maximum-requests or the like.',
    ),
    seconds('eviction-timeout', 0, 'The same when SIGUSR1 asks for it; 0 is that of --graceful-timeout.'),
    seconds(
      'deadlock-timeout',
      60,
      "Time in which nobody gets Python's lock, before the process is replaced; 0 means no limit.",
    ),
    seconds(
      'inactivity-timeout',
      0,
      'A process without requests is replaced after this time; 0 means never.',
    ),
    text('ignore-activity', 'URL-PATH', 'URL whose requests do not count for --inactivity-timeout.', {
      repeatable: true,
    }),
    seconds(
      'request-timeout',
      60,
      'Time of a request, averaged over the threads, before the process is replaced; 0 means no limit.',
    ),
    seconds(
      'interrupt-timeout',
      0,
      'Time after which a request that takes too long gets an exception first; 0 means never.',
    ),
    seconds('connect-timeout', 15, 'Time for a process of the application to accept a request.'),
    seconds('socket-timeout', 60, 'Time without a byte on a connection.'),
    seconds('queue-timeout', 45, 'A request that has waited so long is answered with 504; 0 means no limit.'),
    seconds(
      'response-socket-timeout',
      0,
      'Time without a byte on a connection to a client; 0 is that of --socket-timeout.',
    ),
  ]),
  ...group('python', [
    file(
      'python',
      'EXECUTABLE',
      'Interpreter of the application, usually bin/python of a virtual environment: its version and its packages are used.',
      { origin: 'ours', defaultText: 'the active or the nearest virtual environment, else python3' },
    ),
    file(
      'python-path',
      'DIRECTORY',
      'Directory to put on the module search path, in front of the installed packages. Files ending in .pth are honoured.',
      { repeatable: true },
    ),
    file('python-eggs', 'DIRECTORY', 'Directory into which eggs are unpacked.', {
      defaultText: "the user's own",
    }),
    text('python-warnings', 'SPEC', "Filter of warnings, as Python's -W takes it.", { repeatable: true }),
    float('switch-interval', 'SECONDS', 'Time after which a thread lets another one run Python.', {
      range: { minimum: 0.000_001, maximum: 3600 },
    }),
    flag('free-threading', 'Lets threads run Python at the same time. Needs a free-threaded Python.'),
    flag('orphan-interpreter', 'Does not take Python down at the end: exit functions do not run.'),
    text('locale', 'NAME', 'Locale of the application, e.g. C.UTF-8.', {
      defaultText: "the launcher's, else C.UTF-8",
    }),
    text('lang', 'NAME', 'The same as --locale.', { aliasOf: 'locale' }),
    flag(
      'with-newrelic',
      "Runs the application under New Relic's agent. Needs --newrelic-config-file, which is enough by itself.",
    ),
    flag('with-newrelic-agent', 'The same as --with-newrelic.', { aliasOf: 'with-newrelic' }),
    file(
      'newrelic-config-file',
      'FILE',
      "Runs the application under New Relic's agent, with this configuration file. The variable NEW_RELIC_CONFIG_FILE is ignored.",
    ),
    text(
      'newrelic-environment',
      'NAME',
      "Section of New Relic's configuration file to use. The variable NEW_RELIC_ENVIRONMENT is ignored.",
    ),
    flag('with-newrelic-platform', "Reports the server to New Relic's plugin platform.", {
      leftOut: 'New Relic has closed its plugin platform; --with-newrelic runs the agent',
    }),
  ]),
  ...group('environment', [
    pair(
      'setenv',
      [
        { metavar: 'NAME', type: 'string' },
        { metavar: 'VALUE', type: 'string' },
      ],
      "Entry to add to each request's environ.",
    ),
    text('passenv', 'NAME', "Variable to copy from the server's environment into each request's environ.", {
      repeatable: true,
    }),
    file(
      'envvars-script',
      'FILE',
      'Shell script whose variables become the environment of Apache and the application.',
    ),
  ]),
  ...group('services', [
    pair(
      'service-script',
      [
        { metavar: 'SERVICE', type: 'string' },
        { metavar: 'SCRIPT', type: 'path' },
      ],
      'Python script that runs in a process of its own beside the application, and is started again when it ends.',
    ),
    pair(
      'service-user',
      [
        { metavar: 'SERVICE', type: 'string' },
        { metavar: 'USER', type: 'string' },
      ],
      'User the service runs as. Only root can use it.',
    ),
    pair(
      'service-group',
      [
        { metavar: 'SERVICE', type: 'string' },
        { metavar: 'GROUP', type: 'string' },
      ],
      'Group the service runs as. Only root can use it.',
    ),
    pair(
      'service-log-file',
      [
        { metavar: 'SERVICE', type: 'string' },
        { metavar: 'NAME', type: 'string' },
      ],
      'Error log of the service, in the log directory.',
    ),
  ]),
  ...group('files', [
    file(
      'server-root',
      'DIRECTORY',
      'Directory for the generated configuration and what the server writes. It is created where it is missing, and kept.',
      {
        defaultText: 'a fresh temporary folder, removed at the end',
      },
    ),
    file('pid-file', 'FILE', 'File in which Apache keeps its process id while it runs.', {
      defaultText: 'httpd.pid in the server root',
    }),
    file('include-file', 'FILE', 'Configuration of your own, read after the generated one.', {
      repeatable: true,
    }),
  ]),
  ...group('apache', [
    file('httpd-executable', 'FILE', 'The Apache program.', {
      defaultText: 'what apxs names, else httpd or apache2 on PATH',
    }),
    file('modules-directory', 'DIRECTORY', 'Directory from which Apache modules are loaded.', {
      defaultText: "the directory of Apache's own modules",
    }),
    file(
      'module-path',
      'FILE',
      'The mod_wsgi module (mod_wsgi.so) to load. It has to be linked to the library of the same Python.',
      {
        origin: 'ours',
        defaultText: 'the bundled module, built for this Python and this Apache',
      },
    ),
    choice(
      'server-mpm',
      'NAME',
      ['event', 'worker', 'prefork'],
      'How Apache divides its work: event and worker use threads, prefork uses processes. Given several times, the first that is installed is taken.',
      { repeatable: true, defaultText: 'worker; event with --http2; prefork in debug mode' },
    ),
    file('shell-executable', 'FILE', 'Shell that runs the generated apachectl.', { defaultText: '/bin/sh' }),
  ]),
  ...group('logging', [
    flag(
      'log-to-terminal',
      'Error log on standard error, access log on standard output. This is the default while the server root is temporary.',
    ),
    file('log-directory', 'DIRECTORY', 'Directory of the log files; wins over --log-to-terminal.', {
      defaultText: 'the server root',
    }),
    choice('log-level', 'LEVEL', LOG_LEVELS, 'Least severity that is written to the error log.', {
      default: 'warn',
    }),
    text('error-log-name', 'NAME', 'File of the error log.', { default: 'error_log' }),
    text('error-log-format', 'FORMAT', "Format of the error log's lines, in the notation of ErrorLogFormat."),
    flag('access-log', 'Writes one line per request.'),
    text('access-log-name', 'NAME', 'File of the access log.', { default: 'access_log' }),
    text(
      'access-log-format',
      'FORMAT',
      'Format of its lines: common, combined, or one of your own in the notation of mod_log_config.',
      {
        default: 'common',
      },
    ),
    flag('startup-log', 'Writes what Apache says before its error log is open to a file.'),
    text('startup-log-name', 'NAME', 'File of the startup log.', { default: 'startup_log' }),
    flag('rotate-logs', 'Begins a new log file when one is full. Not for logs on the terminal.'),
    int('max-log-size', 'MB', 'Size at which a log file is full.', {
      default: 5,
      range: { minimum: 1, maximum: 1_000_000 },
    }),
    file('rotatelogs-executable', 'FILE', 'The program rotatelogs.', {
      defaultText: 'the one beside Apache or on PATH',
    }),
    flag('verbose-debugging', 'Makes the module say more.', {
      leftOut: 'modules ignore it since version 6; use --log-level=debug',
    }),
  ]),
  ...group('debugging', [
    flag(
      'debug-mode',
      'One process in the foreground, the application on its main thread (with prefork), standard input and output attached, no reloading.',
    ),
    flag('enable-debugger', 'Opens pdb where an exception leaves the application. Implies --debug-mode.'),
    flag(
      'debugger-startup',
      'Opens pdb once more, after the application was loaded and before the first request; breakpoints set there stop requests. Implies --enable-debugger.',
    ),
    flag(
      'enable-coverage',
      'Measures which lines run, requests included, and writes an HTML report when the server stops. Implies --debug-mode.',
    ),
    file(
      'coverage-directory',
      'DIRECTORY',
      'Directory of the coverage report and of its data file, .coverage; the user of the server has to be able to write there.',
      {
        defaultText:
          'htmlcov in the server root, or in the working directory where the server root is temporary',
      },
    ),
    flag(
      'enable-profiler',
      'Profiles the application with cProfile, requests included, and writes the profile when the server stops. Implies --debug-mode.',
    ),
    file(
      'profiler-directory',
      'DIRECTORY',
      'Directory that gets one profile per run, MICROSECONDS-PID.pstats; the user of the server has to be able to write there.',
      {
        defaultText:
          'pstats in the server root, or in the working directory where the server root is temporary',
      },
    ),
    file('profiler-output-file', 'FILE', 'File that gets the last profile too, in place of the one before.', {
      defaultText: 'pstats.dat in the directory of the profiles',
    }),
    flag(
      'enable-recorder',
      'Keeps every request, its response and its exception in files. Implies --debug-mode.',
    ),
    file(
      'recorder-directory',
      'DIRECTORY',
      'Directory of the recordings; the user of the server has to be able to write there.',
      {
        defaultText:
          'archive in the server root, or in the working directory where the server root is temporary',
      },
    ),
    flag('enable-gdb', 'Runs Apache under gdb.', { leftOut: GDB }),
    file('gdb-executable', 'FILE', 'The program gdb.', { leftOut: GDB }),
  ]),
] as const;
