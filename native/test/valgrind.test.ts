import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { buildModule, isSanitized } from './build';
import { request } from './client';
import { startHttpd } from './httpd';

const hasValgrind = (() => {
  try {
    execFileSync('valgrind', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

const valgrind = [
  'valgrind',
  '--trace-children=yes',
  '--log-file=@FOLDER@/valgrind.%p',
  '--num-callers=30',
  '--leak-check=full',
  '--show-leak-kinds=definite',
  // Python reads more of a text than there is, a vector at a time.
  '--undef-value-errors=no',
];

const scripts = ['responses', 'refusals', 'body', 'files', 'log', 'ending'];
const urls = [
  '/responses/one_item_list',
  '/responses/generator',
  '/responses/write',
  '/responses/raise_before',
  '/responses/raise_midway',
  '/refusals/start',
  '/refusals/input',
  '/refusals/streams',
  '/files/temporary',
  '/log',
  '/ending/executor',
  '/named/responses/one_item_list',
  '/named/ending/short_thread',
];

const modes = {
  embedded: '',
  daemon:
    'WSGIDaemonProcess served threads=3 shutdown-timeout=60\nWSGIProcessGroup served\nWSGIRestrictEmbedded On',
};

/** What valgrind says of one process: each error with its stack. */
const errorsIn = (log: string): string[] =>
  log
    .replaceAll(/^==\d+== ?/gm, '')
    .split(/\n\s*\n/)
    .filter((record) => /^(Invalid|Mismatched|Jump|Process terminating|.* definitely lost in)/m.test(record))
    // Memory that our code asked for, or Python for it: what Python loses further down is its own.
    .filter(
      (record) =>
        !/definitely lost/.test(record) || /\(\w+\.c:\d+\)/.test(record.split('\n').slice(2, 5).join()),
    );

it.skipIf(!hasValgrind || isSanitized).each(Object.entries(modes))(
  `valgrind finds nothing in %s mode, from the start to the end${hasValgrind ? '' : ' (needs valgrind)'}`,
  async (_, lines) => {
    const httpd = await startHttpd({
      module: await buildModule(),
      under: valgrind,
      environment: { PYTHONMALLOC: 'malloc' },
      apps: path.join(__dirname, 'apps'),
      configuration: [
        lines,
        ...scripts.flatMap((name) => [
          `WSGIScriptAlias /${name} @APPS@/${name}.wsgi application-group=%{GLOBAL}`,
          `WSGIScriptAlias /named/${name} @APPS@/${name}.wsgi application-group=named`,
        ]),
      ].join('\n'),
    });
    try {
      for (const url of urls) expect((await request(httpd.port, url)).status).toBeGreaterThanOrEqual(200);
      const body = 'a line\n'.repeat(5_000);
      expect((await request(httpd.port, '/body/mixed', { method: 'POST', body })).status).toBe(200);
      const { log, graceful } = await httpd.stop(120_000);
      expect(graceful).toBe(true);
      expect(log.match(/atexit function ran/g)).toHaveLength(2);
      const reports = readdirSync(httpd.folder).filter((name) => name.startsWith('valgrind.'));
      expect(reports.length).toBeGreaterThan(1);
      for (const name of reports) {
        const report = readFileSync(path.join(httpd.folder, name), 'utf8');
        expect(errorsIn(report)).toEqual([]);
        expect(report).toMatch(/ERROR SUMMARY/);
      }
    } finally {
      await httpd.dispose();
    }
  },
  300_000,
);
