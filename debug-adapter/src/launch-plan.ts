import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { groupName, lookupUser, proposedServerUser, type SystemUser } from '../../common/src/access';
import { serverUrl } from '../../common/src/addresses';
import { choosePort } from '../../common/src/choose-port';
import { UserError } from '../../common/src/errors';
import { optionsToArguments } from '../../common/src/express-options';
import type { LaunchAttributes } from '../../common/src/launch-attributes';
import { checkReachable, ELSEWHERE, pythonRequirements, type Requirement } from '../../common/src/reach';
import type { Python } from '../../common/src/runtime/python';
import { type Runtime, resolveRuntime } from '../../common/src/runtime/resolve';
import { SUPERVISED } from '../../common/src/supervised';
import type { CodeOrigins, LiveOptions } from './debugpy-engine';
import { debugpyFolders } from './debugpy-folders';
import { liveOptionsOf } from './live-options';
import { hasMonitoring } from './monitoring';
import type { AgentSettings, Owner } from './session-folder';
import type { ServerCommand } from './stand-by';
import { workingDirectoryOf } from './working-directory';

/** Everything that has to be known before the server is started. */
export interface LaunchPlan {
  /** Whose the session's folder must be, where the server runs as somebody else. */
  readonly owner: Owner | undefined;
  readonly agentSettings: AgentSettings;
  /** Where the server listens. */
  readonly address: { readonly host: string; readonly port: number };
  readonly url: string;
  /** Why breakpoints cannot work in this run, a sentence; undefined where they can. */
  readonly whyNotLive: string | undefined;
  readonly liveOptions: LiveOptions;
  /** @param sessionFolder where the session keeps its own files. */
  readonly origins: (sessionFolder: string) => CodeOrigins;
  /** What was chosen for the user, one line each. */
  readonly notes: readonly string[];
  readonly commandFor: (session: { entryScript: string; serverRoot: string }) => ServerCommand;
}

const DEFAULT_HOST = '127.0.0.1';

const STARTUP = 'debugger-startup';

const coverageNotLive = (version: string): string =>
  `While coverage is measured, breakpoints of the editor do not stop under Python ${version}: it lets one program ` +
  'trace the lines, and Python 3.12 is the first that lets more. Exceptions and breakpoint() in the code do stop.';

const LIVE_IS_OFF =
  'With "live": false in launch.json, breakpoints of the editor do not stop; exceptions and breakpoint() in the code do.';

/**
 * Decide how a launch configuration is run: find the runtime (building the Apache module where that is needed), the
 * port, the working directory and the account, and check what can be checked before Apache starts.
 *
 * @param say takes one line about long work, as it goes on.
 * @param signal gives it up; the call then fails with the signal's reason.
 * @throws UserError with what is wrong and what to do.
 */
export const planLaunch = async (
  attributes: LaunchAttributes,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<LaunchPlan> => {
  const program = attributes.program && existingProgram(path.resolve(attributes.program));
  const cwd = existingFolder(
    path.resolve(attributes.cwd ?? (program ? workingDirectoryOf(program) : process.cwd())),
  );
  const runtime = await resolveRuntime({
    runtime: attributes.runtime ?? 'auto',
    cwd,
    ...(attributes.python && { python: attributes.python }),
    ...(attributes.expressPath && { expressPath: attributes.expressPath }),
    ...(attributes.modulePath && { modulePath: attributes.modulePath }),
    onOutput: lineWise(say),
    signal,
  });
  const host = attributes.host ?? DEFAULT_HOST;
  const port = await choosePort(attributes.port ?? 0, host);
  const account = await serverAccount(attributes);
  if (account) checkReachable(account.user, requirements(program, cwd, runtime));
  const whyNotLive = reasonNotLive(attributes, runtime.python);
  const args = [
    '--host',
    host,
    '--port',
    String(port),
    '--working-directory',
    cwd,
    '--debug-mode',
    '--enable-debugger',
    '--log-to-terminal',
    ...(account?.arguments ?? []),
    ...runtime.launcherOptions,
    ...optionsToArguments(launcherOptions(attributes)),
    ...(attributes.args ?? []),
  ];
  return {
    owner: account && { uid: account.user.uid, gid: account.user.gid },
    agentSettings: {
      python: runtime.python.executable,
      ...(program ? { program } : { module: attributes.module ?? '' }),
      ...(attributes.callable && { callable: attributes.callable }),
      stopOnEntry: attributes.stopOnEntry ?? attributes.options?.[STARTUP] === true,
      coverageSource: attributes.coverage ? [cwd] : null,
      isLive: whyNotLive === undefined,
      debugpyFolders: whyNotLive
        ? []
        : await debugpyFolders(attributes.debugpyPath, runtime.python, account ? 'others' : 'us'),
    },
    whyNotLive,
    liveOptions: liveOptionsOf(attributes, cwd),
    origins: (sessionFolder) => originsOf(runtime.python, sessionFolder),
    address: { host, port },
    url: serverUrl(host, port),
    notes: [
      `Runs with ${runtime.summary}.`,
      ...(account?.isChosen ? [`Apache does not serve as root; it runs as ${account.user.name}.`] : []),
      'Debug mode: one process, one request at a time, no reloading.',
    ],
    commandFor: ({ entryScript, serverRoot }) => ({
      command: runtime.launcher.command,
      args: [...runtime.launcher.args, 'start-server', entryScript, '--server-root', serverRoot, ...args],
      cwd,
      env: environment(attributes.env),
    }),
  };
};

const reasonNotLive = ({ live, coverage }: LaunchAttributes, { version }: Python): string | undefined => {
  if (live === false) return LIVE_IS_OFF;
  return coverage && !hasMonitoring(version) ? coverageNotLive(version) : undefined;
};

/** pdb's prompt before the first request is the launcher's; in the editor it is a stop of the agent's. */
const launcherOptions = ({ options = {} }: LaunchAttributes): NonNullable<LaunchAttributes['options']> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => name !== STARTUP));

const originsOf = (python: Python, sessionFolder: string): CodeOrigins => ({
  hidden: [sessionFolder, path.join(python.sitePackages, 'mod_wsgi')],
  libraries: [python.standardLibrary, python.sitePackages],
});

const existingProgram = (program: string): string => {
  if (existsSync(program) && statSync(program).isFile()) return program;
  throw new UserError({
    code: 'program-missing',
    message: `There is no WSGI script ${program}.`,
    action: 'Correct "program" in launch.json.',
  });
};

const existingFolder = (folder: string): string => {
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder;
  throw new UserError({
    code: 'cwd-missing',
    message: `There is no folder ${folder} to work in.`,
    action: 'Correct "cwd" in launch.json, or leave it out.',
  });
};

interface Account {
  readonly user: SystemUser;
  /** We chose it, and so have to tell Apache. */
  readonly isChosen: boolean;
  readonly arguments: readonly string[];
}

/** The account that the server runs as where it is not ours: root needs one, since Apache refuses to serve as root. */
const serverAccount = async ({ options = {} }: LaunchAttributes): Promise<Account | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const named = options.user;
  const user = typeof named === 'string' ? await lookupUser(named) : await proposedServerUser();
  if (!user) {
    throw new UserError({
      code: 'user-missing',
      message: named
        ? `There is no user "${named}" on this machine.`
        : 'Apache does not serve as root, and none of the usual accounts for a web server exists here.',
      action: 'Set "options": { "user": "…", "group": "…" } in launch.json, or work as an ordinary user.',
    });
  }
  if (named !== undefined) return { user, isChosen: false, arguments: [] };
  const group = options.group === undefined ? ['--group', await groupName(user.gid)] : [];
  return { user, isChosen: true, arguments: ['--user', user.name, ...group] };
};

const requirements = (program: string | undefined, cwd: string, runtime: Runtime): Requirement[] => [
  ...(program
    ? [{ what: 'the WSGI script', path: program, kind: 'read', otherwise: ELSEWHERE } as const]
    : []),
  { what: 'the working directory', path: cwd, kind: 'execute', otherwise: ELSEWHERE },
  ...pythonRequirements(runtime.python),
];

const environment = (changes: LaunchAttributes['env'] = {}): NodeJS.ProcessEnv => {
  const env: NodeJS.ProcessEnv = { ...process.env, [SUPERVISED]: '1' };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  return env;
};

const lineWise = (say: (line: string) => void): ((text: string) => void) => {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) say(line);
  };
};
