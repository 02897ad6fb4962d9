// An environment with pytest and coverage for every Python the agent is to run on, as far as this machine has them.
import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { which } from '../lib/process.mjs';
import { cache } from './cache.mjs';
import { hasPart, installPart, makeEnvironment, pythonOf, pythonVersion } from './pip.mjs';
import { say, working } from './progress.mjs';

/** The Pythons that the product supports. */
const supported = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14'];

/**
 * @param {string | undefined} indexRefusal why PyPI gives nothing: Debian's pytest then serves Debian's Python, and only that
 * @returns {Promise<{pythons: Record<string, string>, leftOut: import('./python-environment.mjs').LeftOut[]}>} version →
 *   interpreter of its environment; and the versions that are left out
 */
export const installAgentPythons = async (indexRefusal) => {
  const found = await findPythons();
  const pythons = {};
  const leftOut = [];
  for (const version of supported) {
    const part = `tests on Python ${version}`;
    const refusal = found[version]
      ? await installEnvironment(version, found[version], indexRefusal)
      : 'no such Python on this machine';
    if (refusal) leftOut.push({ part, reason: refusal });
    else pythons[version] = pythonOf(environmentOf(version));
  }
  say(`Pythons for the tests: ${Object.keys(pythons).join(', ') || 'none'}`);
  return { pythons, leftOut };
};

const environmentOf = (version) => path.join(cache.pythons, version);

const installEnvironment = async (version, base, indexRefusal) => {
  const venv = environmentOf(version);
  const withSystemPackages = indexRefusal !== undefined && base.startsWith('/usr/bin/');
  try {
    await makeEnvironment(venv, base, { withSystemPackages });
  } catch (error) {
    return error.message;
  }
  if (withSystemPackages || (await hasPart(venv, 'test'))) return undefined;
  if (indexRefusal) return indexRefusal;
  return working(`Test packages for Python ${version}`, (onLine) => installPart(venv, 'test', onLine));
};

/** Version → interpreter; the distribution's before PATH's before pyenv's. */
const findPythons = async () =>
  Object.fromEntries(
    await Promise.all(supported.map(async (version) => [version, await findPython(version)])),
  );

const findPython = async (version) => {
  const candidates = [`/usr/bin/python${version}`, which(`python${version}`), ...pyenvPythons(version)];
  // pyenv's shims are on PATH for versions that are not selected too, and then only print an error.
  for (const candidate of candidates.filter((each) => each && existsSync(each)))
    if ((await pythonVersion(candidate))?.startsWith(`${version}.`)) return candidate;
};

const pyenvPythons = (version) => {
  const folder = path.join(process.env.PYENV_ROOT || path.join(os.homedir(), '.pyenv'), 'versions');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${version}.`))
    .map((name) => path.join(folder, name, 'bin', 'python'));
};
