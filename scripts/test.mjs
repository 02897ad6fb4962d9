// npm test: set-up, then every runner, then the count. `npm test -- --only unit,integration` runs a part of it.
import { parseArgs } from 'node:util';
import { endAllOnExit } from './lib/process.mjs';
import { runMain, ScriptError } from './lib/script-error.mjs';
import { setUp } from './setup/index.mjs';
import { count, summaryOf } from './test/report.mjs';
import { runRunner } from './test/run-runner.mjs';
import { runners } from './test/runners.mjs';

await runMain(async () => {
  endAllOnExit();
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const state = await setUp('test');
  const outcomes = [];
  for (const runner of selected(runners(state), values.only)) outcomes.push(await runRunner(runner));
  console.log(summaryOf(outcomes));
  return count(outcomes.flatMap((outcome) => outcome.tests)).failed === 0 ? 0 : 1;
});

/** The runners whose names begin with one of the comma-separated words; all where none are given. */
function selected(all, only) {
  if (only === undefined) return all;
  const words = only.split(',');
  const chosen = all.filter(({ name }) => words.some((word) => name.startsWith(word)));
  if (chosen.length === 0)
    throw new ScriptError(
      `No runner's name begins with ${only}.`,
      `The runners are: ${all.map(({ name }) => name).join(' | ')}`,
    );
  return chosen;
}
