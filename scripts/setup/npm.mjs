// npm as a tool of set-up: packages in folders of the cache, and the clone's own node_modules.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { readJson, writeJson } from '../lib/json.mjs';
import { run } from '../lib/process.mjs';
import { inRepository, repositoryRoot } from '../lib/repository.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { say, working } from './progress.mjs';

const TIMEOUT_MS = 20 * 60_000;

/**
 * The environment for a nested npm: `npm run` hands its own folder and package to its children, which would make the
 * nested one install into the clone.
 *
 * @param {string} [firstOnPath] folder whose programs come first
 */
const npmEnvironment = (firstOnPath) => {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(npm_(package|lifecycle|execpath|node_execpath|command)|npm_config_local_prefix$|INIT_CWD$)/.test(
          name,
        ),
    ),
  );
  if (firstOnPath) env.PATH = `${firstOnPath}${path.delimiter}${env.PATH}`;
  return env;
};

/**
 * Installs one npm package with its dependencies into a folder of its own.
 *
 * @param {string} folder made where missing
 * @param {string} spec e.g. `node@24`
 * @param {{firstOnPath?: string, onLine?: (line: string) => void}} [options]
 * @throws {ScriptError}
 */
export const installNpmPackage = async (folder, spec, { firstOnPath, onLine } = {}) => {
  mkdirSync(folder, { recursive: true });
  writeJson(path.join(folder, 'package.json'), { private: true });
  await npm(['install', '--no-audit', '--no-fund', '--foreground-scripts', spec], {
    cwd: folder,
    env: npmEnvironment(firstOnPath),
    onLine,
  });
};

/** Runs `npm ci` in the clone unless what node_modules holds is what package-lock.json says. */
export const installNodeModules = async () => {
  if (isInstalled()) return say('node_modules: as package-lock.json says');
  await working('node_modules: npm ci', (onLine) =>
    npm(['ci', '--no-audit', '--no-fund', '--foreground-scripts'], {
      cwd: repositoryRoot,
      env: npmEnvironment(),
      onLine,
    }),
  );
};

/** Compares content, not times: a checkout or an edit of the lock file changes times without changing packages. */
const isInstalled = () => {
  const lock = readJson(inRepository('package-lock.json'))?.packages;
  const installed = readJson(inRepository('node_modules', '.package-lock.json'))?.packages;
  if (!lock || !installed) return false;
  return Object.entries(lock)
    .filter(([location]) => location !== '')
    .every(([location, wanted]) =>
      installed[location]
        ? installed[location].version === wanted.version && existsSync(inRepository(location))
        : wanted.optional === true,
    );
};

const npm = async (args, options) => {
  const result = await run('npm', args, { ...options, timeoutMs: TIMEOUT_MS });
  if (result.code === 0) return;
  const why = result.timedOut ? 'did not finish in 20 minutes' : 'failed';
  throw new ScriptError(
    `npm ${args.join(' ')} ${why}:\n${essenceOf(result.output)}`,
    'Check that the npm registry can be reached (npm ping) and run this again; finished parts are kept.',
  );
};

/** npm tells the cause first and how to call it last; where it tells neither, the end of the output says most. */
const essenceOf = (output) => {
  const lines = output.trimEnd().split('\n');
  const errors = lines.filter((line) => /^npm error ./.test(line));
  return (errors.length > 0 ? errors.slice(0, 12) : lines.slice(-12)).join('\n');
};
