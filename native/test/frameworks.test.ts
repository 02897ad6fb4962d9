import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModule } from './build';
import { testEnvironment } from './environment';
import { type Httpd, startHttpd } from './httpd';

const folder = path.join(__dirname, 'frameworks');
const python = path.join(testEnvironment, 'bin', 'python');

const hosts = ['django', 'flask'].flatMap((framework) =>
  ['plain', 'validated'].map((kind) => ({ framework, kind, host: `${kind}.${framework}.example` })),
);

const modes = {
  embedded: '',
  daemon: `WSGIDaemonProcess served threads=4 python-path=@APPS@
    WSGIProcessGroup served
    WSGIRestrictEmbedded On`,
};

// The clients that the frameworks bring for tests send real requests here, and what comes back has to be what they get
// from the framework itself.
describe.skipIf(!existsSync(python)).each(Object.entries(modes))('in %s mode', (_, lines) => {
  let httpd: Httpd;

  beforeAll(async () => {
    httpd = await startHttpd({
      module: await buildModule(),
      apps: folder,
      configuration: `WSGIPythonHome ${testEnvironment}
          WSGIPythonPath @APPS@
          WSGIApplicationGroup %{GLOBAL}
          AllowEncodedSlashes NoDecode
          ${lines}
          ${hosts
            .map(
              ({ framework, kind, host }) => `<VirtualHost *>
                ServerName ${host}
                WSGIScriptAlias / @APPS@/${kind}_${framework}.wsgi
              </VirtualHost>`,
            )
            .join('\n')}`,
    });
  });
  afterAll(() => httpd?.dispose());

  it.each(hosts)(
    '$framework answers its own test client ($kind)',
    async ({ framework, kind, host }) => {
      const { stdout } = await promisify(execFile)(
        python,
        ['-B', path.join(folder, 'over_http.py'), framework, String(httpd.port), host, kind],
        { maxBuffer: 50_000_000 },
      );
      const { cases, differences } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
      expect(differences).toEqual({});
      expect(cases).toBeGreaterThan(20);
      expect(await httpd.errorLog()).not.toMatch(/AssertionError|WSGIWarning/);
    },
    120_000,
  );
});
