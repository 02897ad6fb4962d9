import { describe, expect, it } from 'vitest';
import { compilePattern } from './request-filter';

const matches = (pattern: string, path: string): boolean =>
  new RegExp(compilePattern(pattern).path).test(path);

describe('a pattern for requests', () => {
  it.each([
    ['/cart', '/cart', true],
    ['/cart', '/cart/1', false],
    ['/cart/*', '/cart/1', true],
    ['/cart/*', '/cart/1/items', false],
    ['/cart/**', '/cart/1/items', true],
    ['**', '/', true],
    ['*.json', '/a.json', false],
    ['**.json', '/a/b.json', true],
    ['/a.b', '/axb', false],
    ['/item?', '/item1', true],
    ['/item?', '/item/', false],
    ['/a+(b)', '/a+(b)', true],
    ['/süß', '/süß', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it('may name a method and may exclude', () => {
    expect(compilePattern('post /cart')).toEqual({ method: 'POST', path: '^/cart$', isExclusion: false });
    expect(compilePattern('!GET /static/**')).toEqual({
      method: 'GET',
      path: '^/static/.*$',
      isExclusion: true,
    });
  });

  it.each(['', 'cart', '/a b', 'GET', '!', '^/a$'])('is not "%s", and is told so', (text) => {
    expect(() => compilePattern(text)).toThrow(/is no pattern for requests/);
  });
});
