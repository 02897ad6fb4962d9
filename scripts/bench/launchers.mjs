// The two launchers that are compared: same module, same application, same capacity.
import { existsSync } from 'node:fs';
import { bundle } from '../lib/bundle.mjs';
import { inRepository } from '../lib/repository.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { cache } from '../setup/cache.mjs';
import { buildOurs, findUpstream, upstreamLauncher } from './modules.mjs';

/**
 * @typedef {object} Launcher
 * @property {string} name
 * @property {string} command
 * @property {readonly string[]} args in front of the options
 * @property {Record<string, readonly string[]>} modes the options of a mode
 */

/**
 * The pairs that are compared, by the module that both of a pair load. Upstream's launcher knows its own module only: with
 * another one it is there for the load, and has no time of start.
 *
 * @param {string} script the WSGI script that all serve
 * @returns {Promise<{module: string, ours: Launcher, upstream: Launcher, isStarted: boolean}[]>}
 */
export const makeLaunchers = async (script) => {
  if (!existsSync(upstreamLauncher))
    throw new ScriptError(
      `Upstream's mod_wsgi-express is not in ${cache.venv}.`,
      'npm test sets that environment up; run it once (npm test -- --only unit).',
    );
  await bundle({
    outdir: inRepository('build', 'bench'),
    names: ['mod-wsgi-express'],
    production: true,
  });
  const options = ['start-server', script, ...identity()];
  const modes = { embedded: ['--embedded-mode'], daemon: [] };
  const ours = (module) => ({
    name: 'ours',
    command: process.execPath,
    args: [
      inRepository('build', 'bench', 'mod-wsgi-express.js'),
      ...options,
      `--python=${cache.python}`,
      `--module-path=${module}`,
    ],
    modes,
  });
  const theirModule = await findUpstream();
  const ourModule = await buildOurs(cache.python);
  return [
    {
      module: 'upstream’s module',
      ours: ours(theirModule),
      upstream: { name: 'upstream', command: upstreamLauncher, args: options, modes },
      isStarted: true,
    },
    {
      module: 'our module',
      ours: ours(ourModule),
      upstream: {
        name: 'upstream',
        command: process.execPath,
        args: [
          inRepository('scripts', 'bench', 'upstream-with-module.mjs'),
          upstreamLauncher,
          ourModule,
          ...options.slice(1),
        ],
        modes,
      },
      isStarted: false,
    },
  ];
};

/** Apache serves as another account where root starts it. */
const identity = () => (process.getuid?.() === 0 ? ['--user=www-data', '--group=www-data'] : []);
