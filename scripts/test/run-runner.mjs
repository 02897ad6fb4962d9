import { rmSync } from 'node:fs';
import { readJson } from '../lib/json.mjs';
import { run } from '../lib/process.mjs';
import { inRepository, repositoryRoot } from '../lib/repository.mjs';
import { outcomeOf, skippedOutcome } from './report.mjs';

/**
 * Runs one runner to its end, its output on this terminal, and reads its report.
 *
 * @param {import('./runners.mjs').Runner} runner
 * @returns {Promise<import('./report.mjs').Outcome>}
 */
export const runRunner = async (runner) => {
  console.log(`\n── ${runner.name} ${'─'.repeat(Math.max(0, 96 - runner.name.length))}`);
  if (runner.skip) {
    console.log(`skipped: ${runner.skip}`);
    return skippedOutcome(runner.name, runner.skip);
  }
  const reportFile = inRepository('test-results', `${runner.name.replace(/[^\w.]+/g, '-')}.json`);
  rmSync(reportFile, { force: true });
  const began = Date.now();
  const { code, timedOut } = await run(runner.command, runner.args, {
    cwd: repositoryRoot,
    env: { ...process.env, ...runner.env, TEST_REPORT: reportFile },
    show: true,
    timeoutMs: runner.minutes * 60_000,
  });
  const report = runner.verdictOnly ? verdictReport(runner, code) : readJson(reportFile);
  return outcomeOf({ runner: runner.name, report, code, timedOut, ms: Date.now() - began });
};

const verdictReport = ({ verdictOnly, command, args }, code) => ({
  tests: [
    code === 0
      ? { title: verdictOnly, state: 'passed' }
      : {
          title: verdictOnly,
          state: 'failed',
          detail: `${command} ${args.join(' ')} ended with exit code ${code}; its output is above`,
        },
  ],
  errors: [],
});
