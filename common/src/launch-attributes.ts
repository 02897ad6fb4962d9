import type { OptionValue } from './express-options';

/**
 * The attributes of a launch configuration: the one table from which the manifest's JSON schema, the adapter's checks
 * and the documentation are made.
 */

export type LaunchAttributeType =
  | 'string'
  | 'boolean'
  | 'port'
  | 'strings'
  | 'environment'
  | 'options'
  | 'runtime'
  | 'pathMappings';

export interface LaunchAttribute<Name extends string = keyof LaunchAttributes> {
  readonly name: Name;
  readonly type: LaunchAttributeType;
  /** What holds where the attribute is not given, as a person reads it. */
  readonly default: string;
  readonly description: string;
}

export type Runtime = 'auto' | 'bundled' | 'installed';

export const RUNTIMES: readonly Runtime[] = ['auto', 'bundled', 'installed'];

/** A launch configuration as launch.json holds it. */
export interface LaunchAttributes {
  program?: string;
  module?: string;
  callable?: string;
  host?: string;
  port?: number;
  python?: string;
  cwd?: string;
  env?: Record<string, string | null>;
  args?: string[];
  options?: Record<string, OptionValue>;
  runtime?: Runtime;
  expressPath?: string;
  modulePath?: string;
  openBrowser?: boolean;
  coverage?: boolean;
  stopOnEntry?: boolean;
  requestFilter?: string[];
  live?: boolean;
  justMyCode?: boolean;
  django?: boolean;
  jinja?: boolean;
  autoReload?: boolean;
  debugpyPath?: string;
}

/** A folder here, and the same folder as the server knows it. */
export interface PathMapping {
  readonly localRoot: string;
  readonly remoteRoot: string;
}

/** An attach configuration as launch.json holds it. */
export interface AttachAttributes {
  socketFolder?: string;
  host?: string;
  port?: number;
  token?: string;
  tokenFile?: string;
  requestFilter?: string[];
  pathMappings?: PathMapping[];
  justMyCode?: boolean;
  django?: boolean;
  jinja?: boolean;
}

/** How debugging behaves, in a server that is launched as in one that is attached to. */
const LIVE_ATTRIBUTES = [
  {
    name: 'justMyCode',
    type: 'boolean',
    default: 'true',
    description:
      'Step through and stop in your own code only, not in the standard library and in installed packages.',
  },
  {
    name: 'django',
    type: 'boolean',
    default: 'true where the application is a Django project',
    description: "Breakpoints in Django's templates stop.",
  },
  {
    name: 'jinja',
    type: 'boolean',
    default: 'true',
    description: 'Breakpoints in Jinja templates (Flask) stop.',
  },
  {
    name: 'requestFilter',
    type: 'strings',
    default: '[]',
    description:
      'Stop only in requests that match one of these: a path with `*` (within a segment), `**` and `?`, with a method before it if wanted (`POST /cart/**`), or with `!` for requests to leave alone. None: stop in all.',
  },
] as const satisfies readonly LaunchAttribute<string>[];

export const LAUNCH_ATTRIBUTES: readonly LaunchAttribute[] = [
  {
    name: 'program',
    type: 'string',
    default: '',
    description:
      'The WSGI script: a `.wsgi` file, a Django `wsgi.py`, or a Python file that defines the application.',
  },
  {
    name: 'module',
    type: 'string',
    default: '',
    description:
      'Instead of `program`: the dotted name of the module that holds the application, imported from `cwd`.',
  },
  {
    name: 'callable',
    type: 'string',
    default: '`application`, else `app`, else the result of `create_app()` or `make_app()`',
    description:
      'The WSGI callable in the script or module. A name that ends in `()` is called and yields it.',
  },
  {
    name: 'port',
    type: 'port',
    default: '0',
    description: 'The port to listen on. 0 takes any free one.',
  },
  {
    name: 'host',
    type: 'string',
    default: '127.0.0.1',
    description: 'The address to listen on.',
  },
  {
    name: 'python',
    type: 'string',
    default:
      'the environment selected in the Python extension, else `.venv` or `venv` beside the application, else `python3`',
    description: "The application's Python interpreter.",
  },
  {
    name: 'cwd',
    type: 'string',
    default: 'the folder from which the application is imported: above its packages, or that of `manage.py`',
    description: 'The working directory, first on `sys.path`.',
  },
  {
    name: 'env',
    type: 'environment',
    default: '{}',
    description: 'Environment variables for the server; `null` removes one.',
  },
  {
    name: 'args',
    type: 'strings',
    default: '[]',
    description: 'Raw arguments for mod_wsgi-express, after all others.',
  },
  {
    name: 'options',
    type: 'options',
    default: '{}',
    description: 'mod_wsgi-express options by name, without the dashes.',
  },
  {
    name: 'runtime',
    type: 'runtime',
    default: 'auto',
    description:
      'Which mod_wsgi runs: `bundled` is the one of this extension, `installed` the one of the Python environment or the distribution, `auto` the bundled one where it can be built, else an installed one.',
  },
  {
    name: 'expressPath',
    type: 'string',
    default: '',
    description: 'A mod_wsgi-express to use instead.',
  },
  {
    name: 'modulePath',
    type: 'string',
    default: '',
    description: 'An Apache module (`mod_wsgi.so`) to use instead.',
  },
  {
    name: 'openBrowser',
    type: 'boolean',
    default: 'false',
    description: 'Open the application in the browser when it is ready.',
  },
  {
    name: 'coverage',
    type: 'boolean',
    default: 'false',
    description: 'Measure which lines run, requests included, and show them when the session ends.',
  },
  {
    name: 'stopOnEntry',
    type: 'boolean',
    default: 'false',
    description: 'Stop at the first line of the application.',
  },
  {
    name: 'live',
    type: 'boolean',
    default: 'true',
    description:
      'Debug live, by debugpy: breakpoints of the editor, stepping, pause. Without, exceptions and `breakpoint()` in the code still stop.',
  },
  ...LIVE_ATTRIBUTES,
  {
    name: 'autoReload',
    type: 'boolean',
    default: 'false',
    description:
      'Take over changed Python files while the server runs: functions and classes get their new code, what is in variables stays.',
  },
  {
    name: 'debugpyPath',
    type: 'string',
    default: 'that of the Python Debugger extension, else the copy in this extension',
    description:
      "A folder that holds the package debugpy, used where the application's environment has none that works.",
  },
];

export const ATTACH_ATTRIBUTES: readonly LaunchAttribute<keyof AttachAttributes>[] = [
  {
    name: 'socketFolder',
    type: 'string',
    default: '`/tmp/mod_wsgi_debug-UID`, unless `port` is given',
    description:
      "The folder in which the server's processes have their sockets: `socket_folder` of `mod_wsgi_debug.listen()`.",
  },
  {
    name: 'host',
    type: 'string',
    default: '127.0.0.1',
    description: 'Where the server listens for debuggers, with `port`.',
  },
  {
    name: 'port',
    type: 'port',
    default: '',
    description: 'The port on which the server listens for debuggers: `port` of `mod_wsgi_debug.listen()`.',
  },
  {
    name: 'token',
    type: 'string',
    default: '',
    description:
      'The token that goes with `port`. A variable keeps it out of launch.json, as `env:` and `input:` make them.',
  },
  {
    name: 'tokenFile',
    type: 'string',
    default: '',
    description: 'A file that holds the token, instead of `token`.',
  },
  {
    name: 'pathMappings',
    type: 'pathMappings',
    default: '[]',
    description:
      'Which folder here (`localRoot`) is which folder on the server (`remoteRoot`), where they differ, as in a container.',
  },
  ...LIVE_ATTRIBUTES,
];
