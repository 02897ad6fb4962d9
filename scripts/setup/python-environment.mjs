// The Python environment of the examples and the tests: the distribution's interpreter, packages from PyPI, or Debian's
// packages where PyPI cannot be reached.
import { run } from '../lib/process.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { cache } from './cache.mjs';
import { installPackages, missingPackages, pythonPackages } from './debian.mjs';
import { hasPart, hasSystemPackages, indexRefusal, installPart, makeEnvironment, pythonOf } from './pip.mjs';
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
 * @returns {Promise<{refusal: string | undefined, leftOut: LeftOut[]}>} `refusal` is why PyPI gave nothing and Debian's
 *   packages were taken
 */
export const installPythonEnvironment = async (purpose) => {
  const parts = purpose === 'test' ? ['application', 'test', 'frameworks'] : ['application'];
  // An environment of Debian's packages is replaced once PyPI answers again, and not made anew each time until then.
  const isStillRefused = await hasSystemPackages(cache.venv, distributionPython);
  const refusal = isStillRefused ? await indexRefusal(cache.venv, 'application') : undefined;
  return refusal === undefined ? fromPyPI(parts) : fromDebian(parts, refusal);
};

const fromPyPI = async (parts) => {
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
    return { refusal: undefined, leftOut: [] };
  }
  const refusal = await working('mod_wsgi from PyPI (compiles)', (onLine) =>
    installPart(cache.venv, 'mod-wsgi', onLine),
  );
  return { refusal: undefined, leftOut: refusal ? [upstreamLeftOut(refusal)] : [] };
};

const fromDebian = async (parts, refusal) => {
  say(`Python packages: ${refusal}; taking Debian's`);
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
    refusal,
    leftOut: [
      upstreamLeftOut(refusal),
      {
        part: 'Flask, Django, coverage and debugpy as pinned',
        reason: `${refusal}; Debian's versions are used`,
      },
    ],
  };
};

const upstreamLeftOut = (refusal) => ({ part: 'mod_wsgi from PyPI', reason: refusal });
