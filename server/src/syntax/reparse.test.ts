import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from './any-text.fixture';
import type { SyntaxTree } from './nodes';
import { parse } from './parse';
import { reparse } from './reparse';
import { lines } from './walk';

/** A tree as it can be compared: the blocks of one that was edited may be cut elsewhere. */
const shape = (tree: SyntaxTree) => ({
  text: tree.text,
  template: tree.template,
  items: tree.blocks.flatMap(({ items }) => items),
  children: tree.children,
  lines: lines(tree),
});

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
        expect(shape(tree)).toEqual(shape(parse(text)));
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
  expect(shape(reparse(parse(before), after))).toEqual(shape(parse(after)));
});

test('lines that did not change are taken over', () => {
  const [first] = parse('a\nb\nc\n').blocks;
  const before = parse('a\nb\nc\n');
  const [, , third] = before.blocks[0]?.items ?? [];
  const after = reparse(before, 'a\nbb\nc\n').blocks[0]?.items ?? [];
  expect(first?.items).toHaveLength(3);
  expect(after[2]).toBe(third);
});

test('blocks that an edit does not touch are taken over, at their new places', () => {
  const text = '<A>\nb\n</A>\n<C>\nd\n</C>\n<E>\nf\n</E>\n';
  const before = parse(text);
  const [a, , e] = before.blocks;
  const [first, , third] = reparse(before, text.replace('d', 'd\ndd')).blocks;
  expect(first).toBe(a);
  expect(third).toBe(e);
  expect(text.length - (third?.start ?? 0)).toBe('<E>\nf\n</E>\n'.length - '\ndd'.length);
});
