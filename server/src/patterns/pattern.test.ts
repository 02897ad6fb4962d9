import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findPattern, isSoundPattern } from './pattern';

/** What is found, and what each group has found; undefined for nothing. */
const find = (pattern: string, text: string, ignoresCase = false): readonly string[] | undefined => {
  const found = findPattern(pattern, text, { ignoresCase });
  if (found.kind === 'unknown') throw new Error(found.why);
  return found.kind === 'found' ? found.groups : undefined;
};

describe('a pattern finds what PCRE2 10.42 finds', () => {
  test.each<readonly [string, string, readonly string[] | undefined]>([
    ['^/shop/(.*)$', '/shop/cart', ['/shop/cart', 'cart']],
    ['', 'a', ['']],
    ['a|b', 'cb', ['b']],
    ['a*?b', 'aab', ['aab']],
    ['a{2}', 'aaa', ['aa']],
    ['a{2', 'a{2', ['a{2']],
    ['a{,3}', 'a{,3}', ['a{,3}']],
    ['(a){2,3}?', 'aaa', ['aa', 'a']],
    ['(a){0}b', 'ab', ['b', '']],
    ['a++a', 'aa', undefined],
    ['(?>a+)a', 'aa', undefined],
    ['a{2}+', 'aa', ['aa']],
    ['[]a]+', ']a', [']a']],
    ['[^]a]', 'b', ['b']],
    ['[a-z&&[b]]', 'b]', ['b]']],
    ['[\\w\\-.]+', 'a-b', ['a-b']],
    ['[--/]', '.', ['.']],
    ['[\\Qa]\\E]+', 'a]', ['a]']],
    ['[[:alpha:]]+', 'ab1', ['ab']],
    ['[[:^alpha:]]', 'a1', ['1']],
    ['\\Qa.b\\E*', 'a.bb', ['a.bb']],
    ['\\x41\\x{42}\\103\\cA\\e', 'ABC\x01\x1b', ['ABC\x01\x1b']],
    ['\\h\\H', '\ta', ['\ta']],
    ['a\\Rb', 'a\r\nb', ['a\r\nb']],
    ['\\N+', 'ab\nc', ['ab']],
    ['.+', 'a\nb', ['a\nb']],
    ['(?-s).+', 'a\nb', ['a']],
    ['a$', 'a\n', undefined],
    ['a\\Z', 'a\n', ['a']],
    ['(?m)^b$', 'a\nb\nc', ['b']],
    ['(?i)SHOP', 'shop', ['shop']],
    ['a(?i)b|c', 'C', ['C']],
    ['(a(?i)b)c', 'aBC', undefined],
    ['(?i:a)b', 'Ab', ['Ab']],
    ['\\bshop\\b', 'my shop.', ['shop']],
    ['(?#a comment)a', 'a', ['a']],
    ['^(?!/admin)', '/shop', ['']],
    ['(?<!a)b', 'ab', undefined],
    ['(?<=a|bc)d', 'bcd', ['d']],
    ['(?=(a))', 'a', ['', 'a']],
    ['(?!(a)b)a', 'ac', ['a', '']],
    ['(a)\\1', 'aa', ['aa', 'a']],
    ['(a)?\\1b', 'b', undefined],
    ['(?P<n>a)(?P=n)\\k<n>\\g{-1}', 'aaaa', ['aaaa', 'a']],
    ['(a)\\11', 'a\t', ['a\t', 'a']],
    ['(a*)*', 'b', ['', '']],
    ['(a|b*)*', 'abb', ['abb', '']],
    ['(?:(a)|b)*', 'ab', ['ab', 'a']],
    ['(a|)+', 'aa', ['aa', '']],
    ['(?:a|())*', 'aa', ['aa', '']],
    ['(a?)*?b', 'aab', ['aab', 'a']],
    ['^.{2}$', 'é', ['é']],
    ['(.+)-', 'café-', ['café-', 'café']],
    ['\\w', 'é', undefined],
  ])('%s in %j', (pattern, text, expected) => {
    expect(find(pattern, text)).toEqual(expected);
  });
});

test.each([
  '^*a',
  '\\b+',
  'a**',
  'a{3,2}',
  'a{65536}',
  'a{1}{2}',
  '[',
  '[a',
  '[b-a]',
  '[[:foo:]]',
  '[:alpha:]',
  ')',
  '(',
  '(a))',
  'a|*',
  '\\',
  '\\u0041',
  '[\\R]',
  '\\1',
  '(a)\\2',
  '\\k<n>',
  '\\x{100}',
  '\\400',
  '(?',
  '(?<',
  '(?z)',
  '(?#x',
  `${'('.repeat(251)}${')'.repeat(251)}`,
])('%s is refused, as by PCRE2 10.42', (pattern) => {
  expect(isSoundPattern(pattern)).toBe(false);
});

test.each([
  '(?R)',
  '(a)(?1)',
  '(?(1)a)',
  '(*FAIL)',
  '\\p{L}',
  '(?x) a',
  '(?<=a+)b',
  '(?|(a)|(b))',
  'a\\Kb',
  '\\y',
  '[\\d-z]',
  '[a-\\d]',
  'a{1}(?#c)+',
  'a?\\E?',
  '(?<n>a)(?<n>b)\\k<n>',
  "\\k<n>(?'n'a)",
])('%s is believed, and not followed', (pattern) => {
  expect(isSoundPattern(pattern)).toBe(true);
  expect(findPattern(pattern, 'a')).toMatchObject({ kind: 'unknown', why: /which is not followed here$/ });
});

/** Patterns of the kind that JavaScript and PCRE read alike. */
const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', '/', '.', '[ab]', '[^a]', '\\w', '^', '$', '\\b'),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `${left}${right}`),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(?:${left}|${right})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '*?', '+?', '??'))
      .map(([of, times]) => `(?:${of})${times}`),
    fc
      .tuple(fc.constantFrom('?=', '?!', '?<='), fc.constantFrom('a', 'ab', '[^/]'))
      .map(([l, of]) => `(${l}${of})`),
  ),
})).node;

// Where a round of a loop takes nothing, JavaScript looks for one that does: it finds more, but not elsewhere.
test('patterns cover what they cover in JavaScript', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', ' '), maxLength: 12 });
  fc.assert(
    fc.property(pattern, text, (written, given) => {
      const whole = `^(?:${written})$`;
      expect(find(whole, given) !== undefined).toBe(new RegExp(whole, 's').test(given));
    }),
    { numRuns: 2000 },
  );
});

describe('a hostile pattern', () => {
  const long = `${'a'.repeat(5000)}!`;

  test.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^(a*)*$',
    '(.*)*=',
    '.*.*.*.*.*.*.*.*=',
    '^(?=(a+)+$)',
    '(?:(?!(a+)+b)a)*c',
    '(?<=(a))(a+)+$',
    '(?>(a+)+)$',
    '(a*)*\\1b',
    '^(.*)(.*)\\1\\2=',
    '((a{1,300}){1,300}){1,300}',
    `${'('.repeat(240)}a${'+)'.repeat(240)}+$`,
    `${'(?<=a)'.repeat(1000)}b`,
    '\\Q'.repeat(30_000),
    '(?#'.repeat(20_000),
    '[[:'.repeat(20_000),
    '(?:'.repeat(20_000),
  ])('%# is answered at once', (hostile) => {
    const before = process.cpuUsage().user;
    for (const text of ['a'.repeat(40), long])
      expect(['found', 'none', 'unknown']).toContain(findPattern(hostile, text).kind);
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(2);
  });

  test('is asked to the end where the text is as long as one of a request', () => {
    expect(findPattern('^(a+)+$', `${'a'.repeat(60)}!`).kind).toBe('none');
  });

  test('is not tried for ever again, text after text', () => {
    const before = process.cpuUsage().user;
    for (let count = 0; count < 2000; count++)
      expect(findPattern('^((a|a)*)*\\1!$', `${'a'.repeat(50 + (count % 10))}?`).kind).toBe('unknown');
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(2);
  });

  test('that refers back is given up, with the reason', () => {
    expect(findPattern('^(a|a)*\\1!$', `${'a'.repeat(60)}?`)).toEqual({
      kind: 'unknown',
      why: 'its pattern can match in too many ways for all of them to be tried',
    });
  });
});
