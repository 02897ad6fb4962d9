import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from './any-text.fixture';
import { logicalLines, sourceOffset } from './logical-lines';
import type { Node, Range, SectionNode } from './nodes';
import { parse } from './parse';
import { tokens } from './tokens';
import { lineAt, lines, sectionsAt } from './walk';

const names = (nodes: readonly Node[]): unknown[] =>
  nodes.flatMap((node): unknown[] => {
    if (node.kind === 'directive') return [node.name.value];
    if (node.kind === 'section')
      return [[node.open.name, ...names(node.children), node.close ? '/' : 'open']];
    return node.kind === 'blank' ? [] : [node.kind];
  });

describe('any text', () => {
  test('is its tokens put together', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const all = tokens(parse(text));
        expect(all.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
        expect(all.every(({ start, end }) => start < end)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('has nodes whose ranges nest', () => {
    const nested = (outer: Range, inner: Range) => {
      expect(inner.start).toBeGreaterThanOrEqual(outer.start);
      expect(inner.end).toBeLessThanOrEqual(outer.end);
    };
    const check = (outer: Range, nodes: readonly Node[]) => {
      let position = outer.start;
      for (const node of nodes) {
        nested(outer, node);
        expect(node.start).toBeGreaterThanOrEqual(position);
        position = node.end;
        if (node.kind === 'section') check(node, node.children);
        if (node.kind === 'directive') for (const word of [node.name, ...node.args]) nested(node, word);
      }
    };
    fc.assert(
      fc.property(anyText, (text) => check({ start: 0, end: text.length }, parse(text).children)),
      { numRuns: 300 },
    );
  });

  test('has lines that cover it without gaps, each found at its offsets', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tree = parse(text);
        let position = 0;
        const all = lines(tree);
        for (const line of all) {
          expect(line.start).toBe(position);
          expect(lineAt(all, line.start)?.start).toBe(line.start);
          position = line.end;
        }
        expect(position).toBe(text.length);
      }),
      { numRuns: 300 },
    );
  });

  test('keeps the place of every character of a line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const line of logicalLines(text))
          for (let index = 0; index < line.text.length; index++)
            expect(text[sourceOffset(line, index)]).toBe(line.text[index]);
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['sections nest', '<A>\n<B>\nx\n</B>\n</A>\ny\n', [['A', ['B', 'x', '/'], '/'], 'y']],
  ['names close whatever their case', '<A>\n</a>\n', [['A', '/']]],
  [
    'an outer tag closes what is open inside',
    '<A>\n<B>\nx\n</A>\ny\n',
    [['A', ['B', 'x', 'open'], '/'], 'y'],
  ],
  ['a tag without an opener stands alone', 'x\n</A>\ny\n', ['x', 'stray-close', 'y']],
  ['the end of the file closes nothing', '<A>\nx\n', [['A', 'x', 'open']]],
  ['a continued comment swallows the next line', '# a \\\nx\ny\n', ['comment', 'y']],
  ['a hash inside a continued line is an argument', 'x \\\n# a\ny\n', ['x', 'y']],
  ['statements of template engines', '{% if a %}\nx\n<% end %>\n', ['template', 'x', 'template']],
])('%s', (_, text, expected) => {
  expect(names(parse(text).children)).toEqual(expected);
});

test('10,000 opened sections do not exhaust the stack', () => {
  const tree = parse('<Directory /a>\n'.repeat(10_000));
  expect([...lines(tree)]).toHaveLength(10_000);
});

test.each([
  ['top', '|<A>\n</A>\n', ''],
  ['inside', '<A>\n|\n</A>\n', 'A'],
  ['just before the closing tag', '<A>\nx\n|</A>\n', 'A'],
  ['behind it', '<A>\nx\n</A>\n|', ''],
  ['nested', '<A>\n<B>\nx|\n</B>\n</A>\n', 'A B'],
  ['not closed yet', '<A>\n<B>\n|', 'A B'],
])('the sections at a place: %s', (_, marked, expected) => {
  const offset = marked.indexOf('|');
  const sections: readonly SectionNode[] = sectionsAt(parse(marked.replace('|', '')), offset);
  expect(sections.map(({ open }) => open.name).join(' ')).toBe(expected);
});
