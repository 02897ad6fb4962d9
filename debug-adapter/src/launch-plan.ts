import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  groupName,
  lookupUser,
  proposedServerUser,
  type SystemUser,
  whatStops,
} from '../../common/src/access';
import { UserError } from '../../common/src/errors';
import { optionsToArguments } from '../../common/src/express-options';
import type { LaunchAttributes } from '../../common/src/launch-attributes';
import { freePort, portHolder, portObstacle } from '../../common/src/ports';
import { type Runtime, resolveRuntime } from '../../common/src/runtime/resolve';
import type { ServerCommand } from './server';
import type { AgentSettings, Owner } from './session-folder';
import { workingDirectoryOf } from './working-directory';

/** Everything that has to be known before the server is started. */
export interface LaunchPlan {
  /** Whose the session's folder must be, where the server runs as somebody else. */
  readonly owner: Owner | undefined;
  readonly agentSettings: AgentSettings;
  /** Where to find out whether the server answers. */
  readonly address: { readonly host: string; readonly port: number };
  readonly url: string;
  /** What was chosen for the user, one line each. */
  readonly notes: readonly string[];
  readonly commandFor: (session: { entryScript: string; serverRoot: string }) => ServerCommand;
}

const DEFAULT_HOST = '127.0.0.1';

/**
 * Decide how a launch configuration is run: find the runtime (building the Apache module where that is needed), the
 * port, the working directory and the account, and check what can be checked before Apache starts.
 *
 * @param say takes one line about long work, as it goes on.
 * @throws UserError with what is wrong and what to do.
 */
export const planLaunch = async (
  attributes: LaunchAttributes,
  say: (line: string) => void,
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
  });
  const host = attributes.host ?? DEFAULT_HOST;
  const port = await choosePort(host, attributes.port ?? 0);
  const account = await serverAccount(attributes);
  if (account) checkAccess(account.user, { program, cwd, runtime });
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
    ...optionsToArguments(attributes.options ?? {}),
    ...(attributes.args ?? []),
  ];
  const address = { host: connectableHost(host), port };
  return {
    owner: account && { uid: account.user.uid, gid: account.user.gid },
    agentSettings: {
      ...(program ? { program } : { module: attributes.module ?? '' }),
      ...(attributes.callable && { callable: attributes.callable }),
      coverageSource: attributes.coverage ? [cwd] : null,
    },
    address,
    url: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}/`,
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

const choosePort = async (host: string, port: number): Promise<number> => {
  if (port === 0) return freePort(host);
  const obstacle = await portObstacle(port, host);
  if (!obstacle) return port;
  const holder = obstacle.code === 'EADDRINUSE' ? portHolder(port) : undefined;
  throw new UserError({
    code: 'port-busy',
    message: `Port ${port} of ${host} cannot be used: ${holder ? `${holder.program} (process ${holder.pid}) listens on it` : obstacle.message}.`,
    action: 'Set "port" in launch.json to another one, or to 0 for any that is free.',
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

const checkAccess = (
  user: SystemUser,
  { program, cwd, runtime }: { program: string | undefined; cwd: string; runtime: Runtime },
): void => {
  const needs = [
    ...(program ? [{ what: 'The WSGI script', path: program, kind: 'read' as const }] : []),
    { what: 'The working directory', path: cwd, kind: 'execute' as const },
    { what: 'The Python interpreter', path: runtime.python.executable, kind: 'execute' as const },
    { what: "Python's standard library", path: runtime.python.standardLibrary, kind: 'read' as const },
  ];
  for (const { what, path: file, kind } of needs) {
    const obstacle = whatStops(user, file, kind);
    if (!obstacle) continue;
    throw new UserError({
      code: 'unreachable-for-server',
      message: `${what} ${file} cannot be reached by ${user.name}, the account that Apache runs as: ${obstacle.path} ${obstacle.reason}.`,
      action:
        'Work as an ordinary user (then Apache runs as you), or move it to a folder that everybody can read, or name another account in launch.json: "options": { "user": "…", "group": "…" }.',
    });
  }
};

/** Where a client on this machine reaches a server that listens on all addresses. */
const connectableHost = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' || host === '*' ? 'localhost' : host;

const environment = (changes: LaunchAttributes['env'] = {}): NodeJS.ProcessEnv => {
  // The launcher ends when its standard input does: the adapter's death reaches it that way too.
  const env: NodeJS.ProcessEnv = { ...process.env, MOD_WSGI_EXPRESS_STOP_ON_EOF: '1' };
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
