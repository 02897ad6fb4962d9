import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainSystemError } from './system-error';

const failureOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
};

describe('explainSystemError', () => {
  it.skipIf(!existsSync('/dev/full'))('explains a full disk (skipped without /dev/full)', () => {
    const error = explainSystemError(failureOf(() => writeFileSync('/dev/full', 'x')));
    expect(error?.toText()).toMatch(
      /^The system refused: no space left on device\. \[system-refused\]\nFree some space there, .*--server-root.*TMPDIR/,
    );
  });

  it('names the place where the system does', () => {
    const name = `/${'x'.repeat(300)}`;
    expect(explainSystemError(failureOf(() => mkdirSync(name)))?.message).toBe(
      `The system refused to use ${name}: name too long.`,
    );
  });

  it.each([new Error('a mistake'), Object.assign(new Error('gone'), { code: 'ENOENT' }), undefined, 'text'])(
    'leaves %s alone',
    (error) => {
      expect(explainSystemError(error ?? {})).toBeUndefined();
    },
  );
});
