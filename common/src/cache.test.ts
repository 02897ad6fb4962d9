import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { cacheRoot } from './cache';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const as = (uid: number, environment: Record<string, string>): string => {
  for (const name of ['MOD_WSGI_CACHE', 'XDG_CACHE_HOME']) vi.stubEnv(name, environment[name]);
  vi.spyOn(process as { getuid: () => number }, 'getuid').mockReturnValue(uid);
  return cacheRoot();
};

it('is the chosen folder', () => {
  expect(as(0, { MOD_WSGI_CACHE: '/somewhere/../here' })).toBe('/here');
});

it.skipIf(process.platform === 'darwin')("is outside of root's home, and inside of everybody else's", () => {
  expect(as(0, { XDG_CACHE_HOME: '/x' })).toBe('/var/cache/mod-wsgi-vscode');
  expect(as(1000, { XDG_CACHE_HOME: '/x' })).toBe('/x/mod-wsgi-vscode');
  expect(as(1000, {})).toBe(path.join(os.homedir(), '.cache', 'mod-wsgi-vscode'));
});
