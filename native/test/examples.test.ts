import { existsSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModule } from './build';
import { request } from './client';
import { testEnvironment } from './environment';
import { type Httpd, startHttpd } from './httpd';

interface Example {
  readonly name: string;
  /** The script, relative to the example's folder. */
  readonly script: string;
  /** Needs the packages of the test testEnvironment. */
  readonly needs?: string;
  /** URL, expected status. */
  readonly requests: readonly (readonly [string, number])[];
}

const examples: readonly Example[] = [
  {
    name: 'plain',
    script: 'app.wsgi',
    requests: [
      ['/', 200],
      ['/count?to=5', 200],
      ['/nowhere', 404],
      ['/fail', 500],
    ],
  },
  {
    name: 'flask',
    script: 'wsgi.py',
    needs: 'flask',
    requests: [
      ['/', 200],
      ['/nowhere', 404],
      ['/fail', 500],
    ],
  },
  {
    name: 'django',
    script: 'bookshop/wsgi.py',
    needs: 'django',
    requests: [
      ['/', 200],
      ['/nowhere', 404],
      ['/fail', 500],
    ],
  },
];

const folder = path.resolve(__dirname, '../../examples');

/** A script that runs the example's application between the two halves of wsgiref.validate. */
const validating = (script: string): string => `import os, sys
sys.path.insert(0, ${JSON.stringify(path.dirname(script))})
sys.path.insert(0, ${JSON.stringify(path.dirname(path.dirname(script)))})
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from wsgiref.validate import validator

loader = SourceFileLoader("example", ${JSON.stringify(script)})
module = module_from_spec(spec_from_loader("example", loader))
loader.exec_module(module)
application = validator(module.application)
`;

const modes = {
  embedded: '',
  daemon: 'WSGIDaemonProcess served\nWSGIProcessGroup served\nWSGIRestrictEmbedded On\n',
};
const cases = examples.flatMap((example) =>
  Object.entries(modes).map(([mode, lines]) => ({ ...example, mode, lines })),
);

describe.each(cases)('wsgiref.validate with the example $name in $mode mode', (example) => {
  const { name, script, needs, requests, lines } = example;
  const missing = !existsSync(path.join(folder, name, script))
    ? `examples/${name}`
    : needs && !existsSync(path.join(testEnvironment, 'bin', 'python'))
      ? 'the Python environment that the set-up makes'
      : undefined;
  let httpd: Httpd;

  beforeAll(async () => {
    if (missing) return;
    httpd = await startHttpd({
      module: await buildModule(),
      apps: path.join(folder, name),
      configuration: `${needs ? `WSGIPythonHome ${testEnvironment}\n` : ''}WSGIApplicationGroup %{GLOBAL}
        ${lines}WSGIScriptAlias / @APPS@/validating.wsgi`,
    });
    const copy = path.join(httpd.apps, script);
    await cp(path.join(folder, name), httpd.apps, { recursive: true });
    await writeFile(path.join(httpd.apps, 'validating.wsgi'), validating(copy));
  });
  afterAll(() => httpd?.dispose());

  it.skipIf(missing).each(requests)(
    `%s is %d${missing ? ` (needs ${missing})` : ''}`,
    async (url, status) => {
      const response = await request(httpd.port, url, { headers: { Host: 'localhost' } });
      const log = await httpd.errorLog();
      expect(log).not.toMatch(/AssertionError|WSGIWarning/);
      expect(response.status).toBe(status);
      const head = await request(httpd.port, url, { method: 'HEAD', headers: { Host: 'localhost' } });
      expect([head.status, head.raw]).toEqual([status, '']);
    },
  );
});
