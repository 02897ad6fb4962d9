// upstream-with-module.mjs LAUNCHER MODULE [options of setup-server]: serves under the configuration that upstream's launcher
// writes, with another module in it. In the foreground, until SIGINT.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, start } from '../lib/process.mjs';
import { runMain, ScriptError } from '../lib/script-error.mjs';

const LOAD_MODULE = /^(\s*LoadModule wsgi_module ).*$/m;

await runMain(async () => {
  const [launcher, module, ...options] = process.argv.slice(2);
  const root = options.find((option) => option.startsWith('--server-root='))?.replace(/^[^=]*=/, '');
  const { code, output } = await run(launcher, ['setup-server', ...options]);
  const file = path.join(root, 'httpd.conf');
  if (code !== 0)
    throw new ScriptError(`Upstream's setup-server failed:\n${output}`, 'See its own words above.');
  const written = readFileSync(file, 'utf8');
  if (!LOAD_MODULE.test(written))
    throw new ScriptError(`${file} loads no wsgi_module.`, 'Upstream writes it in another way by now.');
  writeFileSync(file, written.replace(LOAD_MODULE, `$1'${module}'`));
  const child = start(path.join(root, 'apachectl'), ['start', '-DFOREGROUND'], {
    stdio: 'inherit',
    detached: false,
  });
  process.once('SIGINT', () => child.kill('SIGTERM'));
  process.exitCode = await new Promise((resolve) => child.once('close', (status) => resolve(status ?? 1)));
});
