// VS Code's own server, started without the code-server command in front of it: the switch that lets a page run tests
// exists here only.
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { cleanEnvironment } from '../../../scripts/lib/code-server.mjs';
import { endGroup, start } from '../../../scripts/lib/process.mjs';
import { cache } from '../../../scripts/setup/cache.mjs';

const START_TIMEOUT_MS = 60_000;

/** Settings of every test window: nothing that moves, asks, or looks for the network. */
export const settings = {
  'chat.disableAIFeatures': true,
  'debug.toolBarLocation': 'docked',
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'window.restoreWindows': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * @typedef {object} EditorServer
 * @property {number} port
 * @property {() => Promise<void>} stop ends the server and every process it started
 */

/**
 * Starts the server on a free loopback port.
 *
 * @param {{folder: string, extensions: string, logFile: string, env: NodeJS.ProcessEnv, trusted: boolean}} options
 *   `folder` keeps the server's data, `extensions` holds the installed extensions; `env` is added to the environment, from
 *   which the suite reads it; `trusted` switches workspace trust off
 * @returns {Promise<EditorServer>}
 * @throws {Error} with the log's place, when the server does not come up
 */
export const startServer = async ({ folder, extensions, logFile, env, trusted }) => {
  writeSettings(folder);
  const port = await freePort();
  const args = [
    path.join(cache.codeServer, 'lib', 'vscode', 'out', 'server-main.js'),
    ...[
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--without-connection-token',
      '--accept-server-license-terms',
    ],
    ...[
      '--server-data-dir',
      folder,
      '--user-data-dir',
      path.join(folder, 'data'),
      '--extensions-dir',
      extensions,
    ],
    ...['--disable-telemetry', '--skip-welcome', '--skip-release-notes', '--enable-smoke-test-driver'],
    ...(trusted ? ['--disable-workspace-trust'] : []),
  ];
  const child = start(cache.node, args, {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  try {
    await untilReady(child, log, logFile);
  } catch (error) {
    await endGroup(child);
    throw error;
  }
  return {
    port,
    stop: async () => {
      await endGroup(child);
      log.end();
    },
  };
};

const untilReady = (child, log, logFile) =>
  new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`VS Code's server ${why}; its log is ${logFile}`));
    const timer = setTimeout(
      () => fail(`was not ready after ${START_TIMEOUT_MS / 1000} s`),
      START_TIMEOUT_MS,
    );
    const read = (chunk) => {
      log.write(chunk);
      if (String(chunk).includes('Extension host agent started')) {
        clearTimeout(timer);
        resolve();
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => fail(`could not be started (${error.message})`));
    child.on('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with exit code ${code}`);
    });
  });

const writeSettings = (folder) => {
  for (const scope of ['User', 'Machine']) {
    const file = path.join(folder, 'data', scope, 'settings.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings, null, 2));
  }
};

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
