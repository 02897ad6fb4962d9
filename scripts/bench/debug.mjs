// npm run bench:debug: what the debugger costs, each figure beside its peer in the same run. Options: --rounds N
// --seconds N (of one server in one round) --python PATH (with Flask). Prints figures and judges nothing: see docs/benchmarks.md.
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
import { processorTime } from './httpd.mjs';
import { freePort } from './servers.mjs';
import { median, quantile } from './statistics.mjs';

const APPLICATION = `import os
import time
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

@app.get("/pid")
def pid():
    return str(os.getpid())

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
  const pid = Number(await text(`${url}pid`));
  let pageCost = 0;
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
    const before = microseconds(pid);
    for (let page = 0; page < 10; page++) {
      const begin = performance.now();
      await client.variablesRequest({ variablesReference: many, start: page * 100, count: 100 });
      pages.push(performance.now() - begin);
    }
    pageCost += microseconds(pid) - before;
    await client.continueRequest({ threadId: body.threadId });
    await response;
  }
  await stop();
  console.log(`raise → stopped event: median ${median(stops).toFixed(1)} ms (target: at most 30)`);
  console.log(
    `a page of 100 variables: p95 ${quantile(pages, 0.95).toFixed(1)} ms (target: at most 10), median ${median(pages).toFixed(1)} ms, ` +
      `processor time of the application ${(pageCost / pages.length / 1000).toFixed(2)} ms`,
  );
}

/** What requests cost with the debugger and nothing to stop at, beside none: rounds that take turns. */
async function compareRates(program, python, rounds, seconds) {
  const apache = {
    none: await startAlone(program, python),
    debugged: await launchSession({ program, python }),
    stopped: await launchSession({ program, python }),
    breakpoint: await launchSession({ program, python }, [lineOf(UNREACHED)]),
  };
  await stopOnce(apache.stopped);
  const flask = {
    none: await startFlask(program, python, false),
    debugged: await startFlask(program, python, true),
  };
  try {
    await compareServers(apache, flask, rounds, seconds);
  } finally {
    for (const server of [...Object.values(apache), ...Object.values(flask)]) await server.stop();
  }
}

async function compareServers(apache, flask, rounds, seconds) {
  // debugpy comes a second after the application, and the first requests import what they need.
  await delay(2_500);
  const under = await measureRates(apache, rounds, seconds);
  const peer = await measureRates(flask, rounds, seconds);
  const target = 'at least 0.5 on Python 3.11, 0.9 on 3.13';
  reportRates('the debugger attached', under.debugged, under.none, target);
  reportRates('the same after an exception has stopped', under.stopped, under.none, target);
  reportRates('with a breakpoint in the file', under.breakpoint, under.none, 'no target');
  reportRates("Flask's own server with debugpy", peer.debugged, peer.none, 'the peer');
}

/** Requests per second and microseconds of processor time of a request, for each server. */
async function measureRates(servers, rounds, seconds) {
  const figures = Object.fromEntries(Object.keys(servers).map((name) => [name, { rates: [], costs: [] }]));
  const pids = {};
  for (const [name, { url }] of Object.entries(servers)) {
    pids[name] = Number(await text(`${url}pid`));
    for (let i = 0; i < 50; i++) await get(url);
  }
  const turns = 4 * rounds;
  for (let turn = 0; turn < turns; turn++) {
    for (const [name, { url }] of Object.entries(servers)) {
      const before = microseconds(pids[name]);
      const { count, rate } = await load(url, (rounds * seconds) / turns);
      figures[name].rates.push(rate);
      figures[name].costs.push((microseconds(pids[name]) - before) / count);
    }
  }
  return figures;
}

/** The processor time of a process so far. */
function microseconds(pid) {
  return processorTime({ pid }) * 1e6;
}

async function stopOnce({ client, url }) {
  const stopped = client.waitForEvent('stopped');
  const response = get(`${url}raise`);
  const { body } = await stopped;
  await client.continueRequest({ threadId: body.threadId });
  await response;
}

function reportRates(what, measured, peer, target) {
  report(`requests/s, ${what}`, median(measured.rates), 'none', median(peer.rates), target);
  const [cost, of] = [median(measured.costs), median(peer.costs)];
  console.log(
    `  processor time of a request, µs: ${cost.toFixed(0)}; none: ${of.toFixed(0)}; ratio ${(of / cost).toFixed(2)}`,
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
async function load(url, seconds) {
  await get(url);
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < seconds * 1000) {
    await get(url);
    count++;
  }
  return { count, rate: count / ((performance.now() - begin) / 1000) };
}

function text(url) {
  return fetch(url).then((response) => response.text());
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
