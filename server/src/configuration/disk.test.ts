import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Disk } from './disk';

test.skipIf(!existsSync('/dev/zero'))('what has no end is not read (skipped without /dev/zero)', () => {
  expect(new Disk().read('/dev/zero')).toBeUndefined();
});
