import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { cacheRoot } from '../../common/src/cache';
import type { Workspace } from './workspace';

/** An interpreter that a test runs the application with. */
export interface PythonCase {
  readonly version: string;
  readonly python: string;
  /** Why it cannot be tested here. */
  readonly missing: string | undefined;
}

/** The environment that set-up made of a Python of this machine; it has no debugpy, no Flask and no Django. */
export const pythonCase = (version: string): PythonCase => {
  const python = path.join(cacheRoot(), 'pythons', version, 'bin', 'python');
  return { version, python, missing: whatIsMissing(version, python) };
};

const whatIsMissing = (version: string, python: string): string | undefined => {
  if (!existsSync(python)) return `Python ${version} is not installed here`;
  if (!isOutOfReach(python) || spawnSync('unshare', ['--mount', 'true']).status === 0) return undefined;
  return `Python ${version} lies where the server's account cannot reach it, and there are no mount namespaces here`;
};

/**
 * Root's own Pythons lie in a home that the server's account cannot enter. In a mount namespace of its own, a process and
 * its children see the same paths with that home open, and nothing of the machine is changed.
 */
const IN_OPEN_HOME = `
set -e
home=$1 inner=$2 aside=$3
shift 3
mount --make-rprivate /
mount --bind "$inner" "$aside"
mount -t tmpfs -o mode=755 none "$home"
mkdir -p "$inner"
mount --bind "$aside" "$inner"
exec "$@"
`;

/** The command line that runs a command so that the server's account reaches the Python. */
export const reaching = (
  python: string,
  command: readonly string[],
  workspace: Workspace,
): readonly string[] => {
  if (!isOutOfReach(python)) return command;
  const inner = installationOf(python);
  const home = closedFolderOf(inner) ?? '/';
  const aside = path.join(workspace.root, 'aside');
  mkdirSync(aside, { recursive: true });
  return ['unshare', '--mount', 'sh', '-c', IN_OPEN_HOME, 'sh', home, inner, aside, ...command];
};

const isOutOfReach = (python: string): boolean =>
  process.getuid?.() === 0 && closedFolderOf(installationOf(python)) !== undefined;

/** Where the interpreter behind a virtual environment is installed. */
const installationOf = (python: string): string => {
  const real = realpathSync(python);
  const configuration = path.join(path.dirname(path.dirname(python)), 'pyvenv.cfg');
  const home = existsSync(configuration) && /^home = (.+)$/m.exec(readFileSync(configuration, 'utf8'))?.[1];
  return path.dirname(home || path.dirname(real));
};

/** The outermost folder on the way that others may not enter. */
const closedFolderOf = (folder: string): string | undefined => {
  const parts = folder.split('/').filter((part) => part !== '');
  const above = parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`);
  return above.find((each) => (statSync(each).mode & 0o001) === 0);
};
