// npm run bench:native: our Apache module beside upstream's, in one run, with the same httpd, configuration, Python and
// applications. Options: --rounds N --seconds N (of one measurement) --only TEXT (rows whose name holds it).
// Prints figures and judges nothing: see docs/benchmarks.md.
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endAllOnExit, run, which } from '../lib/process.mjs';
import { inRepository } from '../lib/repository.mjs';
import { runMain, ScriptError } from '../lib/script-error.mjs';
import { temporaryFolder } from '../lib/temporary-folder.mjs';
import { cache } from '../setup/cache.mjs';
import { applicationMemory, processorTime, startHttpd } from './httpd.mjs';
import { requestRate } from './servers.mjs';
import { median } from './statistics.mjs';

const HELLO = `def application(environ, start_response):
    body = b"Hello World!"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
`;

const PAGE = `from flask import Flask, Response

application = Flask(__name__)
body = b"x" * 16384

@application.get("/")
def page():
    response = Response(body, content_type="text/html; charset=utf-8")
    for number in range(18):
        response.headers["X-Header-%d" % number] = "the value of header %d" % number
    return response
`;

const APPLICATIONS = {
  hello: { source: HELLO, url: '/hello' },
  page: { source: PAGE, url: '/page/' },
};
const CONNECTIONS = [8, 64];
const MODES = {
  embedded: { lines: '', target: 'at least 1.5' },
  daemon: {
    lines:
      'WSGIDaemonProcess bench processes=1 threads=15 python-home=@HOME@\nWSGIProcessGroup bench\nWSGIRestrictEmbedded On\n',
    target: 'at least 2.0',
  },
};

await runMain(async () => {
  endAllOnExit();
  if (!which('wrk'))
    throw new ScriptError(
      'wrk, the program that makes the load, is not installed.',
      'sudo apt-get install wrk',
    );
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
    },
  });
  const rounds = Number(values.rounds);
  const seconds = Number(values.seconds);
  const modules = [await buildOurs(), await findUpstream()];
  const folder = temporaryFolder('bench');
  chmodSync(folder.path, 0o755);
  for (const [name, { source }] of Object.entries(APPLICATIONS))
    writeFileSync(path.join(folder.path, `${name}.wsgi`), source);
  writeFileSync(path.join(folder.path, 'static.txt'), 'Hello World!');
  console.log(`ours: ${modules[0]}\nupstream: ${modules[1]}`);
  try {
    for (const [mode, { lines, target }] of Object.entries(MODES)) {
      const servers = [];
      try {
        for (const module of modules)
          servers.push(
            await startHttpd({
              module,
              folder: folder.path,
              urls: Object.values(APPLICATIONS).map(({ url }) => url),
              configuration: configurationOf(folder.path, lines),
            }),
          );
        for (const [name, { url }] of Object.entries(APPLICATIONS))
          for (const connections of CONNECTIONS) {
            const what = `${mode}, ${name}, ${connections} connections`;
            if (what.includes(values.only))
              print(what, await compare(servers, url, connections, rounds, seconds), target);
          }
      } finally {
        for (const { stop } of servers) await stop();
      }
    }
  } finally {
    folder.remove();
  }
});

/** Built as for a user, in a folder of its own. */
async function buildOurs() {
  const build = inRepository('build', 'bench', 'native');
  const { code, output } = await run('make', [
    '-C',
    inRepository('native'),
    '-j2',
    'PYTHON=/usr/bin/python3',
    `BUILD=${build}`,
  ]);
  if (code !== 0)
    throw new ScriptError(`The module could not be built:\n${output}`, 'See its own words above.');
  return path.join(build, 'mod_wsgi.so');
}

/** From PyPI's package where set-up could install it, else the distribution's. */
async function findUpstream() {
  const launcher = `${cache.venv}/bin/mod_wsgi-express`;
  const { output } = await run('apxs', ['-q', 'LIBEXECDIR']);
  const module = existsSync(launcher)
    ? (await run(launcher, ['module-location'])).output.trim().split('\n').at(-1)
    : path.join(output.trim(), 'mod_wsgi.so');
  if (existsSync(module)) return module;
  throw new ScriptError(
    'Upstream’s module is not there.',
    'Run: node scripts/setup.mjs, or install libapache2-mod-wsgi-py3.',
  );
}

function configurationOf(folder, lines) {
  return `WSGIPythonHome ${cache.venv}
WSGIApplicationGroup %{GLOBAL}
${lines.replace('@HOME@', cache.venv)}Alias /static ${folder}/static.txt
${Object.keys(APPLICATIONS)
  .map((name) => `WSGIScriptAlias /${name} ${folder}/${name}.wsgi`)
  .join('\n')}
`;
}

/** Rounds that take turns, against servers that run side by side; only one has work at a time. */
async function compare(servers, url, connections, rounds, seconds) {
  const figures = servers.map(() => ({ rate: [], cpu: [], memory: 0, files: [] }));
  for (const { port } of servers) await requestRate(port, 1, { url, connections });
  for (let round = 0; round < rounds; round++)
    for (const [index, server] of servers.entries()) {
      const of = figures[index];
      const before = processorTime(server);
      const rate = await requestRate(server.port, seconds, { url, connections });
      of.rate.push(rate);
      of.cpu.push(((processorTime(server) - before) / (rate * seconds)) * 1e6);
      of.memory = applicationMemory(server);
    }
  figures[0].files.push(await requestRate(servers[0].port, seconds, { url: '/static', connections }));
  return figures;
}

function print(what, [ours, upstream], target) {
  const row = (name, left, right, unit, goal) =>
    `  ${name.padEnd(20)} ${left.toFixed(1).padStart(9)} ÷ ${right.toFixed(1).padStart(9)} ${unit.padEnd(4)} = ${(left / right).toFixed(2)}  (${goal})`;
  console.log(what);
  console.log(row('requests/s', median(ours.rate), median(upstream.rate), '', target));
  console.log(row('CPU per request', median(ours.cpu), median(upstream.cpu), 'µs', 'at most 0.7'));
  console.log(row('resident memory', ours.memory, upstream.memory, 'MiB', 'at most 1.0'));
  console.log(row('beside a static file', median(ours.rate), median(ours.files), '', 'for orientation'));
}
