// The cache outside the clone: everything set-up installs that is neither a Debian package nor in node_modules.
import { mkdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readJson, writeJson } from '../lib/json.mjs';

/** Versions of what the cache holds; a new version is a new folder, so that an old clone keeps working. */
export const versions = { node: '24', nodePackage: '24.21.0', codeServer: '4.139.1' };

const root = () => {
  if (process.env.MOD_WSGI_CACHE) return path.resolve(process.env.MOD_WSGI_CACHE);
  if (process.getuid?.() === 0) return '/var/cache/mod-wsgi-vscode';
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'mod-wsgi-vscode');
};

const cacheRoot = root();
const inCache = (...parts) => path.join(cacheRoot, ...parts);

/** Every path that the scripts and the tests use in the cache. */
export const cache = {
  root: cacheRoot,
  lock: inCache('setup.lock'),
  state: inCache('state.json'),
  nodeFolder: inCache(`node-${versions.node}`),
  node: inCache(
    `node-${versions.node}`,
    'node_modules',
    'node',
    'node_modules',
    `node-linux-${process.arch}`,
    'bin',
    'node',
  ),
  codeServerFolder: inCache(`code-server-${versions.codeServer}`),
  codeServer: inCache(`code-server-${versions.codeServer}`, 'node_modules', 'code-server'),
  venv: inCache('venv'),
  python: inCache('venv', 'bin', 'python'),
  pythons: inCache('pythons'),
  debugpy: inCache('debugpy-packed'),
  demo: inCache('demo'),
};

/** Makes the cache's folder. Readable by all: the server's user runs the Python environment in it. */
export const makeCacheFolder = () => mkdirSync(cacheRoot, { recursive: true, mode: 0o755 });

const stampOf = (folder) => path.join(folder, '.complete.json');

/**
 * Whether a folder was finished for exactly these inputs (its stamp is written last).
 *
 * @param {string} folder
 * @param {string} inputs what the content depends on, e.g. versions
 */
export const isComplete = (folder, inputs) => readJson(stampOf(folder))?.inputs === inputs;

/**
 * @param {string} folder
 * @param {string} inputs
 */
export const markComplete = (folder, inputs) => writeJson(stampOf(folder), { inputs });

/** @param {string} folder */
export const remove = (folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
