import { defineConfig } from 'vitest/config';

/**
 * Two projects: `unit` starts no process and runs in milliseconds; `integration` drives real servers (Apache, the
 * language server, the debug adapter) on loopback, one file at a time so that ports and CPU belong to one test.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['test/random-seed.ts'],
          include: ['{common,server,express,debug-adapter,client}/src/**/*.test.ts', 'scripts/**/*.test.mjs'],
        },
      },
      {
        test: {
          name: 'integration',
          setupFiles: ['test/random-seed.ts'],
          include: [
            '{server,express,debug-adapter,native}/test/**/*.test.ts',
            'test/integration/**/*.test.ts',
          ],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
