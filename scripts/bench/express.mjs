// npm run bench:express: our launcher beside upstream's, in one run, with the same module and the same application.
// Options: --rounds N --seconds N (of one measurement) --starts N. Prints figures and judges nothing: see docs/benchmarks.md.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endAllOnExit } from '../lib/process.mjs';
import { runMain } from '../lib/script-error.mjs';
import { temporaryFolder } from '../lib/temporary-folder.mjs';
import { makeLaunchers } from './launchers.mjs';
import { HELLO, needWrk } from './load.mjs';
import { requestRate, startServer } from './servers.mjs';
import { median, spread } from './statistics.mjs';

const MODES = ['embedded', 'daemon'];

await runMain(async () => {
  endAllOnExit();
  needWrk();
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      starts: { type: 'string', default: '9' },
    },
  });
  const folder = temporaryFolder('bench');
  const script = path.join(folder.path, 'hello.wsgi');
  writeFileSync(script, HELLO);
  const launchers = await makeLaunchers(script);
  const rows = [];
  for (const mode of MODES.filter((each) => launchers.ours.modes[each])) {
    rows.push({
      what: `${mode}, requests/s`,
      ...(await compareRates(launchers, mode, folder.path, Number(values.rounds), Number(values.seconds))),
      target: 'at least 1.2',
    });
    rows.push({
      what: `${mode}, ms to first response`,
      ...(await compareStarts(launchers, mode, folder.path, Number(values.starts))),
      target: 'at most 0.8',
    });
  }
  print(rows);
});

/** Interleaved rounds against two servers that run side by side; only one has work at a time. */
async function compareRates({ ours, upstream }, mode, folder, rounds, seconds) {
  const servers = [await startServer(ours, mode, folder)];
  const figures = [[], []];
  try {
    servers.push(await startServer(upstream, mode, folder));
    for (const { port } of servers) await requestRate(port, 1);
    for (let round = 0; round < rounds; round++)
      for (const [index, { port }] of servers.entries())
        figures[index].push(await requestRate(port, seconds));
  } finally {
    for (const { stop } of servers) await stop();
  }
  return { ours: figures[0], upstream: figures[1] };
}

async function compareStarts({ ours, upstream }, mode, folder, starts) {
  const figures = { ours: [], upstream: [] };
  for (let round = 0; round < starts; round++)
    for (const launcher of [ours, upstream]) {
      const { firstAnswerMs, stop } = await startServer(launcher, mode, folder);
      await stop();
      figures[launcher.name].push(firstAnswerMs);
    }
  return figures;
}

function print(rows) {
  const figure = (figures) => `${Math.round(median(figures))} ±${Math.round(spread(figures) * 50)} %`;
  console.table(
    rows.map(({ what, ours, upstream, target }) => ({
      measured: what,
      ours: figure(ours),
      upstream: figure(upstream),
      ratio: Number((median(ours) / median(upstream)).toFixed(2)),
      target,
    })),
  );
}
