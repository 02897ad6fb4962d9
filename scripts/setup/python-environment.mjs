// The Python environment of the examples and the tests: the distribution's interpreter, packages from PyPI, or Debian's
// packages where PyPI cannot be reached.
import { run } from '../lib/process.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { cache } from './cache.mjs';
import { installPackages, missingPackages, pythonPackages } from './debian.mjs';
import { hasPart, installPart, makeEnvironment, pythonOf } from './pip.mjs';
import { say, working } from './progress.mjs';

/** Not the python3 of PATH: the distribution's mod_wsgi is linked with this one, and the server's user can reach it. */
export const distributionPython = '/usr/bin/python3';

/**
 * @typedef {object} LeftOut a part that this machine could not be given
 * @property {string} part as the tests name it
 * @property {string} reason
 */

/**
 * Makes the environment.
 *
 * @param {'demo' | 'test'} purpose
 * @returns {Promise<{source: 'PyPI' | 'Debian', leftOut: LeftOut[]}>}
 */
export const installPythonEnvironment = async (purpose) => {
  const parts = purpose === 'test' ? ['application', 'test'] : ['application'];
  await makeEnvironment(cache.venv, distributionPython);
  const refusal = await installAll(parts);
  return refusal === undefined ? withUpstream() : fromDebian(parts, refusal);
};

/** Installs the parts in turn; returns why one could not be. */
const installAll = async (parts) => {
  for (const part of parts) {
    if (await hasPart(cache.venv, part)) {
      say(`Python packages (${part}): there`);
      continue;
    }
    const refusal = await working(`Python packages (${part})`, (onLine) =>
      installPart(cache.venv, part, onLine),
    );
    if (refusal) return refusal;
  }
};

const withUpstream = async () => {
  if (await hasPart(cache.venv, 'mod-wsgi')) {
    say('mod_wsgi from PyPI: there');
    return { source: 'PyPI', leftOut: [] };
  }
  const refusal = await working('mod_wsgi from PyPI (compiles)', (onLine) =>
    installPart(cache.venv, 'mod-wsgi', onLine),
  );
  return { source: 'PyPI', leftOut: refusal ? [upstreamLeftOut(refusal)] : [] };
};

const fromDebian = async (parts, refusal) => {
  say(`PyPI gave no packages (${refusal}); taking Debian's instead`);
  const wanted = parts.flatMap((part) => pythonPackages[part]);
  const missing = await missingPackages(wanted);
  if (missing.length > 0) await installPackages(missing);
  await makeEnvironment(cache.venv, distributionPython, { withSystemPackages: true });
  const modules = wanted.map((name) => name.replace('python3-', ''));
  const { code, output } = await run(pythonOf(cache.venv), ['-c', `import ${modules.join(', ')}`]);
  if (code !== 0)
    throw new ScriptError(
      `The environment made of Debian's packages does not work: ${output.trim().split('\n').at(-1)}`,
      `Check ${wanted.join(' ')} with ${distributionPython}, or make PyPI reachable, and run this again.`,
    );
  return {
    source: 'Debian',
    leftOut: [
      upstreamLeftOut(refusal),
      {
        part: 'Flask, Django, coverage and debugpy as pinned',
        reason: `PyPI: ${refusal}; Debian's versions are used`,
      },
    ],
  };
};

const upstreamLeftOut = (refusal) => ({ part: 'mod_wsgi from PyPI', reason: `PyPI: ${refusal}` });
