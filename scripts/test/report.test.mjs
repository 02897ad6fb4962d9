import { describe, expect, it } from 'vitest';
import { count, outcomeOf, skippedOutcome, summaryOf } from './report.mjs';

const passed = { title: 'a', state: 'passed' };
const failed = { title: 'b', state: 'failed', detail: 'expected 1' };
const skipped = { title: 'c', state: 'skipped', detail: 'no chromium' };
const ended = (report, more = {}) =>
  outcomeOf({ runner: 'unit', report, code: 0, timedOut: false, ms: 1000, ...more });

describe('the outcome of a runner', () => {
  it.each([
    ['passes', ended({ tests: [passed], errors: [] }), { passed: 1, failed: 0, skipped: 0 }],
    [
      'has failures',
      ended({ tests: [passed, failed], errors: [] }, { code: 1 }),
      { passed: 1, failed: 1, skipped: 0 },
    ],
    ['skips', ended({ tests: [skipped], errors: [] }), { passed: 0, failed: 0, skipped: 1 }],
    [
      'crashes after its tests',
      ended({ tests: [passed], errors: [] }, { code: 128 }),
      { passed: 1, failed: 1, skipped: 0 },
    ],
    ['writes no report', ended(undefined), { passed: 0, failed: 1, skipped: 0 }],
    ['hangs', ended(undefined, { timedOut: true, code: 128 }), { passed: 0, failed: 1, skipped: 0 }],
    ['runs nothing', ended({ tests: [], errors: [] }), { passed: 0, failed: 1, skipped: 0 }],
    [
      'cannot load a file',
      ended({ tests: [passed], errors: ['x.test.ts'] }, { code: 1 }),
      { passed: 1, failed: 1, skipped: 0 },
    ],
    ['cannot run here', skippedOutcome('editor', 'no chromium'), { passed: 0, failed: 0, skipped: 1 }],
  ])('that %s', (_name, outcome, expected) => {
    expect(count(outcome.tests)).toEqual(expected);
  });
});

describe('the summary', () => {
  const lines = summaryOf([
    ended({ tests: [passed, failed, skipped], errors: [] }),
    skippedOutcome('editor', 'no chromium'),
  ]).split('\n');

  it('ends with the count over all runners and nothing else', () => {
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 2 skipped');
  });

  it('says why something was skipped', () => {
    expect(lines).toContain('  [editor] all of it');
    expect(lines).toContain('      no chromium');
  });
});
