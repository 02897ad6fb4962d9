// Patterns of a configuration beside the library that Apache itself asks: the same random patterns and texts to both.
import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findProgram } from '../../common/src/executables';
import { findPattern, isSoundPattern } from '../src/patterns/pattern';

const PATTERNS = 10_000;

/**
 * Python reads pairs of a pattern and a text, each character a byte, and writes for each pair what the groups have found, null where
 * nothing was found, or false for a pattern that is refused (https://www.pcre.org/current/doc/html/pcre2api.html). The
 * options are those that Apache compiles with: a dot takes newlines, a dollar only the end, and groups may share a name.
 */
const ASK_PCRE = `
import ctypes, json, sys
pcre = ctypes.CDLL("libpcre2-8.so.0")
for name in "compile", "match_data_create_from_pattern", "get_ovector_pointer":
    getattr(pcre, "pcre2_%s_8" % name).restype = ctypes.c_void_p
DOLLAR_ENDONLY, DOTALL, DUPNAMES, NO_WAY = 0x10, 0x20, 0x40, ctypes.c_size_t(-1).value
answers = []
for pattern, text in json.load(sys.stdin):
    pattern, text = pattern.encode("latin-1"), text.encode("latin-1")
    number, offset = ctypes.c_int(), ctypes.c_size_t()
    code = pcre.pcre2_compile_8(pattern, ctypes.c_size_t(len(pattern)), DOLLAR_ENDONLY | DOTALL | DUPNAMES, ctypes.byref(number), ctypes.byref(offset), None)
    if not code:
        answers.append(False)
        continue
    code = ctypes.c_void_p(code)
    data = ctypes.c_void_p(pcre.pcre2_match_data_create_from_pattern_8(code, None))
    count = pcre.pcre2_match_8(code, text, ctypes.c_size_t(len(text)), ctypes.c_size_t(0), 0, data, None)
    places = ctypes.cast(pcre.pcre2_get_ovector_pointer_8(data), ctypes.POINTER(ctypes.c_size_t))
    answers.append(None if count < 0 else [
        "" if places[2 * group] == NO_WAY else text[places[2 * group]:places[2 * group + 1]].decode("latin-1")
        for group in range(count)])
    pcre.pcre2_match_data_free_8(data)
    pcre.pcre2_code_free_8(code)
json.dump(answers, sys.stdout)
`;

type Answer = readonly string[] | null | false;

const python = findProgram('python3');
const hasPcre =
  python !== undefined &&
  spawnSync(python, ['-c', 'import ctypes; ctypes.CDLL("libpcre2-8.so.0")']).status === 0;

const askPcre = (questions: readonly (readonly [string, string])[]): readonly Answer[] =>
  JSON.parse(
    execFileSync(python ?? '', ['-c', ASK_PCRE], {
      input: JSON.stringify(questions),
      encoding: 'utf8',
      maxBuffer: 100_000_000,
    }),
  );

const ATOMS = [
  'a',
  'b',
  '/',
  '.',
  '[ab]',
  '[^a]',
  '[a-c/]',
  '\\w',
  '\\W',
  '\\d',
  '^',
  '$',
  '\\b',
  '\\B',
  '\\Z',
  '()',
  '\\1',
  '\\2',
  '(?i)',
];
const TIMES = ['*', '+', '?', '{2}', '{1,2}', '{0,1}', '{2,}', '*?', '+?', '??', '{1,2}?', '*+', '++', '?+'];

const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...ATOMS),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => left + right),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(${left}|${right})`),
    fc
      .tuple(fc.constantFrom('', '?:', '?>', '?i:', '?=', '?!', '?<=', '?<!'), tie('node'))
      .map(([kind, of]) => `(${kind}${of})`),
    fc
      .tuple(fc.constantFrom('', '?:', '?>'), tie('node'), fc.constantFrom(...TIMES))
      .map(([kind, of, times]) => `(${kind}${of})${times}`),
  ),
})).node;

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '/', '.', '1', '\n'), maxLength: 10 });

/** Groups behind the last one that has found something are not told by the library. */
const withoutEmptyEnd = (groups: readonly string[]): readonly string[] =>
  groups.slice(0, groups.findLastIndex((group, index) => index === 0 || group !== '') + 1);

test.skipIf(!hasPcre)('random patterns find what PCRE2 finds (skipped without python3 or libpcre2-8)', () => {
  const questions = fc.sample(fc.tuple(pattern, text), PATTERNS);
  const answers = askPcre(questions);
  const otherGroups: string[] = [];
  let followed = 0;
  for (const [index, [written, given]] of questions.entries()) {
    const answer = answers[index] as Answer;
    const about = `${JSON.stringify(written)} in ${JSON.stringify(given)}`;
    expect(isSoundPattern(written) || answer === false, about).toBe(true);
    const found = findPattern(written, given);
    if (found.kind === 'unknown') continue;
    followed++;
    const groups = found.kind === 'found' ? withoutEmptyEnd(found.groups) : undefined;
    expect(groups?.[0], about).toEqual(answer ? answer[0] : undefined);
    if (answer && `${groups}` !== `${withoutEmptyEnd(answer)}`) otherGroups.push(about);
  }
  // Where a round of a loop inside a loop takes nothing, the groups may still tell of the round before.
  expect(otherGroups.length, otherGroups.join('\n')).toBeLessThan(PATTERNS / 1000);
  expect(followed).toBeGreaterThan(PATTERNS / 2);
});

/** What patterns are written of, whole and in pieces. */
const PIECES = [
  ...'ab19^$.\\()[]{}*+?|-:=!<>#, /&_é',
  ...[
    '\\d',
    '\\b',
    '\\B',
    '\\A',
    '\\Z',
    '\\Q',
    '\\E',
    '\\R',
    '\\N',
    '\\h',
    '\\x',
    '\\x{41}',
    '\\x41',
    '\\0',
    '\\1',
    '\\12',
  ],
  ...[
    '\\18',
    '\\g1',
    '\\g{-1}',
    '\\k<n>',
    '\\k{n}',
    '\\p{L}',
    '\\o{101}',
    '\\c',
    '\\cA',
    '\\u',
    '\\e',
    '\\n',
    '\\.',
    '\\/',
  ],
  ...[
    '(?:',
    '(?=',
    '(?!',
    '(?<=',
    '(?<!',
    '(?>',
    '(?|',
    '(?<n>',
    '(?P<n>',
    "(?'n'",
    '(?P=n)',
    '(?R)',
    '(?1)',
    '(?i)',
  ],
  ...[
    '(?s-i:',
    '(?x)',
    '(?^)',
    '(?#',
    '(?#c)',
    '(*FAIL)',
    '(?(1)',
    '[:alpha:]',
    '[[:alpha:]]',
    '[[:^digit:]',
    '[^',
  ],
  ...['[]', '[^]', 'a-', '-z', '{1}', '{1,}', '{,2}', '{2,1}', '{1,2}', '{0}'],
];

test.skipIf(!hasPcre)(
  'no pattern that PCRE2 takes is called broken (skipped without python3 or libpcre2-8)',
  () => {
    const pieces = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 7 });
    const patterns = fc.sample(pieces, 5 * PATTERNS).map((all) => all.join(''));
    const answers = askPcre(patterns.map((written) => [written, '']));
    const taken = patterns.filter((_, index) => answers[index] !== false);
    expect(taken.filter((written) => !isSoundPattern(written))).toEqual([]);
    expect(taken.length).toBeGreaterThan(PATTERNS);
  },
);
