import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The folder with the Makefile. */
export const nativeFolder = path.resolve(__dirname, '..');

/** The Python that the module under test is built for. */
export const testPython = process.env.MOD_WSGI_TEST_PYTHON ?? '/usr/bin/python3';

export interface MakeResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs make in native/ with the given variables and targets. */
export const make = (...args: string[]): Promise<MakeResult> =>
  new Promise((resolve) => {
    execFile('make', ['-C', nativeFolder, ...args], (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });

/**
 * Builds the module for {@link testPython} and returns its path; what is up to date is not built again.
 *
 * @throws Error with the compiler's output if it cannot be built.
 */
export const buildModule = async (): Promise<string> => {
  const { exitCode, stdout, stderr } = await make('-j2', `PYTHON=${testPython}`);
  if (exitCode !== 0) throw new Error(`make failed:\n${stdout}${stderr}`);
  return path.join(nativeFolder, 'build', 'mod_wsgi.so');
};

/** Calls `use` with a new empty folder, which is removed afterwards. */
export const withScratchFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mod-wsgi-native-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
