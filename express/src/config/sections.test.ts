import { expect, it } from 'vitest';
import { directorySection, fileSection, literalPattern } from './sections';

it.each([
  ['/plain path', '/plain path'],
  ['/a\\b', '/a\\b'],
  ['/a*b', '/a[*]b'],
  ['/a?[b]', '/a[?][[]b]'],
  ['/a\\b*', '/a\\\\b[*]'],
])('%s is taken literally as %s', (text, pattern) => {
  expect(literalPattern(text)).toBe(pattern);
});

it('nests a section for a file in one for its directory', () => {
  expect(fileSection('/srv/a"b/app.wsgi', ['Require all granted'])).toEqual([
    '<Directory "/srv/a\\"b">',
    '    <Files "app.wsgi">',
    '        Require all granted',
    '    </Files>',
    '</Directory>',
  ]);
  expect(directorySection('/', [])).toEqual(['<Directory "/">', '</Directory>']);
});
