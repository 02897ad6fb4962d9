import { expect, test } from 'vitest';
import { code, table } from './places';

test('a bar ends no cell of a table, and stays as it is elsewhere', () => {
  expect(code('^/(a|b)$')).toBe('`^/(a|b)$`');
  expect(table(['', 'Value'], [['URL', code('^/(a|b)$')]])).toBe(
    '|  | Value |\n| --- | --- |\n| URL | `^/(a\\|b)$` |',
  );
});
