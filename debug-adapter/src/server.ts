import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Guard } from '../../common/src/guard';

/** How to start the server. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

interface ServerEvents {
  output: [line: string, stream: 'stdout' | 'stderr'];
  /** The launcher has ended: with this code, or by this signal. */
  exit: [{ code: number | undefined; signal: string | undefined }];
}

/** Apache finishes what it is doing within this time after SIGTERM, or is killed. */
const GRACE_MS = 3_000;

const spawnLauncher = ({ command, args, cwd, env }: ServerCommand) =>
  execa(command, args, {
    cwd,
    env,
    extendEnv: false,
    // A group of its own: a signal of the editor's terminal must not reach Apache, and stop() reaches all of it.
    detached: true,
    cleanup: false,
    // Apache without a terminal: a window that is resized sends SIGWINCH, which Apache takes for a graceful stop.
    stdio: ['pipe', 'pipe', 'pipe'],
    reject: false,
    buffer: false,
  });

/** The launcher and the Apache under it: one process group, one owner, one end. */
export class ServerProcess extends EventEmitter<ServerEvents> {
  private readonly child: ReturnType<typeof spawnLauncher>;
  private hasExited = false;
  /** The process in which the application runs, once the agent has said so. */
  applicationPid: number | undefined;

  constructor(start: ServerCommand, guard: Guard) {
    super();
    this.child = spawnLauncher(start);
    if (this.child.pid) guard.watchGroup(this.child.pid);
    for (const stream of ['stdout', 'stderr'] as const) {
      createInterface({ input: this.child[stream] }).on('line', (line) => this.emit('output', line, stream));
    }
    void this.child.then((result) => {
      this.hasExited = true;
      if (this.child.pid === undefined)
        this.emit('output', `${start.command} cannot be started: ${result.originalMessage}`, 'stderr');
      this.emit('exit', { code: result.exitCode, signal: result.signal });
    });
  }

  get isRunning(): boolean {
    return !this.hasExited || isAlive(this.applicationPid);
  }

  /** End the server: SIGTERM, and SIGKILL for what is left after {@link GRACE_MS}; resolves when nothing is left. */
  async stop(): Promise<void> {
    if (!this.hasExited) this.signal('SIGTERM');
    else if (this.applicationPid) kill(this.applicationPid, 'SIGTERM');
    if (!(await this.endsWithin(GRACE_MS))) this.kill();
    await this.endsWithin(GRACE_MS);
  }

  /** End the server at once. */
  kill(): void {
    this.signal('SIGKILL');
    if (this.applicationPid) kill(this.applicationPid, 'SIGKILL');
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.child.pid) kill(-this.child.pid, signal);
  }

  private async endsWithin(milliseconds: number): Promise<boolean> {
    const deadline = Date.now() + milliseconds;
    while (this.isRunning) {
      if (Date.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return true;
  }
}

const kill = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
};

const isAlive = (pid: number | undefined): boolean => {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
