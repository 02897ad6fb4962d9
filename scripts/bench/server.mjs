// npm run bench:server: what an editor waits for, by the size of the configuration. Options: --lines 2000,20000,200000
// --files 1,50,500 --keystrokes N --starts N --server FILE. Prints figures and judges nothing: see docs/benchmarks.md.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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

const numbers = (list) => list.split(',').map(Number);

await runMain(async () => {
  endAllOnExit();
  const { values } = parseArgs({
    options: {
      lines: { type: 'string', default: '2000,20000,200000' },
      files: { type: 'string', default: '1,50,500' },
      keystrokes: { type: 'string', default: '300' },
      starts: { type: 'string', default: '5' },
      server: { type: 'string', default: inRepository('dist', 'server.js') },
    },
  });
  if (!existsSync(values.server))
    throw new ScriptError(
      `The language server is not built: ${values.server} is not there.`,
      'npm run build',
    );
  const folder = temporaryFolder('bench-server');
  const rows = [];
  for (const lines of numbers(values.lines))
    for (const files of numbers(values.files)) {
      const tree = writeTree(path.join(folder.path, `${lines}-${files}`), { lines, files, modules: MODULES });
      const figures = await measure(tree, {
        server: values.server,
        keystrokes: lines > 100_000 ? Math.ceil(Number(values.keystrokes) / 10) : Number(values.keystrokes),
        starts: Number(values.starts),
      });
      rows.push({ lines, files, ...figures });
      console.log(JSON.stringify(rows.at(-1)));
    }
  print(rows);
});
// A client that a failure left behind would keep this process alive.
process.exit();

/** All figures of one configuration, in milliseconds and MB. */
async function measure({ root, first }, { server, keystrokes, starts }) {
  const uri = pathToFileURL(first).href;
  const text = readFileSync(first, 'utf8');
  const opened = [];
  for (let start = 0; start < starts; start++) {
    const client = await LanguageClient.start(server);
    opened.push(
      await timed(async () => {
        await client.open(uri, text);
        await client.diagnostics(uri);
      }),
    );
    await client.stop();
  }
  const client = await LanguageClient.start(server);
  await client.open(uri, text);
  await client.diagnostics(uri);
  const keys = new Keys(text, uri, client);
  const typed = [];
  for (let count = 0; count < keystrokes; count++)
    typed.push(
      await timed(async () => {
        await keys.press();
        await client.diagnostics(uri);
      }),
    );
  const completed = [];
  for (let count = 0; count < keystrokes; count++)
    completed.push(
      await timed(async () => {
        const position = await keys.press();
        await client.request('textDocument/completion', { textDocument: { uri }, position });
      }),
    );
  const hovered = [];
  for (let count = 0; count < keystrokes; count++)
    hovered.push(
      await timed(() =>
        client.request('textDocument/hover', { textDocument: { uri }, position: keys.someWord(count) }),
      ),
    );
  const memory = client.memory();
  await client.stop();
  return {
    open: [median(opened), quantile(opened, 0.95)],
    keystroke: [median(typed), quantile(typed, 0.95)],
    completion: [median(completed), quantile(completed, 0.95)],
    hover: [median(hovered), quantile(hovered, 0.95)],
    memory,
    ...compareWithApache(root, server, starts),
  };
}

async function timed(what) {
  const before = performance.now();
  await what();
  return performance.now() - before;
}

/** Our check of all files beside the server's own configuration test: both as programs, started anew each time. */
function compareWithApache(root, server, starts) {
  if (!existsSync(HTTPD)) return {};
  const ours = [];
  const apaches = [];
  for (let start = 0; start < starts; start++) {
    ours.push(timedProgram(process.execPath, [server, 'check', root]));
    apaches.push(timedProgram(HTTPD, ['-t', '-f', root]));
  }
  return { check: median(ours), httpd: median(apaches) };
}

function timedProgram(program, args) {
  const before = performance.now();
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error || status !== 0)
    throw new ScriptError(`${program} ${args.join(' ')} failed: ${error ?? stderr}`, 'Mend what it names.');
  return performance.now() - before;
}

function print(rows) {
  const pair = ([p50, p95]) => `${p50.toFixed(1)} / ${p95.toFixed(1)}`;
  console.log(
    '| lines | files | open → diagnostics | keystroke → diagnostics | completion | hover | memory | check ÷ httpd -t |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const { lines, files, open, keystroke, completion, hover, memory, check, httpd } of rows) {
    const ratio = httpd ? `${(check / httpd).toFixed(2)} (${check.toFixed(0)} ÷ ${httpd.toFixed(0)})` : '';
    const cells = [
      lines,
      files,
      pair(open),
      pair(keystroke),
      pair(completion),
      pair(hover),
      `${memory.toFixed(0)} MB`,
    ];
    console.log(`| ${[...cells, ratio].join(' | ')} |`);
  }
}
