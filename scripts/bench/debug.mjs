// npm run bench:debug: what the debugger costs, each figure beside its peer in the same run. Options: --rounds N
// --seconds N (of one measurement) --python PATH (with Flask). Prints figures and judges nothing: see docs/benchmarks.md.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { endAllOnExit } from '../lib/process.mjs';
import { inRepository } from '../lib/repository.mjs';
import { runMain, ScriptError } from '../lib/script-error.mjs';
import { temporaryFolder } from '../lib/temporary-folder.mjs';
import { cache } from '../setup/cache.mjs';
import { launchSession } from './debug-session.mjs';
import { freePort } from './servers.mjs';
import { median } from './statistics.mjs';

const APPLICATION = `import time
from flask import Flask

app = application = Flask(__name__)
numbers = list(range(100000))

@app.get("/")
def hello():
    total = 0
    for number in range(300):
        total += work(number)
    return "Hello World! %d" % total

def work(number):
    return number * 2

def never():
    return "not reached"

@app.get("/raise")
def fail():
    many = numbers
    raise RuntimeError("at %.6f" % time.time())
`;

const UNREACHED = 'return "not reached"';

const lineOf = (text) => APPLICATION.split('\n').findIndex((line) => line.includes(text)) + 1;

const IDENTITY = process.getuid?.() === 0 ? ['--user', 'www-data', '--group', 'www-data'] : [];

await runMain(async () => {
  endAllOnExit();
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      python: { type: 'string', default: cache.python },
    },
  });
  const rounds = Number(values.rounds);
  const { python } = values;
  // Node.js 20 reads every certificate at its start, which takes longer than all the rest of it.
  delete process.env.NODE_EXTRA_CA_CERTS;
  if (!existsSync(python))
    throw new ScriptError('The environment of the examples is not there.', 'Run: node scripts/setup.mjs');
  const folder = temporaryFolder('bench');
  chmodSync(folder.path, 0o755);
  const program = path.join(folder.path, 'app.py');
  writeFileSync(program, APPLICATION);
  try {
    await compareStarts(program, python, rounds);
    await measureStops(program, python);
    await compareRates(program, python, rounds, Number(values.seconds));
  } finally {
    folder.remove();
  }
});

/** From the launch request to the first response, beside the launcher alone. */
async function compareStarts(program, python, rounds) {
  const figures = { plain: [], adapter: [], breakpoints: [], alone: [] };
  for (let round = 0; round < rounds; round++) {
    for (const breakpoints of [[], [lineOf(UNREACHED)]]) {
      const begin = performance.now();
      const session = await launchSession({ program, python }, breakpoints);
      await get(session.url);
      const now = performance.now();
      figures[breakpoints.length > 0 ? 'breakpoints' : 'plain'].push(now - session.requestedAt);
      if (breakpoints.length === 0) figures.adapter.push(now - begin);
      await session.stop();
    }
    const begin = performance.now();
    const server = await startAlone(program, python);
    figures.alone.push(performance.now() - begin);
    await server.stop();
  }
  const beside = (what, times, target) =>
    report(what, median(times), 'the launcher alone', median(figures.alone), target);
  beside('launch request to first response, ms', figures.plain, 'at most 1.3');
  beside("with the adapter's own start, ms", figures.adapter, 'no target');
  beside('with a breakpoint set, ms', figures.breakpoints, 'no target');
}

/** From raising to the stopped event, and one page of a long list; 20 and 200 times. */
async function measureStops(program, python) {
  const { client, url, stop } = await launchSession({ program, python });
  const stops = [];
  const pages = [];
  for (let i = 0; i < 20; i++) {
    const stopped = client.waitForEvent('stopped');
    const response = get(`${url}raise`);
    const { body } = await stopped;
    const now = Date.now();
    const info = await client.exceptionInfoRequest({ threadId: body.threadId });
    stops.push(now - 1000 * Number(/at ([\d.]+)/.exec(info.body.description)[1]));
    const { body: stack } = await client.stackTraceRequest({ threadId: body.threadId });
    const { body: frame } = await client.scopesRequest({ frameId: stack.stackFrames[0].id });
    const { body: locals } = await client.variablesRequest({
      variablesReference: frame.scopes[0].variablesReference,
    });
    const many = locals.variables.find(({ name }) => name === 'many').variablesReference;
    for (let page = 0; page < 10; page++) {
      const begin = performance.now();
      await client.variablesRequest({ variablesReference: many, start: page * 100, count: 100 });
      pages.push(performance.now() - begin);
    }
    await client.continueRequest({ threadId: body.threadId });
    await response;
  }
  await stop();
  pages.sort((a, b) => a - b);
  console.log(`raise → stopped event: median ${median(stops).toFixed(1)} ms (target: at most 30)`);
  console.log(
    `a page of 100 variables: p95 ${pages[Math.floor(pages.length * 0.95)].toFixed(1)} ms (target: at most 10)`,
  );
}

/** Requests per second with the debugger and no breakpoint, beside none. */
async function compareRates(program, python, rounds, seconds) {
  const apache = { debugged: [], plain: [] };
  const flask = { debugged: [], plain: [] };
  for (let round = 0; round < rounds; round++) {
    const session = await launchSession({ program, python });
    apache.debugged.push(await rate(session.url, seconds));
    await session.stop();
    const server = await startAlone(program, python);
    apache.plain.push(await rate(server.url, seconds));
    await server.stop();
    for (const kind of ['debugged', 'plain']) {
      const peer = await startFlask(program, python, kind === 'debugged');
      flask[kind].push(await rate(peer.url, seconds));
      await peer.stop();
    }
  }
  report(
    'requests/s under Apache, debugger attached',
    median(apache.debugged),
    'none',
    median(apache.plain),
    'at least 0.5 on Python 3.11, 0.9 on 3.13',
  );
  report(
    "requests/s under Flask's own server, debugpy attached",
    median(flask.debugged),
    'none',
    median(flask.plain),
    'the peer',
  );
}

/** Flask's own server, alone or with debugpy listening in it as the Python Debugger has it. */
async function startFlask(program, python, isDebugged) {
  const port = await freePort();
  const debugpy = ['-m', 'debugpy', '--listen', String(await freePort())];
  const flask = ['-m', 'flask', '--app', program, 'run', '--port', String(port)];
  const child = spawn(python, [...(isDebugged ? debugpy : []), ...flask], { stdio: 'ignore' });
  return running(child, `http://127.0.0.1:${port}/`);
}

function report(what, figure, peer, other, target) {
  console.log(
    `${what}: ${figure.toFixed(0)}; ${peer}: ${other.toFixed(0)}; ratio ${(figure / other).toFixed(2)} (${target})`,
  );
}

async function startAlone(program, python) {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      inRepository('dist', 'mod-wsgi-express.js'),
      'start-server',
      program,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--debug-mode',
      '--log-to-terminal',
      '--python',
      python,
      '--working-directory',
      path.dirname(program),
      ...IDENTITY,
    ],
    { stdio: 'ignore' },
  );
  return running(child, `http://127.0.0.1:${port}/`);
}

/** Waits for the first response of a server. */
async function running(child, url) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(force);
  };
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(5)) {
    if ((await get(url).catch(() => 0)) === 200) return { url, stop };
  }
  await stop();
  throw new ScriptError(`${url} does not answer.`, 'Start the server by hand to see why.');
}

/** One client after the other, as debug mode serves one request at a time. */
async function rate(url, seconds) {
  for (let i = 0; i < 20; i++) await get(url);
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < seconds * 1000) {
    await get(url);
    count++;
  }
  return count / ((performance.now() - begin) / 1000);
}

function get(url) {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (response) =>
        response.resume().on('end', () => resolve(response.statusCode)),
      )
      .on('error', reject);
  });
}
