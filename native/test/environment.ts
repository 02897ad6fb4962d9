import { homedir } from 'node:os';
import path from 'node:path';

const cacheFolder = (): string => {
  if (process.env.MOD_WSGI_CACHE) return process.env.MOD_WSGI_CACHE;
  if (process.getuid?.() === 0) return '/var/cache/mod-wsgi-vscode';
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'mod-wsgi-vscode');
};

/** The virtual environment with Flask and Django that the set-up makes; whoever uses it looks whether it is there. */
export const testEnvironment = path.join(cacheFolder(), 'venv');
