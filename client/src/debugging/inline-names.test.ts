import { expect, it } from 'vitest';
import { inlineNames } from './inline-names';

/** The names as `line:name`; the frame stands at the line that ends in `# here`. */
const named = (text: string): string[] => {
  const lines = text.split('\n');
  const stopped = lines.findIndex((line) => line.endsWith('# here'));
  return inlineNames(lines, stopped).map(({ name, line, character }) => {
    expect(lines[line]?.slice(character, character + name.length)).toBe(name);
    return `${line}:${name}`;
  });
};

it('names the variables of the function, up to where it stands', () => {
  expect(
    named(
      'before = 1\ndef total(cart, rate):\n    net = sum(cart)\n    return net * rate  # here\n    after = 1',
    ),
  ).toEqual(['1:cart', '1:rate', '2:net', '2:cart', '3:net', '3:rate']);
});

it('takes the innermost function', () => {
  expect(named('def outer(a):\n    def inner(b):\n        pass\n    c = a  # here')).toEqual([
    '0:a',
    '1:b',
    '3:c',
    '3:a',
  ]);
  expect(named('def outer(a):\n    def inner(b):\n        if b:\n            return b  # here')).toEqual([
    '1:b',
    '2:b',
    '3:b',
  ]);
});

it('leaves out strings, comments, attributes, calls and words of the language', () => {
  expect(named(`def f(x):\n    y = x.size + len(x) if "not it" else None  # nor this # here`)).toEqual([
    '0:x',
    '1:y',
    '1:x',
  ]);
});

it('takes a module from its beginning', () => {
  expect(named('a = 1\n\nb = a  # here')).toEqual(['0:a', '2:b', '2:a']);
});

it('looks no further than somebody reads', () => {
  const lines = ['def f():', ...Array.from({ length: 1_000 }, (_, at) => `    v${at} = 0`)];
  expect(inlineNames(lines, 1_000)).toHaveLength(201);
});
