// The editor tests: node scripts/test-editor.mjs [--only clone] [--grep Django]. Needs set-up, node_modules and a build.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compileSuites } from '../test/editor/driver/compile.mjs';
import { runInEditor } from '../test/editor/driver/run-in-editor.mjs';
import { runInWebHost } from '../test/editor/driver/run-in-web-host.mjs';
import { runs } from '../test/editor/runs.mjs';
import { writeJson } from './lib/json.mjs';
import { endAllOnExit, which } from './lib/process.mjs';
import { inRepository } from './lib/repository.mjs';
import { runMain, ScriptError } from './lib/script-error.mjs';
import { cache } from './setup/cache.mjs';

await runMain(async () => {
  endAllOnExit();
  const { values } = parseArgs({
    options: { only: { type: 'string' }, grep: { type: 'string', default: '' } },
  });
  const chromium = which('chromium') ?? which('chromium-browser') ?? which('google-chrome');
  if (!chromium || !existsSync(cache.codeServer))
    throw new ScriptError('The editor tests need Chromium and code-server.', 'Run: node scripts/setup.mjs');
  const runner = await compileSuites();
  const results = inRepository('test-results', 'editor');
  const report = { tests: [], errors: [] };
  const add = (name, { tests, errors }) => {
    report.tests.push(...tests.map((test) => ({ ...test, title: `${name}: ${test.title}` })));
    report.errors.push(...errors);
  };
  const isWanted = (name) => !values.only || name === values.only;
  for (const run of runs.filter(({ name }) => isWanted(name))) {
    console.log(`${run.name}: ${run.suites.join(', ')}`);
    add(run.name, await runInEditor(run, { chromium, runner, results, grep: values.grep }));
  }
  if (isWanted('web')) {
    console.log('web: the extension without a machine');
    add('web', await runInWebHost({ chromium, results }));
  }
  for (const error of report.errors) console.log(`  ✗ ${error}`);
  if (process.env.TEST_REPORT) writeJson(process.env.TEST_REPORT, report);
  return report.errors.length === 0 && report.tests.every(({ state }) => state !== 'failed') ? 0 : 1;
});
