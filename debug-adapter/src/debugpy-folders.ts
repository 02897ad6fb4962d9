import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheRoot } from '../../common/src/cache';
import { UserError } from '../../common/src/errors';
import { installRoot } from '../../common/src/install-root';
import { runProgram } from '../../common/src/run-program';
import type { Python } from '../../common/src/runtime/python';

/** The copy that the extension brings along; a clone has it once set-up has run. */
const ownCopy = (): string => path.join(installRoot(), 'dist', 'debugpy');

const isThere = (folder: string): boolean => existsSync(path.join(folder, 'debugpy', '__init__.py'));

/**
 * The folders in which the agent looks for debugpy where the application's environment has none that works, best first.
 *
 * @param given a folder that the launch configuration names.
 * @param readers whether accounts other than ours have to read them: they then get copies outside our home.
 * @throws UserError `debugpy-missing` if the given folder holds no debugpy.
 */
export const debugpyFolders = async (
  given: string | undefined,
  python: Python,
  readers: 'us' | 'others',
): Promise<string[]> => {
  if (given !== undefined && !isThere(given)) {
    throw new UserError({
      code: 'debugpy-missing',
      message: `There is no package debugpy in ${given}.`,
      action:
        'Correct "debugpyPath" in launch.json to a folder that holds debugpy/__init__.py, or leave it out.',
    });
  }
  const folders = [given, ownCopy()].filter((folder) => folder !== undefined).filter(isThere);
  // What is installed beside the application is taken first; copies are made only where they may be needed.
  if (readers === 'us' || isThere(python.sitePackages)) return folders;
  return Promise.all(folders.map((folder) => sharedCopy(folder, python)));
};

/**
 * A copy that the server's account can read, with the byte code for this Python: that account may not write it, and would
 * compile debugpy at every start, which takes a second.
 */
const sharedCopy = async (folder: string, python: Python): Promise<string> => {
  const version = readFileSync(path.join(folder, 'debugpy', '_version.py'), 'utf8');
  const name = createHash('sha256').update(`${folder}\n${version}`).digest('hex').slice(0, 16);
  const copy = path.join(cacheRoot(), 'debugpy', name);
  if (!isThere(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    mkdirSync(path.dirname(copy), { recursive: true });
    cpSync(path.join(folder, 'debugpy'), path.join(unfinished, 'debugpy'), { recursive: true });
    await runProgram('chmod', ['-R', 'a+rX', unfinished]);
    try {
      renameSync(unfinished, copy);
    } catch {
      // Another session has made the same copy meanwhile.
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  await compile(copy, python);
  return copy;
};

/** The modules that a debugged process imports; importing them is what makes Python keep their byte code. */
const USED = 'import debugpy.server, pydevd';

const compile = async (copy: string, { executable, soabi }: Python): Promise<void> => {
  const stamp = path.join(copy, `compiled-${soabi}`);
  if (existsSync(stamp)) return;
  const environment = { PYTHONPATH: copy, PYTHONDONTWRITEBYTECODE: '' };
  await runProgram(executable, ['-c', USED], { cwd: '/', environment, timeoutMs: 30_000 });
  // Also where it failed: the agent then says what is wrong with this debugpy, and nobody tries again.
  writeFileSync(stamp, '');
};
