// npm run bench:native: our Apache module beside upstream's, in one run, with the same httpd, configuration, Python and
// applications. Options: --rounds N --seconds N (of one measurement, whole) --only TEXT (rows whose name holds it).
// Prints figures and judges nothing: see docs/benchmarks.md.
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endAllOnExit, run } from '../lib/process.mjs';
import { runMain, ScriptError } from '../lib/script-error.mjs';
import { temporaryFolder } from '../lib/temporary-folder.mjs';
import { cache } from '../setup/cache.mjs';
import { applicationMemory, startHttpd } from './httpd.mjs';
import { HELLO, measureLoad, needWrk, ratioOf, takeTurns } from './load.mjs';
import { buildOurs, findUpstream } from './modules.mjs';
import { requestRate } from './servers.mjs';
import { median } from './statistics.mjs';

const PAGE = `from flask import Flask, Response

application = Flask(__name__, root_path="/")
body = b"x" * 16384

@application.get("/")
def page():
    response = Response(body, content_type="text/html; charset=utf-8")
    for number in range(18):
        response.headers["X-Header-%d" % number] = "the value of header %d" % number
    return response
`;

/** What an application costs without a server: prints microseconds of processor time for each call. */
const ALONE = `import sys, time
from wsgiref.util import setup_testing_defaults

namespace = {"__name__": "alone"}
with open(sys.argv[1]) as file:
    exec(file.read(), namespace)
application = namespace["application"]

def calls(count):
    begin = time.process_time()
    for number in range(count):
        environ = {}
        setup_testing_defaults(environ)
        result = application(environ, lambda status, headers, exc_info=None: None)
        for block in result:
            pass
        if hasattr(result, "close"):
            result.close()
    return time.process_time() - begin

def defaults(count):
    begin = time.process_time()
    for number in range(count):
        setup_testing_defaults({})
    return time.process_time() - begin

calls(500)
print((calls(2000) - defaults(2000)) / 2000 * 1e6)
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
  needWrk();
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '12' },
      seconds: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
    },
  });
  const rounds = Number(values.rounds);
  const seconds = Number(values.seconds);
  const modules = [await buildOurs('/usr/bin/python3'), await findUpstream()];
  const folder = temporaryFolder('bench');
  chmodSync(folder.path, 0o755);
  writeFileSync(path.join(folder.path, 'alone.py'), ALONE);
  for (const [name, { source }] of Object.entries(APPLICATIONS))
    writeFileSync(path.join(folder.path, `${name}.wsgi`), source);
  writeFileSync(path.join(folder.path, 'static.txt'), 'Hello World!');
  console.log(`ours: ${modules[0]}\nupstream: ${modules[1]}`);
  try {
    for (const [mode, { lines, target }] of Object.entries(MODES)) {
      const wanted = loadsOf(mode).filter(({ what }) => what.includes(values.only));
      if (wanted.length === 0) continue;
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
        for (const load of wanted)
          print(load.what, await compare(servers, load, folder.path, rounds, seconds), target);
      } finally {
        for (const { stop } of servers) await stop();
      }
    }
  } finally {
    folder.remove();
  }
});

/** What one server is measured with. */
function loadsOf(mode) {
  return Object.entries(APPLICATIONS).flatMap(([name, { url }]) =>
    CONNECTIONS.map((connections) => ({
      what: `${mode}, ${name}, ${connections} connections`,
      name,
      url,
      connections,
    })),
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

/** The servers run side by side, and one of them has work at a time. */
async function compare(servers, { name, url, connections }, folder, rounds, seconds) {
  const alone = [];
  const files = [];
  for (const { port } of servers) await requestRate(port, 1, { url, connections });
  const figures = await takeTurns(servers, rounds, (server) =>
    measureLoad(server, seconds, { url, connections }),
  );
  for (let round = 0; round < Math.ceil(rounds / 4); round++) {
    files.push(await measureLoad(servers[0], seconds, { url: '/static', connections }));
    alone.push(await costAlone(path.join(folder, 'alone.py'), path.join(folder, `${name}.wsgi`)));
  }
  return { figures, files, alone: median(alone), memory: servers.map(applicationMemory) };
}

async function costAlone(program, script) {
  const { code, output } = await run(cache.python, [program, script]);
  if (code !== 0)
    throw new ScriptError(`The application does not run alone:\n${output}`, 'See its own words above.');
  return Number(output.trim().split('\n').at(-1));
}

/**
 * The bound is what would be left of upstream's processor time if our module cost nothing: the application alone, and
 * what Apache needs for a static file.
 */
function print(what, { figures, files, alone, memory }, target) {
  const [ours, upstream] = [0, 1].map((index) => ({
    rate: median(figures.map((round) => round[index].rate)),
    cost: median(figures.map((round) => round[index].cost)),
  }));
  const ratio = (field) => {
    const { middle, low, high } = ratioOf(figures.map((round) => round.map((each) => each[field])));
    return `${middle.toFixed(2)}  (quartiles ${low.toFixed(2)} to ${high.toFixed(2)})`;
  };
  const row = (name, left, right, unit, result, goal) =>
    `  ${name.padEnd(20)} ${left.toFixed(1).padStart(9)} ÷ ${right.toFixed(1).padStart(9)} ${unit.padEnd(4)} = ${result}  ${goal}`;
  const file = { rate: median(files.map(({ rate }) => rate)), cost: median(files.map(({ cost }) => cost)) };
  const least = alone + file.cost;
  console.log(what);
  console.log(row('requests/s', ours.rate, upstream.rate, '', ratio('rate'), target));
  console.log(row('CPU per request', ours.cost, upstream.cost, 'µs', ratio('cost'), 'at most 0.7'));
  console.log(
    row(
      'a free module’s',
      least,
      upstream.cost,
      'µs',
      (least / upstream.cost).toFixed(2),
      'the bound of that',
    ),
  );
  console.log(row('resident memory', ...memory, 'MiB', (memory[0] / memory[1]).toFixed(2), 'at most 1.0'));
  console.log(
    row(
      'beside a static file',
      ours.rate,
      file.rate,
      '',
      (ours.rate / file.rate).toFixed(2),
      'for orientation',
    ),
  );
}
