// Starting a server, the time until it answers, and how many requests it answers.
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endGroup, run, start } from '../lib/process.mjs';
import { ScriptError } from '../lib/script-error.mjs';

const ANSWER_POLL_MS = 4;
const ANSWER_LIMIT_MS = 30_000;

/**
 * Starts a launcher with a server root of its own and waits for the first answer.
 *
 * @param {import('./launchers.mjs').Launcher} launcher
 * @param {string} mode
 * @param {string} folder the server root is made in it
 * @returns {Promise<{port: number, pid: number, firstAnswerMs: number, stop: () => Promise<void>}>}
 */
export const startServer = async (launcher, mode, folder) => {
  const port = await freePort();
  const began = performance.now();
  const child = start(
    launcher.command,
    [
      ...launcher.args,
      ...launcher.modes[mode],
      '--host=127.0.0.1',
      `--port=${port}`,
      `--server-root=${path.join(folder, `${launcher.name}-${mode}-${port}`)}`,
      '--threads=5',
    ],
    { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const stop = () => stopLauncher(child);
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() - began > ANSWER_LIMIT_MS) {
      await stop();
      throw new ScriptError(
        `${launcher.name} (${mode}) gave no answer:\n${output}`,
        'See its own words above.',
      );
    }
    await delay(ANSWER_POLL_MS);
  }
  return { port, pid: child.pid, firstAnswerMs: performance.now() - began, stop };
};

/**
 * What a shell gives a program. Whatever else is set around the benchmark is left out: NODE_EXTRA_CA_CERTS alone makes
 * Node read every certificate before it begins.
 */
const environment = () => {
  const { PATH, HOME, LANG = 'C.UTF-8', MOD_WSGI_CACHE } = process.env;
  return { PATH, HOME, LANG, ...(MOD_WSGI_CACHE ? { MOD_WSGI_CACHE } : {}) };
};

/** An orderly stop, as Ctrl-C asks for it; by force where that takes too long. */
const stopLauncher = async (child) => {
  const ended = new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode === null) {
    child.kill('SIGINT');
    await Promise.race([ended, delay(10_000)]);
  }
  await endGroup(child);
};

/** A port that nobody listens on. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** Whether the application answers there. */
const answers = (port) =>
  new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200));
    });
    request.on('error', () => resolve(false));
  });

/**
 * Requests per second of a running server.
 *
 * @param {number} port
 * @param {number} seconds
 * @param {{url?: string, connections?: number}} [load] the path that is asked for, over how many connections
 */
export const requestRate = async (port, seconds, { url = '/', connections = 8 } = {}) => {
  const args = [
    '--threads=1',
    `--connections=${connections}`,
    `--duration=${seconds}s`,
    `http://127.0.0.1:${port}${url}`,
  ];
  const { code, output } = await run('wrk', args, { timeoutMs: seconds * 1_000 + 10_000 });
  const rate = Number(/^Requests\/sec:\s+([\d.]+)/m.exec(output)?.[1]);
  if (code !== 0 || !(rate > 0) || /Non-2xx or 3xx responses/.test(output))
    throw new ScriptError(`wrk measured nothing useful:\n${output}`, 'See its own words above.');
  return rate;
};
