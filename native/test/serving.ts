import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { buildModule } from './build';
import { type Httpd, type Mpm, startHttpd } from './httpd';

const scripts = ['environ', 'responses', 'refusals', 'body', 'files', 'log', 'validated'];
const configuration = [
  'WSGIApplicationGroup %{GLOBAL}',
  'WSGIChunkedRequest On',
  'KeepAliveTimeout 20',
  ...scripts.map((name) => `WSGIScriptAlias /${name} @APPS@/${name}.wsgi`),
  'WSGIScriptAlias /missing @APPS@/missing.wsgi',
  'WSGIScriptAlias /folder @APPS@',
  'WSGIScriptAlias /limited @APPS@/body.wsgi',
  '<Location /limited>\nLimitRequestBody 1000\n</Location>',
  'WSGIScriptAlias /unchunked @APPS@/body.wsgi',
  '<Location /unchunked>\nWSGIChunkedRequest Off\n</Location>',
  'WSGIScriptAlias /no-path-info @APPS@/environ.wsgi',
  '<Location /no-path-info>\nAcceptPathInfo Off\n</Location>',
  'SetEnv FROM_SETENV "caf\u00e9"',
].join('\n');

// One process in either case, so that one request sees what another one left in the application.
const oneProcess = 'StartServers 1\nServerLimit 1\n';

// Groups of one process, for the same reason.
const daemons = 'WSGIDaemonProcess served threads=12\nWSGIProcessGroup served\nWSGIRestrictEmbedded On\n';

/** Latin-1 text, every byte value in it, longer than one buffer of anything; the server has it as apps/data.bin. */
export const data = Array.from({ length: 300_000 }, (_, index) =>
  String.fromCharCode((index * 7) % 256),
).join('');

export type Mode = 'embedded' | 'daemon';

/** MOD_WSGI_TEST_MPM=worker chooses the other MPM with threads. */
const threaded: Mpm = process.env.MOD_WSGI_TEST_MPM === 'worker' ? 'worker' : 'event';

/** One behaviour in both modes, under an MPM with threads and one without; `server()` is the running one. */
export const describeServing = (tests: (server: () => Httpd, mode: Mode, mpm: Mpm) => void): void => {
  describe.each<[Mode, Mpm]>([
    ['embedded', threaded],
    ['embedded', 'prefork'],
    ['daemon', threaded],
    ['daemon', 'prefork'],
  ])('%s mode under %s', (mode, mpm) => {
    let httpd: Httpd;

    beforeAll(async () => {
      httpd = await startHttpd({
        module: await buildModule(),
        mpm,
        apps: path.join(__dirname, 'apps'),
        configuration:
          (mode === 'daemon' ? daemons : oneProcess) +
          (mode === 'embedded' && mpm === 'prefork' ? 'MaxRequestWorkers 1\n' : '') +
          configuration,
        modules: ['env', 'reqtimeout'],
      });
      await writeFile(path.join(httpd.apps, 'data.bin'), data, 'latin1');
    });
    afterAll(() => httpd?.dispose());

    tests(() => httpd, mode, mpm);
  });
};
