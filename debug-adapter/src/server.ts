import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Guard } from '../../common/src/guard';
import { linesOf } from './lines';
import type { ServerCommand, StandBy } from './stand-by';

interface ServerEvents {
  output: [line: string, stream: 'stdout' | 'stderr'];
  /** The launcher has ended: with this code, or by this signal. */
  exit: [{ code: number | undefined; signal: string | undefined }];
}

/** Apache finishes what it is doing within this time after SIGTERM, or is killed. */
const GRACE_MS = 3_000;

const LAST_WORDS_MS = 500;

/** The launcher and the Apache under it: one process group, one owner, one end. */
export class ServerProcess extends EventEmitter<ServerEvents> {
  private readonly child: ChildProcess;
  private hasExited = false;
  /** The process in which the application runs, once the agent has said so. */
  applicationPid: number | undefined;

  constructor(start: ServerCommand, standBy: StandBy, guard: Guard) {
    super();
    const child = standBy.start(start);
    this.child = child;
    if (child.pid) guard.watchGroup(child.pid);
    for (const stream of ['stdout', 'stderr'] as const) {
      linesOf(child[stream]).on('line', (line) => this.emit('output', line, stream));
    }
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      this.emit('output', `${start.command} cannot be started: ${error.message}`, 'stderr');
      this.setExited({ code: undefined, signal: undefined });
    });
    child.once('exit', async (code, signal) => {
      // Its last words explain its end; a child that left the group may hold the streams open.
      await Promise.race([once(child, 'close'), delay(LAST_WORDS_MS)]);
      this.setExited({ code: code ?? undefined, signal: signal ?? undefined });
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

  private setExited(how: ServerEvents['exit'][0]): void {
    if (this.hasExited) return;
    this.hasExited = true;
    this.emit('exit', how);
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.child.pid) kill(-this.child.pid, signal);
  }

  private async endsWithin(milliseconds: number): Promise<boolean> {
    const deadline = Date.now() + milliseconds;
    while (this.isRunning) {
      if (Date.now() > deadline) return false;
      await delay(20);
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
