import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { make, nativeFolder, testPython } from './build';

/** MOD_WSGI_FUZZ_SECONDS goes on for longer, MOD_WSGI_FUZZ_SEED elsewhere. */
const { MOD_WSGI_FUZZ_SECONDS: seconds = '5', MOD_WSGI_FUZZ_SEED: seed = '20161' } = process.env;

it(
  'no bytes from a process or a client lead to a wrong access, or through a check',
  async () => {
    const { exitCode, stdout, stderr } = await make('fuzz', `PYTHON=${testPython}`, 'BUILD=build/fuzzing');
    expect(exitCode, stdout + stderr).toBe(0);
    const program = path.join(nativeFolder, 'build', 'fuzzing', 'fuzz');
    const result = await promisify(execFile)(program, [seconds, seed], {
      // What Python does not free is none of this.
      env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1' },
    });
    expect(result.stdout).toMatch(/^\d{3,} inputs\n$/);
  },
  120_000 + 1_000 * Number(seconds),
);
