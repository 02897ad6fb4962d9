// npm run bench:express: our launcher beside upstream's, in one run, with the same module and the same application.
// Options: --rounds N --seconds N (of one measurement, whole) --starts N --only TEXT (rows whose name holds it). Prints figures and judges
// nothing: see docs/benchmarks.md.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endAllOnExit } from '../lib/process.mjs';
import { runMain } from '../lib/script-error.mjs';
import { temporaryFolder } from '../lib/temporary-folder.mjs';
import { makeLaunchers } from './launchers.mjs';
import { HELLO, measureLoad, needWrk, ratioOf, takeTurns } from './load.mjs';
import { requestRate, startServer } from './servers.mjs';
import { median } from './statistics.mjs';

const MODES = ['embedded', 'daemon'];

await runMain(async () => {
  endAllOnExit();
  needWrk();
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '30' },
      seconds: { type: 'string', default: '1' },
      starts: { type: 'string', default: '15' },
      only: { type: 'string', default: '' },
    },
  });
  const folder = temporaryFolder('bench');
  const script = path.join(folder.path, 'hello.wsgi');
  writeFileSync(script, HELLO);
  const rows = [];
  for (const { module, isStarted, ...launchers } of await makeLaunchers(script))
    for (const mode of MODES) {
      const name = `${mode}, ${module}`;
      if (!name.includes(values.only)) continue;
      const load = await compareLoad(
        launchers,
        mode,
        folder.path,
        Number(values.rounds),
        Number(values.seconds),
      );
      rows.push(
        row(`${name}: requests/s`, load, 'rate', 'at least 1.2'),
        row(`${name}: processor time of a request, µs`, load, 'cost', ''),
      );
      if (!isStarted) continue;
      const starts = await takeTurns(
        [launchers.ours, launchers.upstream],
        Number(values.starts),
        (launcher) => timeOfStart(launcher, mode, folder.path),
      );
      rows.push(row(`${name}: time to first response, ms`, starts, 'milliseconds', 'at most 0.8'));
    }
  console.table(rows);
});

/** The same load for two servers that run side by side, of which one has work at a time. */
async function compareLoad({ ours, upstream }, mode, folder, rounds, seconds) {
  const servers = [await startServer(ours, mode, folder)];
  try {
    servers.push(await startServer(upstream, mode, folder));
    for (const { port } of servers) await requestRate(port, 1);
    return await takeTurns(servers, rounds, (server) => measureLoad(server, seconds));
  } finally {
    for (const { stop } of servers) await stop();
  }
}

async function timeOfStart(launcher, mode, folder) {
  const { firstAnswerMs, stop } = await startServer(launcher, mode, folder);
  await stop();
  return { milliseconds: firstAnswerMs };
}

/** A line of the result. */
function row(measured, rounds, figure, target) {
  const pairs = rounds.map(([ours, upstream]) => [ours[figure], upstream[figure]]);
  const { middle, low, high } = ratioOf(pairs);
  return {
    measured,
    ours: Math.round(median(pairs.map(([ours]) => ours))),
    upstream: Math.round(median(pairs.map(([, upstream]) => upstream))),
    ratio: middle.toFixed(2),
    quartiles: `${low.toFixed(2)} to ${high.toFixed(2)}`,
    target,
  };
}
