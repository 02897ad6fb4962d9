import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** How to start Apache. */
export interface ApacheCommand {
  readonly executable: string;
  readonly configuration: string;
  /** The name of its first process, as ps shows it; undefined: that of the program. */
  readonly processName: string | undefined;
  /** File for what it says before its error log is open; undefined: its standard error. */
  readonly startupLog: string | undefined;
  /** Programs write its logs, and get the time to write what Apache said last. */
  readonly hasLogPrograms: boolean;
  /** One process that serves requests itself, as `httpd -X` does. */
  readonly isOneProcess: boolean;
  readonly workingDirectory: string;
  readonly environment: Record<string, string | undefined>;
  readonly stdin: 'inherit' | 'pipe' | 'ignore';
}

/** How Apache ended. */
export interface ApacheEnd {
  readonly status: number | undefined;
  readonly signal: string | undefined;
  /** Why it could not even be started. */
  readonly failure: string | undefined;
}

/** A running Apache. */
export interface Apache {
  readonly pid: number | undefined;
  readonly stdin: Writable | undefined;
  /** What it prints before its error log is open. */
  readonly stderr: Readable | undefined;
  readonly ended: Promise<ApacheEnd>;
  /** Asks it to end: requests in flight are finished, Python's exit functions run. By force after a while. */
  readonly stop: () => void;
  /** Begins new processes; the old ones finish their requests first. */
  readonly restart: () => void;
  /** Ends it and all its children at once. */
  readonly kill: () => void;
}

const GRACE_MS = 5_000;
const LAST_WORDS_MS = 500;
const LOG_PROGRAMS_MS = 2_000;
const POLL_MS = 20;

/**
 * Starts Apache in the foreground of a session of its own: the terminal's signals go to the launcher alone (Apache takes
 * the resizing of a window for an order to stop), and reading the terminal works nevertheless, for pdb.
 */
export const startApache = (command: ApacheCommand): Apache => {
  const mode = command.isOneProcess ? ['-DONE_PROCESS', '-DFOREGROUND'] : ['-DFOREGROUND'];
  const startupLog = command.startupLog ? ['-E', command.startupLog] : [];
  const child = spawn(command.executable, ['-f', command.configuration, ...startupLog, ...mode], {
    argv0: command.processName,
    cwd: command.workingDirectory,
    env: command.environment,
    detached: true,
    stdio: [command.stdin, 'inherit', 'pipe'],
  });
  const { pid } = child;
  let deadline: NodeJS.Timeout | undefined;
  /** Returns whether anybody was left to get it. */
  const signalGroup = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return pid !== undefined && process.kill(-pid, signal);
    } catch {
      return false;
    }
  };
  /** They end by themselves when they have written what Apache said last. */
  const waitForLogPrograms = async (): Promise<void> => {
    for (let waited = 0; waited < LOG_PROGRAMS_MS && signalGroup(0); waited += POLL_MS) await delay(POLL_MS);
  };
  const ended = new Promise<ApacheEnd>((resolve) => {
    child.once('error', (error) => {
      if (pid === undefined) resolve({ status: undefined, signal: undefined, failure: error.message });
    });
    const closed = new Promise<void>((close) => child.once('close', () => close()));
    child.once('exit', async (status, signal) => {
      clearTimeout(deadline);
      if (command.hasLogPrograms) await waitForLogPrograms();
      // Children of the application that outlive it belong to this server too.
      signalGroup('SIGKILL');
      // Its last words explain its end; a child that left the group may hold the stream open.
      await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]);
      resolve({ status: status ?? undefined, signal: signal ?? undefined, failure: undefined });
    });
  });
  return {
    pid,
    stdin: child.stdin ?? undefined,
    stderr: child.stderr ?? undefined,
    ended,
    stop: () => {
      // A debugger that waits for a command sees the end of its input and lets the request go.
      child.stdin?.end();
      child.kill('SIGTERM');
      deadline ??= setTimeout(() => signalGroup('SIGKILL'), GRACE_MS);
    },
    restart: () => child.kill('SIGUSR1'),
    kill: () => void signalGroup('SIGKILL'),
  };
};
