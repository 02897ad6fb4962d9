import { execa } from 'execa';

/**
 * Reads its orders line by line from standard input. When the input ends without "released", the launcher was killed:
 * the server is then stopped, by force after five seconds, and its temporary folder is removed.
 */
const SCRIPT = `
server=
while read -r word value; do
  case $word in
    server) server=$value ;;
    released) exit 0 ;;
  esac
done
if [ -n "$server" ]; then
  kill -TERM "-$server"
  rest=25
  while kill -0 "-$server" && [ $rest -gt 0 ]; do sleep 0.2 || sleep 1; rest=$((rest - 1)); done
  kill -KILL "-$server"
fi
if [ -n "$1" ]; then rm -rf -- "$1"; fi
`;

/** A small process that outlives the launcher, to clean up after it should it be killed. */
export interface Guard {
  /** Puts the process group of the server under guard. */
  readonly watch: (pid: number) => void;
  /** Ends the guard: the launcher has cleaned up itself. */
  readonly release: () => Promise<void>;
}

/** Starts the guard; `temporaryFolder` is what it removes. */
export const startGuard = (temporaryFolder: string | undefined): Guard => {
  const process = execa('/bin/sh', ['-c', SCRIPT, 'mod_wsgi-express-guard', temporaryFolder ?? ''], {
    cwd: '/',
    detached: true,
    cleanup: false,
    reject: false,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
  });
  const tell = (line: string) => process.stdin.write(`${line}\n`);
  process.stdin.on('error', () => {});
  return {
    watch: (pid) => tell(`server ${pid}`),
    release: async () => {
      tell('released');
      process.stdin.end();
      await process;
    },
  };
};
