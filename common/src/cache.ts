import os from 'node:os';
import path from 'node:path';

/** The user's own cache folder, as the platform defines it. */
const userCache = (): string => {
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches');
  return process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
};

/**
 * The folder for what takes long to make and can be made again: built modules, downloaded programs. Root's lies outside
 * its home, because the server's user has to be able to reach what is in it. The folder may not exist yet.
 */
export const cacheRoot = (): string => {
  const chosen = process.env.MOD_WSGI_CACHE;
  if (chosen) return path.resolve(chosen);
  if (process.getuid?.() === 0 && process.platform !== 'darwin') return '/var/cache/mod-wsgi-vscode';
  return path.join(userCache(), 'mod-wsgi-vscode');
};
