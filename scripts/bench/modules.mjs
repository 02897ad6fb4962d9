// The Apache modules that are measured: ours, and upstream's.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { run } from '../lib/process.mjs';
import { inRepository } from '../lib/repository.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { cache } from '../setup/cache.mjs';

/** Upstream's launcher, where set-up could install it. */
export const upstreamLauncher = `${cache.venv}/bin/mod_wsgi-express`;

/**
 * Builds ours as for a user, in a folder of its own.
 *
 * @param {string} python for which Python
 * @returns {Promise<string>} the path of mod_wsgi.so
 */
export const buildOurs = async (python) => {
  const build = inRepository('build', 'bench', 'native');
  const { code, output } = await run('make', [
    '-C',
    inRepository('native'),
    '-j2',
    `PYTHON=${python}`,
    `BUILD=${build}`,
  ]);
  if (code !== 0)
    throw new ScriptError(`The module could not be built:\n${output}`, 'See its own words above.');
  return path.join(build, 'mod_wsgi.so');
};

/**
 * Finds upstream's: from PyPI's package where set-up could install it, else the distribution's.
 *
 * @returns {Promise<string>} the path of its file
 */
export const findUpstream = async () => {
  const { output } = await run('apxs', ['-q', 'LIBEXECDIR']);
  const module = existsSync(upstreamLauncher)
    ? (await run(upstreamLauncher, ['module-location'])).output.trim().split('\n').at(-1)
    : path.join(output.trim(), 'mod_wsgi.so');
  if (existsSync(module)) return module;
  throw new ScriptError(
    'Upstream’s module is not there.',
    'Run: node scripts/setup.mjs, or install libapache2-mod-wsgi-py3.',
  );
};
