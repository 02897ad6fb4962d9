import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../common/src/ports';
import { sanitizerEnvironment } from './build';

export type Mpm = 'event' | 'worker' | 'prefork';

export interface HttpdOptions {
  /** The mod_wsgi.so to load. */
  readonly module: string;
  readonly mpm?: Mpm;
  /** What follows the basic configuration; `@APPS@`, `@FOLDER@` and `@PORT@` stand for this server's. */
  readonly configuration: string;
  /** Further Apache modules by short name, e.g. `headers`. */
  readonly modules?: readonly string[];
  /** Start with `httpd -X`: the process that is started serves the requests. */
  readonly onlyProcess?: boolean;
  /** A folder that is copied to `<folder>/apps`, where the server's user can read it. */
  readonly apps?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** A program, with its arguments, that runs httpd and makes it slow. */
  readonly under?: readonly string[];
}

/** A running httpd. It lives in a process group of its own, with everything that it starts. */
export interface Httpd {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** Scratch folder: httpd.conf, error_log, apps/; the server's user may write to it. */
  readonly folder: string;
  readonly apps: string;
  /** The whole error log so far. */
  errorLog(): Promise<string>;
  /**
   * Waits until the error log matches.
   * @throws Error with the log if it does not in time.
   */
  waitForLog(pattern: RegExp, milliseconds?: number): Promise<string>;
  /** What the process itself wrote to its standard output and error. */
  output(): string;
  /** SIGTERM, and SIGKILL if that is not enough in time. Returns the error log and whether SIGTERM was enough. */
  stop(milliseconds?: number): Promise<{ log: string; graceful: boolean }>;
  /** As stop(); removes the scratch folder too. */
  dispose(): Promise<void>;
}

const apxs = (name: string): string => {
  const program = process.env.APXS ?? (existsSync('/usr/bin/apxs') ? '/usr/bin/apxs' : 'apxs');
  return execFileSync(program, ['-q', name], { encoding: 'utf8' }).trim();
};

let found: { program: string; modules: string } | undefined;

/** Where httpd and its modules are, as apxs says. */
export const apache = (): { program: string; modules: string } => {
  found ??= { program: path.join(apxs('SBINDIR'), apxs('PROGNAME')), modules: apxs('LIBEXECDIR') };
  return found;
};

/** The account httpd serves as when it is started by root; undefined for any other user, who serves as himself. */
export const serverAccount = (): { user: string; uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const user of ['www-data', 'apache', 'daemon']) {
    const fields = accounts.find((line) => line.startsWith(`${user}:`))?.split(':');
    if (fields) return { user, uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error('started by root, and there is no account www-data, apache or daemon to serve as');
};

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });

// Few processes, so that a test that counts them or their interpreters knows how many there are.
const processes: Record<Mpm, string> = {
  event: 'StartServers 1\nServerLimit 1\nThreadsPerChild 12\nMaxRequestWorkers 12',
  worker: 'StartServers 1\nServerLimit 1\nThreadsPerChild 12\nMaxRequestWorkers 12',
  prefork: 'StartServers 2\nServerLimit 4\nMaxRequestWorkers 4',
};

const basicConfiguration = (options: HttpdOptions, folder: string, port: number): string => {
  const mpm = options.mpm ?? 'event';
  const { modules } = apache();
  const load = (name: string) =>
    existsSync(path.join(modules, `mod_${name}.so`))
      ? `LoadModule ${name}_module "${path.join(modules, `mod_${name}.so`)}"\n`
      : '';
  const account = serverAccount();
  return [
    'ServerName lab.example',
    `ServerRoot "${folder}"`,
    `DefaultRuntimeDir "${folder}"`,
    `PidFile "${folder}/pid"`,
    `Listen 127.0.0.1:${port}`,
    ['unixd', `mpm_${mpm}`, 'authz_core', ...(options.modules ?? [])].map(load).join(''),
    `LoadModule wsgi_module "${options.module}"`,
    account ? `User ${account.user}\nGroup #${account.gid}` : '',
    `ErrorLog "${folder}/error_log"`,
    'LogLevel warn wsgi:debug',
    processes[mpm],
    '<Directory />\n  AllowOverride None\n  Require all granted\n</Directory>',
    '',
  ].join('\n');
};

const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

/** Signals the group that `pid` leads, if there is one left. */
const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const groupExists = (pid: number): boolean => {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
};

const groupGone = async (pid: number, milliseconds: number): Promise<boolean> => {
  const end = Date.now() + milliseconds;
  while (groupExists(pid)) {
    if (Date.now() > end) return false;
    await sleep(20);
  }
  return true;
};

/** Makes a scratch folder with configuration and applications, all readable and the folder writable by the server. */
const prepare = async (options: HttpdOptions): Promise<{ folder: string; port: number }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mod-wsgi-httpd-'));
  const port = await freePort();
  const account = serverAccount();
  await chmod(folder, 0o755);
  await mkdir(path.join(folder, 'apps'));
  if (options.apps) await cp(options.apps, path.join(folder, 'apps'), { recursive: true });
  if (account) {
    await chown(folder, account.uid, account.gid);
    await chown(path.join(folder, 'apps'), account.uid, account.gid);
  }
  const configuration = basicConfiguration(options, folder, port) + options.configuration;
  await writeFile(
    path.join(folder, 'httpd.conf'),
    `${configuration
      .replaceAll('@APPS@', path.join(folder, 'apps'))
      .replaceAll('@FOLDER@', folder)
      .replaceAll('@PORT@', String(port))}\n`,
  );
  return { folder, port };
};

/** What `httpd -t` says about a configuration: its exit code and its words. */
export const checkConfiguration = async (
  options: HttpdOptions,
): Promise<{ exitCode: number; text: string }> => {
  const { folder } = await prepare(options);
  const child = spawn(apache().program, ['-t', '-f', path.join(folder, 'httpd.conf')], {
    env: { ...process.env, ...sanitizerEnvironment() },
  });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  child.stderr.on('data', (data) => (text += data));
  await new Promise((resolve) => child.once('close', resolve));
  await rm(folder, { recursive: true, force: true });
  return { exitCode: child.exitCode ?? 1, text };
};

/**
 * Starts httpd on a free port of loopback and waits until it accepts connections.
 *
 * @throws Error with its output and error log if it does not within 15 seconds (120 under another program); nothing is left behind then.
 */
export const startHttpd = async (options: HttpdOptions): Promise<Httpd> => {
  const { folder, port } = await prepare(options);
  const mode = options.onlyProcess ? '-X' : '-DFOREGROUND';
  // A group of its own: at its end, prefork's parent signals the whole group that it is in.
  const httpd = [apache().program, mode, '-d', folder, '-f', path.join(folder, 'httpd.conf')];
  const [program = '', ...args] = [
    ...(options.under ?? []).map((word) => word.replaceAll('@FOLDER@', folder)),
    ...httpd,
  ];
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...sanitizerEnvironment(), ...options.environment },
  });
  const pid = child.pid ?? 0;
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));

  const errorLog = () => readFile(path.join(folder, 'error_log'), 'utf8').catch(() => '');
  const stop = async (milliseconds = 15_000) => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const graceful = await groupGone(pid, milliseconds);
    if (!graceful) signalGroup(pid, 'SIGKILL');
    await exitOf(child);
    await groupGone(pid, 5_000);
    return { log: await errorLog(), graceful };
  };
  const dispose = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  const waitForLog = async (pattern: RegExp, milliseconds = 5_000) => {
    const end = Date.now() + milliseconds;
    for (;;) {
      const log = await errorLog();
      if (pattern.test(log)) return log;
      if (Date.now() > end) throw new Error(`not in the error log: ${pattern}\n${log}`);
      await sleep(20);
    }
  };

  const end = Date.now() + (options.under ? 120_000 : 15_000);
  while (!(await isListening(port))) {
    if (Date.now() > end || child.exitCode !== null) {
      const log = await errorLog();
      await dispose();
      throw new Error(`httpd did not start:\n${output}${log}`);
    }
    await sleep(20);
  }
  const apps = path.join(folder, 'apps');
  const url = `http://127.0.0.1:${port}`;
  return { port, url, pid, folder, apps, errorLog, waitForLog, output: () => output, stop, dispose };
};
