import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Test } from 'mocha';
import { pictureOfFailure } from './page';
import { setting } from './setting';
import { reasonForSkipping } from './skip';

/** The form in which all runners of this project report; see scripts/test/report.mjs. */
interface TestResult {
  title: string;
  state: 'passed' | 'failed' | 'skipped';
  detail?: string;
}

const TEST_TIMEOUT_MS = 240_000;

/**
 * Runs the suites named in EDITOR_TEST_SUITES inside the extension host; VS Code calls this.
 * The report is written after each test, so that a run that hangs still tells how far it came.
 *
 * @throws Error where a test failed: VS Code makes it the exit code
 */
export const run = async (): Promise<void> => {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: TEST_TIMEOUT_MS, reporter: Mocha.reporters.Base });
  mocha.fgrep(setting('EDITOR_TEST_GREP'));
  const results: TestResult[] = [];
  for (const suite of setting('EDITOR_TEST_SUITES').split(','))
    mocha.addFile(path.join(__dirname, `${suite}.test.js`));
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const record = (test: Test, state: TestResult['state'], detail?: string): void => {
      results.push({ title: test.fullTitle(), state, ...(detail === undefined ? {} : { detail }) });
      writeFileSync(setting('EDITOR_TEST_REPORT'), JSON.stringify({ tests: results, errors: [] }));
      show(`${marks[state]} ${test.fullTitle()}${detail === undefined ? '' : `\n${detail}`}`);
    };
    runner.on('pass', (test) => record(test, 'passed'));
    runner.on('fail', (test, error: Error) => {
      pictureOfFailure(test.fullTitle());
      record(test, 'failed', error.stack ?? error.message);
    });
    runner.on('pending', (test) => record(test, 'skipped', reasonForSkipping(test)));
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
};

const marks = { passed: '  ✓', failed: '  ✗', skipped: '  -' };

/** Lines for the terminal of the driver, which picks them out of the console by their mark. */
const show = (text: string): void => {
  for (const line of text.split('\n')) console.log(`@@show ${line}`);
};
