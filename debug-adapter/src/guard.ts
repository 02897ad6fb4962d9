import { type ChildProcess, spawn } from 'node:child_process';

/**
 * What the guard runs: reads lines until its standard input ends. `done` means an orderly end; an end without it means
 * that the adapter died, and then the server's process group and the session's folder go too.
 */
const SCRIPT = `
group= pid=
while read -r word value; do
  case $word in
    group) group=$value ;;
    pid) pid=$value ;;
    done) exit 0 ;;
  esac
done
[ -n "$group" ] && kill -TERM -- "-$group" 2>/dev/null
[ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  { [ -n "$group" ] && kill -0 -- "-$group" 2>/dev/null; } || { [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; } || break
  sleep 0.2
done
[ -n "$group" ] && kill -KILL -- "-$group" 2>/dev/null
[ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null
rm -rf -- "$1"
`;

/**
 * A small shell process that outlives the adapter by as long as it takes to clean up: an adapter that is killed with
 * SIGKILL cannot do it itself.
 */
export class Guard {
  private readonly process: ChildProcess;

  /** @param folder the session's folder, removed if the adapter dies. */
  constructor(folder: string) {
    // A session of its own: what ends the adapter's process group must not end the guard.
    this.process = spawn('/bin/sh', ['-c', SCRIPT, 'guard', folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.process.on('error', () => undefined);
    this.process.stdin?.on('error', () => undefined);
    this.process.unref();
  }

  /** The process group that the launcher leads. */
  watchGroup(id: number): void {
    this.process.stdin?.write(`group ${id}\n`);
  }

  /** The process in which the application runs, in case it left the launcher's group. */
  watchProcess(id: number): void {
    this.process.stdin?.write(`pid ${id}\n`);
  }

  /** Everything is cleaned up: nothing to guard any more. */
  dismiss(): void {
    this.process.stdin?.end('done\n');
  }
}
