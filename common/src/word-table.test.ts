import { expect, test } from 'vitest';
import { wordTable } from './word-table';

test('a table of words has its rows and nothing else', () => {
  const table = wordTable({ listen: 1 });
  expect(table.listen).toBe(1);
  for (const word of ['constructor', '__proto__', 'toString', 'valueOf']) expect(table[word]).toBeUndefined();
});
