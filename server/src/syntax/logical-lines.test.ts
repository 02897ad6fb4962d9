import { expect, test } from 'vitest';
import { logicalLines } from './logical-lines';

// Seen on httpd 2.4.71.
test.each([
  ['white space at both ends', '  a b\t\r\n', ['a b']],
  ['a continuation', 'a \\\n  b\n', ['a   b']],
  ['a continuation with CRLF', 'a \\\r\nb\r\n', ['a b']],
  ['two backslashes: one stays', 'a\\\\\nb\n', ['a\\b']],
  ['a blank line after two backslashes takes both', 'a \\\\\n\nb\n', ['a b']],
  ['a blank after the backslash', 'a \\ \nb\n', ['a \\', 'b']],
  ['the end of the file after a continuation', 'a \\\n', ['a']],
  ['a backslash at the end of the file', 'a \\', ['a \\']],
  ['only CR', 'a\rb\r', ['a\rb']],
  ['NUL', 'a\0b\nc\n', ['a', 'c']],
])('%s', (_, text, expected) => {
  expect(logicalLines(text).map((line) => line.text)).toEqual(expected);
});

test('the server counts a line by its last physical line', () => {
  const [line] = logicalLines('a \\\nb \\\nc\n');
  expect(line).toMatchObject({ firstLine: 0, lastLine: 2 });
});
