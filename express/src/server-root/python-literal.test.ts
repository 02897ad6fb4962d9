import { describe, expect, it } from 'vitest';
import { pythonLiteral } from './python-literal';

describe('a Python literal', () => {
  it.each([
    [null, 'None'],
    [undefined, 'None'],
    [true, 'True'],
    [false, 'False'],
    [12, '12'],
    ['/srv/app', '"/srv/app"'],
    [[], '[]'],
    [{}, '{}'],
    [['a', null], '[\n    "a",\n    None,\n]'],
    [{ a: { b: true }, c: undefined }, '{\n    "a": {\n        "b": True,\n    },\n}'],
  ])('of %j is %s', (value, expected) => {
    expect(pythonLiteral(value)).toBe(expected);
  });

  it('keeps what would end a string or a line inside the string', () => {
    expect(pythonLiteral('"\\\n\r\u0000')).toBe('"\\"\\\\\\n\\r\\u0000"');
  });
});
