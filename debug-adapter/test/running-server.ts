import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lookupUser, type SystemUser } from '../../common/src/access';
import { isListening } from '../../common/src/addresses';
import { installRoot } from '../../common/src/install-root';
import { freePort } from '../../common/src/ports';
import { findHttpd } from '../../common/src/runtime/httpd';
import { ensureNativeModule } from '../../common/src/runtime/native-module';
import { inspectPython } from '../../common/src/runtime/python';
import { serverAccountName } from './runtimes';
import type { Workspace } from './workspace';

export interface RunningServerOptions {
  /** A mod_wsgi.so, or `native` for the one of this project. */
  readonly module: string;
  /** The application's interpreter. */
  readonly python: string;
  readonly mpm?: 'event' | 'prefork';
  /** What follows the basic configuration; `@HOME@` stands for Python's. */
  readonly configuration: (home: string) => string;
  readonly env?: NodeJS.ProcessEnv;
}

const START_MS = 30_000;
const STOP_MS = 10_000;

/** An Apache with a configuration of its own, which knows nothing of a debugger. */
export class RunningServer {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly errorLog: string,
  ) {}

  static async start(workspace: Workspace, options: RunningServerOptions): Promise<RunningServer> {
    const { mpm = 'event' } = options;
    const httpd = await findHttpd();
    const python = await inspectPython(options.python);
    const module = options.module === 'native' ? await ensureNativeModule(python, httpd) : options.module;
    const home = await readableHome(workspace, options.python);
    const port = await freePort();
    const account = await serverAccount();
    const errorLog = path.join(workspace.root, 'error.log');
    const file = workspace.write(
      'httpd.conf',
      [
        `ServerRoot ${workspace.root}`,
        'ServerName localhost',
        `Listen 127.0.0.1:${port}`,
        'PidFile httpd.pid',
        `ErrorLog ${errorLog}`,
        ...(account ? [`User #${account.uid}`, `Group #${account.gid}`] : []),
        `LoadModule mpm_${mpm}_module ${httpd.modulesDirectory}/mod_mpm_${mpm}.so`,
        `LoadModule authz_core_module ${httpd.modulesDirectory}/mod_authz_core.so`,
        `LoadModule wsgi_module ${module}`,
        `WSGISocketPrefix ${workspace.root}/wsgi`,
        options.configuration(home),
      ].join('\n'),
    );
    const child = spawn(httpd.executable, ['-f', file, '-DFOREGROUND'], {
      env: { ...process.env, TMPDIR: workspace.temporary, ...options.env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const server = new RunningServer(`http://127.0.0.1:${port}`, child, errorLog);
    const deadline = Date.now() + START_MS;
    while (!(await isListening(port, '127.0.0.1'))) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`httpd does not start:\n${server.log()}`);
      await delay(20);
    }
    return server;
  }

  log(): string {
    return existsSync(this.errorLog) ? readFileSync(this.errorLog, 'utf8') : '';
  }

  async get(urlPath: string): Promise<string> {
    return (await fetch(new URL(urlPath, this.url))).text();
  }

  /** Ask until `count` processes have answered, so that each has loaded the application; returns their numbers. */
  async wake(count: number): Promise<string[]> {
    const pids = new Set<string>();
    const deadline = Date.now() + START_MS;
    while (pids.size < count && Date.now() < deadline) {
      const answers = await Promise.all(Array.from({ length: count * 2 }, () => this.get('/pid')));
      for (const pid of answers) pids.add(pid);
    }
    if (pids.size < count) throw new Error(`only ${pids.size} processes answer:\n${this.log()}`);
    return [...pids];
  }

  /** End it as a terminal does: SIGTERM, and SIGKILL for its group where that is not enough. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || !this.child.pid) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.pid && process.kill(-this.child.pid, 'SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
  }
}

/** Python's home as the server's user can read it: pyenv's are below a home folder that is closed to it. */
const readableHome = async (workspace: Workspace, executable: string): Promise<string> => {
  const { prefix, basePrefix, standardLibrary } = await inspectPython(executable);
  if (process.getuid?.() !== 0 || !isBelowClosedFolder(standardLibrary)) return prefix;
  const home = path.join(workspace.root, 'python-home');
  const library = path.join(home, path.relative(basePrefix, standardLibrary));
  mkdirSync(path.dirname(library), { recursive: true });
  // Linked, not copied: hundreds of megabytes.
  execFileSync('cp', ['-al', standardLibrary, library]);
  return home;
};

const isBelowClosedFolder = (file: string): boolean => {
  const parent = path.dirname(file);
  return parent !== file && ((statSync(parent).mode & 0o005) !== 0o005 || isBelowClosedFolder(parent));
};

/** A copy of the agent for the server, as a user makes one; returns the folder that holds the package. */
export const copyAgent = (workspace: Workspace): string => {
  const folder = path.join(workspace.root, 'extension', 'debug-adapter', 'agent');
  cpSync(
    path.join(installRoot(), 'debug-adapter', 'agent', 'mod_wsgi_debug'),
    path.join(folder, 'mod_wsgi_debug'),
    { recursive: true, filter: (file) => !file.includes('__pycache__') },
  );
  return folder;
};

/** The copy of debugpy that comes with the extension, beside {@link copyAgent}'s agent; says whether there is one. */
export const copyDebugpy = (workspace: Workspace): boolean => {
  const packed = path.join(installRoot(), 'dist', 'debugpy');
  if (!existsSync(packed)) return false;
  cpSync(packed, path.join(workspace.root, 'extension', 'dist', 'debugpy'), { recursive: true });
  return true;
};

/** A folder that the server's user may write to. */
export const folderOfServer = async (workspace: Workspace, name: string): Promise<string> => {
  const folder = path.join(workspace.root, name);
  mkdirSync(folder, { mode: 0o755 });
  const account = await serverAccount();
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
};

const serverAccount = async (): Promise<SystemUser | undefined> => {
  const name = serverAccountName();
  return name === undefined ? undefined : lookupUser(name);
};
