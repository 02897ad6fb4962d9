import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from './any-text.fixture';
import { parse } from './parse';
import { reparse } from './reparse';

/** A text, and what somebody makes of it: each edit replaces a part. */
const edited = fc.tuple(
  anyText,
  fc.array(fc.tuple(fc.nat(400), fc.nat(60), anyText), { minLength: 1, maxLength: 4 }),
);

test('a tree that follows random edits is the one that is parsed from scratch', () => {
  fc.assert(
    fc.property(edited, ([first, edits]) => {
      let text = first;
      let tree = parse(text);
      for (const [place, length, inserted] of edits) {
        const at = Math.min(place, text.length);
        text = text.slice(0, at) + inserted + text.slice(at + length);
        tree = reparse(tree, text);
        expect(tree).toEqual(parse(text));
      }
    }),
    { numRuns: 400 },
  );
});

test.each([
  ['nothing changes', 'a\nb\n', 'a\nb\n'],
  ['a line is put first', 'a\nb\n', 'x\na\nb\n'],
  ['a line is removed', 'a\nb\nc\n', 'a\nc\n'],
  ['a line becomes continued', 'a\nb\nc\n', 'a\\\nb\nc\n'],
  ['a line is continued no more', 'a\\\nb\nc\n', 'a\nb\nc\n'],
  ['text goes on behind the last line', 'a\nb', 'a\nb c'],
  ['text goes on behind a last line that is continued', 'a\\\n', 'a\\\nb'],
  ['a blank line is continued by two backslashes', 'a\\\\\n\nb\n', 'a\\\\\n\n\nb\n'],
  ['everything goes', 'a\nb\n', ''],
  ['something comes to nothing', '', '<A>\nb\n</A>\n'],
  ['a repeated line comes once more', 'a\na\na\n', 'a\na\na\na\n'],
  ['a section is closed', '<A>\nb\n', '<A>\nb\n</A>\n'],
  ['a NUL comes and hides a backslash', 'a\\\nb\nc\n', 'a\0\\\nb\nc\n'],
])('%s', (_, before, after) => {
  expect(reparse(parse(before), after)).toEqual(parse(after));
});

test('lines that did not change are taken over', () => {
  const before = parse('a\nb\nc\n');
  const after = reparse(before, 'a\nbb\nc\n');
  expect(after.items[0]).toBe(before.items[0]);
});
