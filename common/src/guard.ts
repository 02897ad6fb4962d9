import { type ChildProcess, spawn } from 'node:child_process';

/**
 * What the guard runs: it reads orders line by line until its standard input ends. An end without `released` means that
 * whoever started it was killed; then what it watches is ended, by force after some seconds, and the folder removed.
 */
const SCRIPT = `
group= pid=
while read -r word value; do
  case $word in
    group) group=$value ;;
    process) pid=$value ;;
    released) exit 0 ;;
  esac
done
alive() {
  { [ -n "$group" ] && kill -0 "-$group"; } || { [ -n "$pid" ] && kill -0 "$pid"; }
}
end() {
  [ -z "$group" ] || kill "-$1" "-$group"
  [ -z "$pid" ] || kill "-$1" "$pid"
}
end TERM
rest=25
while alive && [ $rest -gt 0 ]; do sleep 0.2 || sleep 1; rest=$((rest - 1)); done
end KILL
[ -z "$1" ] || rm -rf -- "$1"
`;

/**
 * A small shell process that outlives its parent by as long as it takes to clean up: a process that is killed with
 * SIGKILL cannot do that itself, and a server must not be left behind.
 */
export class Guard {
  private readonly process: ChildProcess;
  /** When the preparation is over, whatever became of it. */
  readonly prepared: Promise<void>;

  /**
   * @param folder removed if the parent dies; undefined where nothing is to be removed.
   * @param preparation a shell command that is to run before anything is watched: it saves the parent a process of its own.
   */
  constructor(folder: string | undefined, preparation = ':') {
    const script = `${preparation}\nexec >&-\n${SCRIPT}`;
    // A session of its own: what ends the parent's process group must not end the guard.
    this.process = spawn('/bin/sh', ['-c', script, 'mod_wsgi-guard', folder ?? ''], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.process.on('error', () => undefined);
    this.process.stdin?.on('error', () => undefined);
    const { stdout } = this.process;
    this.prepared = new Promise((resolve) => {
      if (!stdout) return resolve();
      stdout.on('error', () => resolve());
      stdout.on('close', () => resolve());
      stdout.resume();
    });
  }

  /** Watch a process group. */
  watchGroup(id: number): void {
    this.tell(`group ${id}`);
  }

  /** Watch a process, besides a group that it may have left. */
  watchProcess(id: number): void {
    this.tell(`process ${id}`);
  }

  /** Everything is cleaned up: end the guard, and wait until it has ended. */
  async release(): Promise<void> {
    if (this.process.pid === undefined || this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.stdin?.end('released\n');
    await ended;
  }

  private tell(order: string): void {
    this.process.stdin?.write(`${order}\n`);
  }
}
