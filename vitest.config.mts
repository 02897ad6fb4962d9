import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Runs the file that sums up what the others have used after them. */
class SummaryLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sumsUp = ({ moduleId }: TestSpecification) =>
      moduleId.endsWith('/express/test/every-option.test.ts');
    return (await super.sort(files)).sort((left, right) => Number(sumsUp(left)) - Number(sumsUp(right)));
  }
}

/**
 * Two projects: `unit` starts no process and runs in milliseconds; `integration` drives real servers (Apache, the
 * language server, the debug adapter) on loopback, one file at a time so that ports and CPU belong to one test.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: SummaryLast },
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
