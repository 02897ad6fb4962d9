// The one form in which every runner's results are kept, whatever wrote them.

/**
 * @typedef {object} TestResult
 * @property {string} title with its file or suite, as a person would look for it
 * @property {'passed' | 'failed' | 'skipped'} state
 * @property {string} [detail] the failure's first lines, or the reason for skipping
 */

/**
 * @typedef {object} Report what a runner's reporter writes as JSON
 * @property {TestResult[]} tests
 * @property {string[]} errors what went wrong outside a test: a file that does not load, an unhandled rejection
 */

/**
 * @typedef {object} Outcome
 * @property {string} runner
 * @property {TestResult[]} tests
 * @property {number} ms
 */

/**
 * A runner's outcome from its report and the way its process ended. A runner that crashed, hung or ran nothing counts as a
 * failed test: silence is never success.
 *
 * @param {{runner: string, report: Report | undefined, code: number, timedOut: boolean, ms: number}} ended
 * @returns {Outcome}
 */
export const outcomeOf = ({ runner, report, code, timedOut, ms }) => {
  const tests = [...(report?.tests ?? [])];
  for (const error of report?.errors ?? []) tests.push(failure('outside of the tests', error));
  const hasFailure = tests.some((test) => test.state === 'failed');
  if (timedOut)
    tests.push(failure('the whole run', `did not end within ${Math.round(ms / 1000)} s and was stopped`));
  else if (!report) tests.push(failure('the whole run', `ended with exit code ${code} and without a report`));
  else if (tests.length === 0) tests.push(failure('the whole run', 'ran no test although it has test files'));
  else if (code !== 0 && !hasFailure) tests.push(failure('the whole run', `ended with exit code ${code}`));
  return { runner, tests, ms };
};

const failure = (title, detail) => ({ title, state: 'failed', detail });

/**
 * The outcome of a runner that cannot run here.
 *
 * @param {string} runner
 * @param {string} reason names the missing part
 * @returns {Outcome}
 */
export const skippedOutcome = (runner, reason) => ({
  runner,
  tests: [{ title: 'all of it', state: 'skipped', detail: reason }],
  ms: 0,
});

/**
 * @param {readonly TestResult[]} tests
 * @returns {{passed: number, failed: number, skipped: number}}
 */
export const count = (tests) => {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { state } of tests) counts[state] += 1;
  return counts;
};

/**
 * The summary that ends a test run: what was skipped and why, what failed, a line for each runner, and as the last line the
 * count over all.
 *
 * @param {readonly Outcome[]} outcomes
 * @returns {string}
 */
export const summaryOf = (outcomes) => {
  const all = outcomes.flatMap((outcome) =>
    outcome.tests.map((test) => ({ ...test, runner: outcome.runner })),
  );
  const listed = (state) =>
    all
      .filter((test) => test.state === state)
      .map(
        (test) => `  [${test.runner}] ${test.title}\n      ${firstLines(test.detail ?? 'no reason given')}`,
      );
  const section = (title, lines) => (lines.length === 0 ? [] : ['', title, ...lines]);
  return [
    ...section('Skipped:', listed('skipped')),
    ...section('Failed:', listed('failed')),
    ...section('Runners:', outcomes.map(runnerLine)),
    '',
    countLine(count(all)),
  ].join('\n');
};

const runnerLine = ({ runner, tests, ms }) =>
  `  ${runner.padEnd(24)} ${countLine(count(tests)).padEnd(40)} ${(ms / 1000).toFixed(1)} s`;

const countLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

const firstLines = (text) => text.trim().split('\n').slice(0, 8).join('\n      ');
