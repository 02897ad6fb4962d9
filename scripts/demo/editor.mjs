// The demo's editor: code-server as people start it, with the packed extension installed.
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { cleanEnvironment, codeServerEntry, installVsix } from '../lib/code-server.mjs';
import { readJson, writeJson } from '../lib/json.mjs';
import { endGroup, run, start } from '../lib/process.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { cache, remove } from '../setup/cache.mjs';

const START_TIMEOUT_MS = 60_000;
const PORTS_TRIED = 20;

/** A quiet window that opens on the examples' README. The user's own changes go before these. */
const settings = {
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.exclude': { '**/__pycache__': true },
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'readme',
};

/**
 * Installs the extension into a fresh folder and writes the settings.
 *
 * @param {string} vsix
 * @param {string} state the folder for everything that the editor keeps
 */
export const prepareEditor = async (vsix, state) => {
  const folders = foldersIn(state);
  remove(folders.extensions);
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  await installVsix(vsix, folders);
  for (const [scope, ours] of [
    ['User', settings],
    // The editor runs elsewhere than its page: what names a program of this machine counts here only.
    ['Machine', {}],
  ]) {
    const file = path.join(folders.userData, scope, 'settings.json');
    writeJson(file, { ...ours, ...readJson(file), 'mod_wsgi.python': cache.python });
  }
};

const foldersIn = (state) => ({
  extensions: path.join(state, 'extensions'),
  userData: path.join(state, 'user-data'),
});

/**
 * The extensions that the editor has, as `publisher.name`.
 *
 * @param {string} state
 */
export const installedExtensions = async (state) => {
  const { extensions, userData } = foldersIn(state);
  const args = [
    codeServerEntry,
    '--list-extensions',
    '--extensions-dir',
    extensions,
    '--user-data-dir',
    userData,
  ];
  const { output } = await run(cache.node, args, { env: cleanEnvironment(), timeoutMs: START_TIMEOUT_MS });
  return output.split('\n').filter(Boolean);
};

/**
 * Starts the editor and waits until its page answers.
 *
 * @param {{state: string, workspace: string, port: number}} options
 * @returns {Promise<{address: string, ended: Promise<number>, stop: () => Promise<void>}>}
 * @throws {ScriptError} when it ends at once, with what it said
 */
export const startEditor = async ({ state, workspace, port }) => {
  const { extensions, userData } = foldersIn(state);
  const config = path.join(state, 'config.yaml');
  // Without a file of its own code-server would write one, with a password in it, into the home folder.
  writeFileSync(config, 'auth: none\n');
  const args = [
    codeServerEntry,
    ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--config', config],
    ...['--user-data-dir', userData, '--extensions-dir', extensions],
    ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
    workspace,
  ];
  const child = start(cache.node, args, { env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-4_000);
    });
  const ended = new Promise((resolve) => child.on('close', (code) => resolve(code ?? 0)));
  const address = `http://127.0.0.1:${port}/`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(`${address}healthz`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await endGroup(child);
      throw new ScriptError(
        `The editor did not start:\n${output.trim()}`,
        'Run node scripts/setup.mjs and try again.',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { address, ended, stop: () => endGroup(child) };
};

/** Whether an address answers with success. */
export const answers = async (address) => {
  try {
    return (await fetch(address, { headers: { connection: 'close' } })).ok;
  } catch {
    return false;
  }
};

/**
 * The first free port on loopback from the wanted one on.
 *
 * @param {number} wanted
 * @throws {ScriptError} when many in a row are taken
 */
export const freePortFrom = async (wanted) => {
  for (let port = wanted; port < wanted + PORTS_TRIED; port += 1) if (await isFree(port)) return port;
  throw new ScriptError(
    `Ports ${wanted} to ${wanted + PORTS_TRIED - 1} are all in use.`,
    'Choose another with npm run demo -- --port 9000.',
  );
};

const isFree = (port) =>
  new Promise((resolve) => {
    const probe = net.createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
