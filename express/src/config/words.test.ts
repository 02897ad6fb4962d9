import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOLLAR_VARIABLE, httpdWord } from './words';

/**
 * How httpd reads one line: variables are replaced in the whole line, without looking at the result again; then it is
 * cut into words, in which a quote and a backslash may be escaped.
 */
const wordsOf = (line: string): string[] => {
  const variables: Record<string, string> = { [DOLLAR_VARIABLE]: '$', HOME: '/home/someone', X: '"' };
  const expanded = line.replace(/\$\{([^}]*)\}/g, (all, name: string) => variables[name] ?? all).trim();
  const words: string[] = [];
  let rest = expanded;
  while (rest !== '') {
    const quote = rest[0] === '"' || rest[0] === "'" ? rest[0] : undefined;
    const [raw, after] = quote ? quoted(rest.slice(1), quote) : plain(rest);
    words.push(raw);
    rest = after.trimStart();
  }
  return words;
};

const quoted = (text: string, quote: string): [string, string] => {
  let word = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    const next = text[index + 1];
    if (character === quote) return [word, text.slice(index + 1)];
    if (character === '\\' && (next === quote || next === '\\')) {
      word += next;
      index++;
    } else word += character;
  }
  return [word, ''];
};

const plain = (text: string): [string, string] => {
  const end = text.search(/[ \t\v\f\r]/);
  const word = end < 0 ? text : text.slice(0, end);
  return [word.replaceAll('\\\\', '\\'), end < 0 ? '' : text.slice(end)];
};

/** A reference to a variable, as httpd writes one. */
const reference = (name: string): string => `$\{${name}}`;

const HOSTILE = [
  '"',
  "'",
  '\\',
  '$',
  '{',
  '}',
  '${',
  reference('HOME'),
  reference('X'),
  '%{HTTP_HOST}',
  '#',
  '>',
  '</VirtualHost>',
  ' ',
  '\t',
  'é',
  '日',
];
const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 })), {
    minLength: 1,
  })
  .map((pieces) => pieces.join('').replaceAll(/[\0\r\n]/g, ''))
  .filter((text) => text !== '');

describe('httpdWord', () => {
  it('writes any text as exactly one word', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (first, second) => {
        const line = `WSGIPythonHome ${httpdWord(first, 'A')} ${httpdWord(second, 'B')}`;
        expect(wordsOf(line)).toEqual(['WSGIPythonHome', first, second]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['plain', '"plain"'],
    ['C:\\dir\\', '"C:\\\\dir\\\\"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["it's", '"it\'s"'],
  ])('%j', (value, word) => {
    expect(httpdWord(value, 'A')).toBe(word);
  });

  it.each(['', 'a\nListen 1', 'a\rb', 'a\0b'])('refuses %j and says what it is', (value) => {
    expect(() => httpdWord(value, 'The working directory')).toThrow(/^The working directory /);
  });
});
