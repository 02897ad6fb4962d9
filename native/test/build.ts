import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Whether the module under test is built with, and httpd runs under, gcc's sanitizers. */
export const isSanitized = process.env.MOD_WSGI_TEST_SANITIZE === '1';

const sanitizers = '-fsanitize=address,undefined -fno-omit-frame-pointer';

/** The folder with the Makefile. */
export const nativeFolder = path.resolve(__dirname, '..');

const otherPython = process.env.MOD_WSGI_TEST_PYTHON;

/** The Python that the module under test is built for. */
export const testPython = otherPython ?? '/usr/bin/python3';

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
 * Builds the module for {@link testPython} and returns its path; what is up to date is not built again. The tests of
 * behaviour run against another module where MOD_WSGI_TEST_MODULE names one, upstream's for comparison.
 *
 * @throws Error with the compiler's output if it cannot be built.
 */
export const buildModule = async (): Promise<string> => {
  if (process.env.MOD_WSGI_TEST_MODULE) return process.env.MOD_WSGI_TEST_MODULE;
  const variant = `${(otherPython ?? '').replaceAll('/', '-')}${isSanitized ? '-sanitized' : ''}`;
  const build = path.join('build', variant);
  const flags = isSanitized ? [`OPTIMIZE=-O1 ${sanitizers}`, `LDFLAGS=${sanitizers}`] : [];
  const { exitCode, stdout, stderr } = await make('-j2', `PYTHON=${testPython}`, `BUILD=${build}`, ...flags);
  if (exitCode !== 0) throw new Error(`make failed:\n${stdout}${stderr}`);
  return path.join(nativeFolder, build, 'mod_wsgi.so');
};

/** What httpd needs in its environment to load a sanitized module. Leaks are Python's business: it frees little at its end. */
export const sanitizerEnvironment = (): NodeJS.ProcessEnv =>
  isSanitized
    ? {
        LD_PRELOAD: execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim(),
        ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1',
        // Python's own allocator would hide what is done to small objects.
        PYTHONMALLOC: 'malloc',
        UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1:abort_on_error=1',
      }
    : {};

/** Calls `use` with a new empty folder, which is removed afterwards. */
export const withScratchFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mod-wsgi-native-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
