import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(__dirname, '..', '..');

/** What may lie in the package. A file that fits nowhere was packed by mistake. */
const allowed = [
  /^(package|package\.nls|language-configuration)\.json$/,
  /^(readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^dist\/(client|client-web|server|server-web|debug-adapter|mod-wsgi-express)\.js(\.LEGAL\.txt)?$/,
  /^dist\/package\.json$/,
  /^dist\/programs\/(server|server-check|debug-adapter|mod-wsgi-express)\.js(\.LEGAL\.txt)?$/,
  /^dist\/debugpy\/debugpy\/([\w/]+\.py|py\.typed|ThirdPartyNotices\.txt)$/,
  /^dist\/debugpy\/debugpy-[\d.]+\.dist-info\/(METADATA|(licenses\/)?LICENSE)$/,
  /^syntaxes\/[\w.-]+\.json$/,
  /^(common|express)\/python\/[\w/]+\.py$/,
  /^debug-adapter\/agent\/mod_wsgi_debug\/([\w/]+\.py|listen\.wsgi)$/,
  /^native\/(Makefile|README\.md|[\w.-]+\.(sh|py)|src\/[\w/.-]+\.(c|h|py))$/,
  /^docs\/images\/[\w-]+\.png$/,
  /^docs\/rules\/[\w-]+\.md$/,
];

/** Without these the installed extension would lack a part. */
const required = [
  'package.json',
  'package.nls.json',
  'LICENSE.txt',
  'dist/client.js',
  'dist/client-web.js',
  'dist/server.js',
  'dist/server-web.js',
  'dist/debug-adapter.js',
  'dist/mod-wsgi-express.js',
  'dist/programs/server.js',
  'dist/programs/server-check.js',
  'dist/programs/debug-adapter.js',
  'dist/programs/mod-wsgi-express.js',
  'debug-adapter/agent/mod_wsgi_debug/__init__.py',
  'debug-adapter/agent/mod_wsgi_debug/bootstrap.py',
  'debug-adapter/agent/mod_wsgi_debug/listen.wsgi',
  'common/python/request_coverage.py',
  'express/python/handler.py',
  'native/Makefile',
  'native/detect.sh',
  'native/src/mod_wsgi.c',
  // A problem of the build leads there.
  'native/README.md',
];

describe('the packed extension', () => {
  let files: string[] = [];

  beforeAll(async () => {
    // `npm test` has packed it before; packing here would pull dist/ away from under other tests.
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    const vsix = path.join(root, 'dist', `mod-wsgi-${version}.vsix`);
    const { stdout } = await execa('/usr/bin/python3', [
      '-c',
      'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))',
      vsix,
    ]);
    files = stdout
      .split('\n')
      .filter((file) => file.startsWith('extension/'))
      .map((file) => file.slice('extension/'.length));
  });

  it.each(required)('holds %s', (file) => {
    expect(files).toContain(file);
  });

  it('holds nothing else than what runs or is read', () => {
    expect(files.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([]);
  });

  it('holds no tests', () => {
    expect(files.filter((file) => /(^|\/)tests?\/|\.test\./.test(file))).toEqual([]);
  });
});
