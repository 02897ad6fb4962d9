// The two launchers that are compared: same module, same application, same capacity.
import { existsSync } from 'node:fs';
import { bundle } from '../lib/bundle.mjs';
import { run } from '../lib/process.mjs';
import { inRepository } from '../lib/repository.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { cache } from '../setup/cache.mjs';

/**
 * @typedef {object} Launcher
 * @property {string} name
 * @property {string} command
 * @property {readonly string[]} args in front of the options
 * @property {Record<string, readonly string[] | undefined>} modes the options of a mode; undefined where it is not there
 */

const upstreamLauncher = () => `${cache.venv}/bin/mod_wsgi-express`;

/** The module that upstream's launcher uses; ours is told to use the same one. */
const upstreamModule = async () => {
  if (!existsSync(upstreamLauncher()))
    throw new ScriptError(
      `Upstream's mod_wsgi-express is not in ${cache.venv}.`,
      'npm test sets that environment up; run it once (npm test -- --only unit).',
    );
  const { output } = await run(upstreamLauncher(), ['module-location']);
  return output.trim().split('\n').at(-1);
};

/**
 * @param {string} script the WSGI script that both serve
 * @returns {Promise<{ours: Launcher, upstream: Launcher}>}
 */
export const makeLaunchers = async (script) => {
  const module = await upstreamModule();
  const outdir = inRepository('build', 'bench');
  await bundle({ outdir, names: ['mod-wsgi-express'], production: true });
  const program = inRepository('build', 'bench', 'mod-wsgi-express.js');
  const { output: help } = await run(process.execPath, [program, 'start-server', '--help']);
  const hasDaemonMode = help.includes('--embedded-mode');
  return {
    ours: {
      name: 'ours',
      command: process.execPath,
      args: [
        program,
        'start-server',
        script,
        `--python=${cache.python}`,
        `--module-path=${module}`,
        ...identity(),
      ],
      modes: hasDaemonMode
        ? { embedded: ['--embedded-mode'], daemon: [] }
        : { embedded: [], daemon: undefined },
    },
    upstream: {
      name: 'upstream',
      command: upstreamLauncher(),
      args: ['start-server', script, ...identity()],
      modes: { embedded: ['--embedded-mode'], daemon: [] },
    },
  };
};

/** Apache serves as another account where root starts it. */
const identity = () => (process.getuid?.() === 0 ? ['--user=www-data', '--group=www-data'] : []);
