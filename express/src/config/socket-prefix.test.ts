import { expect, it } from 'vitest';
import { parseArguments } from '../command-line/parse';
import { readSettings } from '../settings';
import { socketPrefix } from './socket-prefix';

const prefix = (root: string, ...words: string[]) =>
  socketPrefix(readSettings(parseArguments(['a.wsgi', ...words]), '/project'), root);

it('lies in the server root, or where the user wants it', () => {
  expect(prefix('/run/root')).toBe('/run/root/wsgi');
  expect(prefix('/run/root', '--socket-prefix=/tmp')).toBe('/tmp/wsgi');
});

it('counts bytes, not characters', () => {
  expect(prefix(`/${'x'.repeat(70)}`)).toContain('/wsgi');
  expect(() => prefix(`/${'日'.repeat(30)}`)).toThrow("a socket's path has 107 bytes at most");
});
