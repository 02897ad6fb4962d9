// npm run bench:server: what an editor waits for, by the size of the configuration. Options: --lines 2000,20000,200000
// --files 1,50,500 --keystrokes N --starts N --seconds N --server FILE. Prints figures and judges nothing: see docs/benchmarks.md.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { LanguageClient } from '../lib/language-client.mjs';
import { endAllOnExit } from '../lib/process.mjs';
import { inRepository } from '../lib/repository.mjs';
import { runMain, ScriptError } from '../lib/script-error.mjs';
import { temporaryFolder } from '../lib/temporary-folder.mjs';
import { writeTree } from './configuration-tree.mjs';
import { Keys } from './keys.mjs';
import { median, quantile } from './statistics.mjs';

const HTTPD = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';

/**
 * Checks in one process after which the next ones are measured, in two places: V8 compiles what it sees often, and a server that somebody
 * types in for a minute has checked parts of a configuration hundreds of times.
 */
const WARM_UPS = [3, 60];

/** The unit in which Linux counts processor time. */
const TICK_MS = 10;

const numbers = (list) => list.split(',').map(Number);

await runMain(async () => {
  endAllOnExit();
  const { values } = parseArgs({
    options: {
      lines: { type: 'string', default: '2000,20000,200000' },
      files: { type: 'string', default: '1,50,500' },
      keystrokes: { type: 'string', default: '300' },
      starts: { type: 'string', default: '5' },
      // The longest that any one figure of a configuration is measured, apart from its first two times.
      seconds: { type: 'string', default: '15' },
      server: { type: 'string', default: inRepository('dist', 'server.js') },
    },
  });
  if (!existsSync(values.server))
    throw new ScriptError(
      `The language server is not built: ${values.server} is not there.`,
      'npm run build',
    );
  // Node.js 20 reads these at each start, which takes longer than the start itself.
  delete process.env.NODE_EXTRA_CA_CERTS;
  const folder = temporaryFolder('bench-server');
  const rows = [];
  for (const lines of numbers(values.lines))
    for (const files of numbers(values.files)) {
      const tree = writeTree(path.join(folder.path, `${lines}-${files}`), { lines, files, modules: MODULES });
      const figures = await measure(tree, {
        server: values.server,
        keystrokes: Number(values.keystrokes),
        starts: Number(values.starts),
        seconds: Number(values.seconds),
      });
      rows.push({ lines, files, ...figures });
      console.log(JSON.stringify(rows.at(-1)));
    }
  print(rows);
});
// A client that a failure left behind would keep this process alive.
process.exit();

/** All figures of one configuration, in milliseconds and MB. */
async function measure({ root, included }, { server, keystrokes, starts, seconds }) {
  const [first] = included;
  const uri = pathToFileURL(first).href;
  const text = readFileSync(first, 'utf8');
  const repeat = (count, what) => times(count, seconds, what);
  const opened = await repeat(starts, async () => {
    const client = await LanguageClient.start(server);
    const time = await timed(async () => {
      await client.open(uri, text);
      await client.diagnostics(uri);
    });
    await client.stop();
    return time;
  });
  const client = await LanguageClient.start(server);
  await client.open(uri, text);
  await client.diagnostics(uri);
  const keys = new Keys(text, uri, client);
  const press = () =>
    timed(async () => {
      await keys.press();
      await client.diagnostics(uri);
    });
  const first50 = await repeat(50, press);
  const typed = await processorTime(client, () => repeat(keystrokes, press));
  const completed = await processorTime(client, () =>
    repeat(keystrokes, () =>
      timed(async () => {
        const position = await keys.press();
        await client.request('textDocument/completion', { textDocument: { uri }, position });
      }),
    ),
  );
  let count = 0;
  const hovered = await processorTime(client, () =>
    repeat(keystrokes, () =>
      timed(() =>
        client.request('textDocument/hover', { textDocument: { uri }, position: keys.someWord(count++) }),
      ),
    ),
  );
  const memory = client.memory();
  const written = await processorTime(client, () =>
    repeat(keystrokes, () => {
      writeAnew({ root, included }, count++);
      return timed(async () => {
        await client.changedOnDisk([root, ...included].map((file) => pathToFileURL(file).href));
        await client.diagnostics(uri);
      });
    }),
  );
  await client.stop();
  return {
    open: [median(opened), quantile(opened, 0.95)],
    first50: [median(first50), quantile(first50, 0.95)],
    keystroke: typed,
    completion: completed,
    hover: hovered,
    memory,
    written,
    ...(await compareWithApache(root, server, starts, seconds)),
  };
}

/**
 * Writes all files of a configuration anew, as a deployment does: one in ten begins with another comment, and nobody can tell which
 * without reading them all.
 */
function writeAnew({ root, included }, mark) {
  for (const [index, file] of [...included, root].entries()) {
    const text = readFileSync(file, 'utf8');
    const rest = text.replace(/^# Written .*\n/, '');
    writeFileSync(file, index % 10 === 0 ? `# Written ${mark}\n${rest}` : text);
  }
}

/** Does something up to so many times: twice in any case, and no more once the time is over. */
async function times(count, seconds, what) {
  const found = [];
  const end = performance.now() + seconds * 1000;
  while (found.length < count && (found.length < 2 || performance.now() < end)) found.push(await what());
  return found;
}

/** Median and 95th percentile of what is measured, and the processor time that the server took for each. */
async function processorTime(client, what) {
  const before = client.processorTime();
  const found = await what();
  return [median(found), quantile(found, 0.95), (client.processorTime() - before) / found.length];
}

async function timed(what) {
  const before = performance.now();
  await what();
  return performance.now() - before;
}

/**
 * Our check of all files beside Apache's own configuration test: as programs that start anew each time, and in a process that
 * has done it before, as a server that runs.
 */
async function compareWithApache(root, server, starts, seconds) {
  if (!existsSync(HTTPD)) return {};
  const ours = [];
  const apaches = [];
  await times(starts, seconds, () => {
    ours.push(timedProgram(process.execPath, [server, 'check', root]));
    apaches.push(timedProgram(HTTPD, ['-t', '-f', root]));
  });
  const repeated = inRepository('scripts', 'bench', 'check-repeatedly.mjs');
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [repeated, server, root, String(Math.max(...WARM_UPS) + starts), String(seconds)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new ScriptError(`The repeated check failed: ${stderr}`, 'Mend what it names.');
  const running = JSON.parse(stdout);
  const both = (all) => ({
    wall: median(all.map(({ wall }) => wall)),
    processor: median(all.map(({ processor }) => processor)),
  });
  const [few, many] = WARM_UPS.map((count) => running.slice(count, count + starts));
  return {
    check: both(ours),
    // A large configuration is not checked that often: then its last time counts as after few checks.
    running: [both(few.length > 0 ? few : running.slice(-1)), many.length > 0 && both(many)],
    httpd: both(apaches),
  };
}

/** Wall time and processor time of a program, in ms. */
function timedProgram(program, args) {
  const before = performance.now();
  const usage = childUsage();
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error || status !== 0)
    throw new ScriptError(`${program} ${args.join(' ')} failed: ${error ?? stderr}`, 'Mend what it names.');
  return { wall: performance.now() - before, processor: childUsage() - usage };
}

/** Processor time of all children that have ended, in ms. */
function childUsage() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

function print(rows) {
  const pair = ([p50, p95]) => `${p50.toFixed(1)} / ${p95.toFixed(1)}`;
  const triple = (all) => `${pair(all)} (${all[2].toFixed(1)})`;
  console.log('Medians and 95th percentiles in ms, in brackets the mean processor time of the server.\n');
  console.log(
    '| lines | files | open → diagnostics | first 50 keys | keystroke → diagnostics | completion | hover | memory |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const { lines, files, open, first50, keystroke, completion, hover, memory } of rows)
    console.log(
      `| ${[lines, files, pair(open), pair(first50), triple(keystroke), triple(completion), triple(hover), `${memory.toFixed(0)} MB`].join(' | ')} |`,
    );
  if (!rows.some(({ httpd }) => httpd)) return;
  const shown = (times) => (times ? `${times.wall.toFixed(0)} (${times.processor.toFixed(0)})` : '–');
  const ratio = (ours, httpd) => (ours ? (ours.wall / httpd.wall).toFixed(2) : '–');
  console.log('\nThe check of all files in ms, in brackets processor time.\n');
  const inServer = ([wall, , processor]) => ({ wall, processor });
  const warm = WARM_UPS.map((count) => `after ${count} checks | ÷`).join(' | ');
  console.log(`| lines | files | httpd -t | running server | ÷ | ${warm} | fresh program | ÷ |`);
  console.log(`|---|---|---|${'---|---|'.repeat(WARM_UPS.length + 2)}`);
  for (const { lines, files, written, check, running, httpd } of rows)
    console.log(
      `| ${[lines, files, shown(httpd), ...[inServer(written), ...running, check].flatMap((ours) => [shown(ours), ratio(ours, httpd)])].join(' | ')} |`,
    );
}
