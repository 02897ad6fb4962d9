// Installs what is missing: node scripts/setup.mjs [--for demo|test]. Plain Node without packages: it runs before npm ci.
import { parseArgs } from 'node:util';
import { endAllOnExit } from './lib/process.mjs';
import { runMain, ScriptError } from './lib/script-error.mjs';
import { setUp } from './setup/index.mjs';

await runMain(async () => {
  endAllOnExit();
  const { values } = parseArgs({ options: { for: { type: 'string', default: 'test' } } });
  if (values.for !== 'demo' && values.for !== 'test')
    throw new ScriptError(
      `--for ${values.for} is not a purpose that set-up knows.`,
      'Use --for demo or --for test.',
    );
  await setUp(values.for);
});
