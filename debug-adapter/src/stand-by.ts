import { type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from 'node:child_process';
import { bundledLauncher } from '../../common/src/bundled-launcher';
import { STAND_BY, type StandByOrder, SUPERVISED } from '../../common/src/supervised';

/** How to start the server. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

const OPTIONS = {
  // A group of its own: a signal of the editor's terminal must not reach Apache, and one signal ends all of it.
  detached: true,
} satisfies SpawnOptions;

/** Apache without a terminal: a window that is resized sends SIGWINCH, which Apache takes for a graceful stop. */
const PIPES = ['pipe', 'pipe', 'pipe'] as const;

/**
 * Starts launchers. Our own is started before it is needed, and loads while the session finds out what to launch. It
 * ends by itself when this process does.
 */
export class StandBy {
  private readonly launcher = bundledLauncher();
  private waiting: ChildProcessWithoutNullStreams | undefined;

  /** Have a launcher stand by. */
  prepare(): void {
    this.waiting ??= this.spawnWaiting();
  }

  /** Start a server: by the launcher that stands by, where that is the one to start. */
  start({ command, args, cwd, env }: ServerCommand): ChildProcessWithoutNullStreams {
    const { waiting, launcher } = this;
    const isOurs = command === launcher.command && args[0] === launcher.args[0];
    if (!waiting || !isOurs) {
      this.end();
      return spawn(command, args, { ...OPTIONS, cwd, env, stdio: [...PIPES] });
    }
    this.waiting = undefined;
    const order: StandByOrder = { args: args.slice(launcher.args.length), cwd, env };
    // A launcher that has just died is noticed by its exit.
    waiting.send(order, () => undefined);
    return waiting;
  }

  /** Nothing is to be launched (any more). */
  end(): void {
    this.waiting?.kill('SIGKILL');
    this.waiting = undefined;
  }

  private spawnWaiting(): ChildProcessWithoutNullStreams {
    const child = spawn(this.launcher.command, [...this.launcher.args, STAND_BY], {
      ...OPTIONS,
      env: { ...process.env, [SUPERVISED]: '1' },
      stdio: [...PIPES, 'ipc'],
    }) as ChildProcessWithoutNullStreams;
    const forget = () => {
      if (this.waiting === child) this.waiting = undefined;
    };
    return child.once('exit', forget).once('error', forget);
  }
}
