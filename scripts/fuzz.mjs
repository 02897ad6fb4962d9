// npm run fuzz: random edits over real configurations, against the real language server. Options: --seconds N --seed N --corpus FOLDER
// --server FILE. It ends with 1 at the first answer that is late, an error, or other than that of a document opened afresh; and when
// the server's memory has grown.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Fuzzer } from './fuzz/fuzzer.mjs';
import { LanguageClient } from './lib/language-client.mjs';
import { endAllOnExit } from './lib/process.mjs';
import { inRepository } from './lib/repository.mjs';
import { runMain, ScriptError } from './lib/script-error.mjs';

/** Between two lines about how it goes. */
const REPORT_MS = 60_000;

/** How many times its size after the first tenth of the time the memory may have at the end, and how much may always be added, in MB. */
const GROWTH = 1.5;
const SLACK = 100;

await runMain(async () => {
  endAllOnExit();
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '440' },
      corpus: { type: 'string', default: inRepository('..', 'shared', 'corpus') },
      server: { type: 'string', default: inRepository('dist', 'server.js') },
    },
  });
  const texts = readCorpus(values.corpus);
  const client = await LanguageClient.start(values.server);
  const fuzzer = new Fuzzer(client, texts, Number(values.seed));
  const begin = Date.now();
  const total = Number(values.seconds) * 1000;
  let settled;
  let reported = begin;
  for (let now = begin; now - begin < total; now = Date.now()) {
    await fuzzer.round();
    if (settled === undefined && now - begin > total / 10) settled = client.memory();
    if (now - reported < REPORT_MS) continue;
    reported = now;
    console.log(
      `${Math.round((now - begin) / 1000)} s: ${fuzzer.summary()}, ${client.memory().toFixed(0)} MB`,
    );
  }
  const memory = client.memory();
  console.log(
    `${fuzzer.summary()}; memory ${settled?.toFixed(0)} MB after a tenth of the time, ${memory.toFixed(0)} MB at the end`,
  );
  if (settled !== undefined && memory > Math.max(settled * GROWTH, settled + SLACK))
    throw new ScriptError('The memory of the language server grows.', 'Run it longer with node --inspect.');
  await client.stop();
});
// A server that a failure left behind would keep this process alive.
process.exit();

/** Configurations by their names. */
function readCorpus(folder) {
  if (!existsSync(folder))
    throw new ScriptError(
      `There are no configurations to edit: ${folder} is not there.`,
      'Name a folder with --corpus.',
    );
  return readdirSync(folder)
    .filter((name) => name.endsWith('.conf'))
    .map((name) => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }));
}
