import { type ChildProcess, spawn } from 'node:child_process';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { bundledLauncher } from './bundle';
import { rememberOptions } from './exercised';
import { anyModule, identityOptions, python } from './machine';

/** How a test starts the launcher. */
export interface LaunchOptions {
  readonly cwd: string;
  /** Null: the launcher gets no --module-path. */
  readonly module?: string | null;
  /** Null: the launcher gets no --user. */
  readonly identity?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  /** Another copy of the bundle. */
  readonly bundle?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A launcher that was started, with what it has printed. */
export class Launcher {
  stdout = '';
  stderr = '';
  readonly ended: Promise<{ status: number | null; signal: NodeJS.Signals | null }>;

  constructor(readonly process: ChildProcess) {
    process.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    process.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = new Promise((resolve) => {
      process.on('close', (status, signal) => resolve({ status, signal }));
    });
  }

  /** The port in the line that says that the server listens. */
  get port(): number {
    return Number(/Listening on http:\/\/[^\n]*:(\d+)\//.exec(this.stdout)?.[1]);
  }

  get serverRoot(): string {
    return /^Server root\s*: (.*?)(?: \(temporary\))?$/m.exec(this.stdout)?.[1] ?? '';
  }

  /** Waits until what was printed matches; fails with all of it otherwise. */
  async until(pattern: RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!pattern.test(this[stream])) {
      if (Date.now() > deadline || (this.process.exitCode !== null && !pattern.test(this[stream])))
        throw new Error(`no ${pattern} in ${stream}:\n${this.stdout}\n${this.stderr}`);
      await delay(20);
    }
  }

  type(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  /** Asks for a page; the connection is not kept. */
  get(path: string, host = '127.0.0.1'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = http.get({ host, port: this.port, path, agent: false, timeout: 20_000 }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
        response.on('error', reject);
      });
      request.on('timeout', () => request.destroy(new Error('no answer within 20 s')));
      request.on('error', reject);
    });
  }

  /** Stops it as Ctrl-C does and returns its exit status. */
  async stop(): Promise<number | null> {
    this.process.kill('SIGINT');
    return (await this.ended).status;
  }
}

/** The command line of a start: the words of the test and what this machine needs. */
const commandLine = (words: readonly string[], { module, identity }: LaunchOptions): string[] => [
  'start-server',
  ...words,
  ...(words.some((word) => word.startsWith('--python=')) ? [] : [`--python=${python.executable}`]),
  ...(module === null ? [] : [`--module-path=${module ?? anyModule}`]),
  ...(identity === null ? [] : (identity ?? identityOptions)),
];

/** Starts `mod_wsgi-express start-server` with these words; the test's end stops it whatever happens. */
export const launch = async (words: readonly string[], options: LaunchOptions): Promise<Launcher> => {
  const bundle = options.bundle ?? (await bundledLauncher());
  const line = commandLine(words, options);
  const child = spawn(process.execPath, [bundle, ...line], {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
  });
  child.stdin.on('error', () => {});
  const launcher = new Launcher(child);
  rememberOptions(line, options.module ?? anyModule, () => launcher.stdout.includes('Listening on '));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const late = delay(8_000).then(() => child.kill('SIGKILL'));
    await Promise.race([launcher.ended, late]);
  });
  return launcher;
};

/** Starts a server on a free port and waits until it listens. */
export const serve = async (words: readonly string[], options: LaunchOptions): Promise<Launcher> => {
  const launcher = await launch(['--host=127.0.0.1', '--port=0', ...words], options);
  await launcher.until(/^Listening on /m);
  return launcher;
};

/** Runs a launcher that ends by itself; for error paths. */
export const runToEnd = async (
  words: readonly string[],
  options: LaunchOptions,
): Promise<{ status: number | null; stdout: string; stderr: string }> => {
  const launcher = await launch(words, options);
  const { status } = await launcher.ended;
  return { status, stdout: launcher.stdout, stderr: launcher.stderr };
};
