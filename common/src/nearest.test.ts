import { expect, it } from 'vitest';
import { nearest } from './nearest';

const names = ['port', 'host', 'python-path', 'log-level', 'enable-debugger'];

it.each([
  ['prot', 'port'],
  ['PORT', 'port'],
  ['pythonpath', 'python-path'],
  ['loglevel', 'log-level'],
  ['enabledebuger', 'enable-debugger'],
  ['xyzzyx', undefined],
])('%s → %s', (name, expected) => {
  expect(nearest(name, names)).toBe(expected);
});
