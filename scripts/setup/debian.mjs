// Debian packages: which, what for, and how they are installed without starting a system service.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, which } from '../lib/process.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { temporaryFolder } from '../lib/temporary-folder.mjs';
import { say, working } from './progress.mjs';

/** Package → what it is for. The demo and the tests need all of the first table, the tests also the second. */
const forBoth = {
  apache2: 'the server',
  'apache2-dev': "apxs and the server's headers: the module is built against them",
  'libapache2-mod-wsgi-py3': "the distribution's mod_wsgi, one of the runtimes",
  python3: "the applications' Python",
  'python3-dev': 'Python.h: the module is built against it',
  'python3-venv': 'the Python environment of examples and tests',
  'libkrb5-dev': 'code-server compiles against it',
  'pkg-config': 'code-server compiles with it',
  'g++': 'code-server compiles with it',
  make: 'the module and code-server are built with it',
};
const forTests = {
  chromium: 'the editor tests open the editor in it',
  curl: 'a client that knows digest authentication',
  openssl: 'certificates for the tests over HTTPS',
  'fonts-dejavu-core': 'without a font the screenshots show boxes',
};

/** What takes PyPI's place where it cannot be reached. */
export const pythonPackages = {
  application: ['python3-flask', 'python3-django', 'python3-coverage', 'python3-debugpy'],
  test: ['python3-pytest'],
  frameworks: ['python3-pyramid'],
};

const POLICY_FILE = '/usr/sbin/policy-rc.d';
const APT_TIMEOUT_MS = 20 * 60_000;

/**
 * Installs the Debian packages that are missing.
 *
 * @param {'demo' | 'test'} purpose
 * @throws {ScriptError} where they cannot be installed: says which, and the command that installs them
 */
export const installSystemPackages = async (purpose) => {
  if (process.platform !== 'linux')
    throw new ScriptError(
      `Set-up knows Debian and Ubuntu; this is ${process.platform}.`,
      `Use a Debian machine, virtual machine or container with Node.js 20.19 or newer.`,
    );
  const wanted = Object.keys(purpose === 'test' ? { ...forBoth, ...forTests } : forBoth);
  const missing = await missingPackages(wanted);
  if (missing.length === 0) return say(`Debian packages: all ${wanted.length} there`);
  await installPackages(missing);
};

/**
 * Which of these packages are not installed.
 *
 * @param {readonly string[]} names
 * @throws {ScriptError} on a system without dpkg
 */
export const missingPackages = async (names) => {
  if (!which('dpkg-query') || !which('apt-get'))
    throw new ScriptError(
      'This system has no apt-get, so set-up cannot install what is missing.',
      `Install the equivalents of these Debian packages by hand on a Debian system: ${names.join(' ')}`,
    );
  const { output } = await run('dpkg-query', ['-W', '-f', `\${Package} \${db:Status-Status}\n`, ...names]);
  const installed = new Set(
    output
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
};

/**
 * Installs packages with apt-get, through sudo for ordinary users. A server among them is neither started nor enabled.
 *
 * @param {readonly string[]} names
 * @throws {ScriptError}
 */
export const installPackages = async (names) => {
  const byHand = `apt-get update && apt-get install --no-install-recommends ${names.join(' ')}`;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !which('sudo'))
    throw new ScriptError(
      `Debian packages are missing (${names.join(' ')}), and there is no sudo to install them with.`,
      `As root: ${byHand}`,
    );
  const asRoot = async (command, args, onLine) => {
    const [program, ...rest] = isRoot ? [command, ...args] : ['sudo', command, ...args];
    if (!isRoot) say(`running: ${program} ${rest.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const result = await run(program, rest, { env, timeoutMs: APT_TIMEOUT_MS, onLine, mayAsk: !isRoot });
    if (result.code !== 0)
      throw new ScriptError(
        `${command} ${args.join(' ')} failed:\n${lastLines(result.output)}`,
        `Once the cause is mended, run this again; or by hand as root: ${byHand}`,
      );
  };
  await working(`Debian packages: ${names.join(' ')}`, async (onLine) => {
    await asRoot('apt-get', ['update', '-q'], onLine);
    await withoutServices(asRoot, async () => {
      const settings = isRoot ? [] : ['DEBIAN_FRONTEND=noninteractive'];
      const install = ['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...names];
      await asRoot('env', [...settings, ...install], onLine);
    });
    if (names.includes('apache2') && existsSync('/run/systemd/system'))
      await asRoot('systemctl', ['disable', '--now', 'apache2'], onLine);
  });
};

/** While the work runs, Debian's maintainer scripts are told to start nothing (unless the machine has a policy already). */
const withoutServices = async (asRoot, work) => {
  if (existsSync(POLICY_FILE)) return work();
  const folder = temporaryFolder('set-up');
  const policy = path.join(folder.path, 'policy-rc.d');
  writeFileSync(policy, '#!/bin/sh\nexit 101\n');
  try {
    await asRoot('install', ['-m', '755', policy, POLICY_FILE]);
    await work();
  } finally {
    await asRoot('rm', ['-f', POLICY_FILE]);
    folder.remove();
  }
};

const lastLines = (text) => text.trimEnd().split('\n').slice(-12).join('\n');
