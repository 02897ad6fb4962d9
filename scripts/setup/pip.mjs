// Python environments and what pip puts into them.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../lib/process.mjs';
import { inRepository } from '../lib/repository.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { isComplete, markComplete, remove } from './cache.mjs';

const TIMEOUT_MS = 15 * 60_000;

/** @typedef {'application' | 'debugger' | 'frameworks' | 'mod-wsgi' | 'test'} Part a requirements file, by name */

/** @param {Part} part */
const requirementsFile = (part) => inRepository('scripts', 'setup', 'requirements', `${part}.txt`);

/**
 * What the content of a part depends on.
 *
 * @param {Part} part
 */
export const partInputs = (part) =>
  createHash('sha256')
    .update(readFileSync(requirementsFile(part)))
    .digest('hex');

const partStamp = (venv, part) => path.join(venv, '.set-up', part);

/** @param {string} venv */
export const pythonOf = (venv) => path.join(venv, 'bin', 'python');

/**
 * The version of an interpreter, e.g. `3.11.2`; undefined where it cannot be run.
 *
 * @param {string} python
 */
export const pythonVersion = async (python) => {
  const { code, output } = await run(python, ['-c', 'import platform; print(platform.python_version())']);
  return code === 0 ? output.trim() : undefined;
};

/**
 * Makes a virtual environment, unless a working one of this interpreter is there.
 *
 * @param {string} venv its folder
 * @param {string} base the interpreter it is made from
 * @param {{withSystemPackages?: boolean}} [options] whether the distribution's Python packages are seen in it
 * @throws {ScriptError} where the interpreter has no venv module
 */
export const makeEnvironment = async (venv, base, { withSystemPackages = false } = {}) => {
  const version = await pythonVersion(base);
  const inputs = environmentInputs(base, version, withSystemPackages);
  if (isComplete(venv, inputs)) return;
  if (existsSync(venv) && !withSystemPackages && (await isEnvironmentOf(venv, base, version)))
    return markComplete(venv, inputs);
  remove(venv);
  const { code, output } = await run(base, [
    '-m',
    'venv',
    ...(withSystemPackages ? ['--system-site-packages'] : []),
    venv,
  ]);
  if (code !== 0)
    throw new ScriptError(
      `${base} -m venv failed:\n${output.trim()}`,
      `Install the venv module of that Python (Debian: python3-venv) and run this again.`,
    );
  markComplete(venv, inputs);
};

/**
 * Whether an environment with the distribution's packages was made here before.
 *
 * @param {string} venv
 * @param {string} base
 */
export const hasSystemPackages = async (venv, base) =>
  isComplete(venv, environmentInputs(base, await pythonVersion(base), true));

const environmentInputs = (base, version, withSystemPackages) =>
  `${base} ${version}${withSystemPackages ? ' with system packages' : ''}`;

/** Whether a folder is a working, separate environment of this interpreter at this version. */
const isEnvironmentOf = async (venv, base, version) => {
  if (/include-system-site-packages = true/.test(configurationOf(venv))) return false;
  const describe =
    'import os, platform, sys; print(platform.python_version(), os.path.realpath(sys.executable))';
  const [inVenv, ofBase] = await Promise.all(
    [pythonOf(venv), base].map((python) => run(python, ['-c', describe])),
  );
  return inVenv.code === 0 && inVenv.output === ofBase.output && inVenv.output.startsWith(`${version} `);
};

const configurationOf = (venv) => {
  try {
    return readFileSync(path.join(venv, 'pyvenv.cfg'), 'utf8');
  } catch {
    return '';
  }
};

/**
 * Whether an environment is known to hold a part as its requirements file says.
 *
 * @param {string} venv
 * @param {Part} part
 */
export const hasPart = async (venv, part) => {
  if (isComplete(partStamp(venv, part), partInputs(part))) return true;
  const { code } = await pip(venv, [
    'install',
    '--no-index',
    '--no-deps',
    '--quiet',
    '-r',
    requirementsFile(part),
  ]);
  if (code === 0) markComplete(partStamp(venv, part), partInputs(part));
  return code === 0;
};

/**
 * Installs a part from the package index.
 *
 * @param {string} venv
 * @param {Part} part
 * @param {(line: string) => void} [onLine]
 * @returns {Promise<string | undefined>} why it could not be installed, undefined where it was
 */
export const installPart = async (venv, part, onLine) => {
  // pip keeps wheels it has built for "cp311", although a module built against one libpython does not load in another.
  const ownBuild = part === 'mod-wsgi' ? ['--no-cache-dir'] : [];
  const { code, output } = await pip(
    venv,
    ['install', '--retries', '1', '--timeout', '20', ...ownBuild, '-r', requirementsFile(part)],
    onLine,
  );
  if (code === 0) markComplete(partStamp(venv, part), partInputs(part));
  return code === 0 ? undefined : causeIn(output);
};

/**
 * Unpacks the wheels of a part that run on any machine and on every Python from 3.8 on.
 *
 * @param {string} venv whose pip does it
 * @param {Part} part
 * @param {string} folder receives the packages
 * @param {(line: string) => void} [onLine]
 * @returns {Promise<string | undefined>} why it could not be had, undefined where it was
 */
export const downloadPart = async (venv, part, folder, onLine) => {
  const anyMachine = [
    '--platform',
    'any',
    '--implementation',
    'py',
    '--abi',
    'none',
    '--python-version',
    '3.8',
  ];
  const asPacked = [
    '--only-binary',
    ':all:',
    '--no-deps',
    '--require-hashes',
    '--no-compile',
    '--target',
    folder,
  ];
  const patience = ['--retries', '1', '--timeout', '20'];
  const options = [...anyMachine, ...asPacked, ...patience];
  const { code, output } = await pip(venv, ['install', ...options, '-r', requirementsFile(part)], onLine);
  return code === 0 ? undefined : causeIn(output);
};

/**
 * Why the package index would not give a part, undefined where it would. Quick: one look, nothing installed.
 *
 * @param {string} venv
 * @param {Part} part
 */
export const indexRefusal = async (venv, part) => {
  // One retry, because pip names the cause of a failed connection only when it tries again.
  const patience = ['--retries', '1', '--timeout', '5'];
  const look = [
    'install',
    '--dry-run',
    '--no-deps',
    '--ignore-installed',
    ...patience,
    '-r',
    requirementsFile(part),
  ];
  const { code, output } = await pip(venv, look);
  return code === 0 ? undefined : causeIn(output);
};

const pip = (venv, args, onLine) =>
  run(pythonOf(venv), ['-m', 'pip', '--disable-pip-version-check', '--no-input', ...args], {
    timeoutMs: TIMEOUT_MS,
    onLine,
  });

/** pip ends with "no matching distribution" also when it has reached no index; the true cause stands in its warnings. */
const causeIn = (output) => {
  const unreachable = /\[Errno -?\d+\] ([^'")\n]+)|(timed out)|(SSLError|CertificateError)/.exec(output);
  if (unreachable)
    return `the package index cannot be reached: ${unreachable[1] ?? unreachable[2] ?? unreachable[3]}`;
  const errors = output.split('\n').filter((line) => /^\s*error[: ]/i.test(line));
  return (errors.at(-1) ?? output.trim().split('\n').at(-1) ?? 'pip failed').trim();
};
