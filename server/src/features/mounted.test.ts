import { expect, test } from 'vitest';
import { analyze } from '../analysis';
import { readConfiguration } from '../configuration/read';
import { memoryFiles } from '../model/fixtures/memory-files';
import { siteOf } from '../mounts/site';
import { mountedApplications } from './mounted';

const mounted = (text: string) => {
  const analysis = analyze(text, 'httpd.conf');
  const place = { root: '/httpd.conf', rooted: true, local: false, serverRoot: '/', environment: new Map() };
  return mountedApplications(
    siteOf(
      readConfiguration(
        { files: memoryFiles({}), analysisOf: (path) => (path === '/httpd.conf' ? analysis : undefined) },
        place,
      ),
    ).mounts,
  );
};

test('a mount with everything that its start needs', () =>
  expect(
    mounted(
      `Define SITE /srv/shop\nWSGIDaemonProcess a python-home=/venv\nWSGIScriptAlias /shop \${SITE}/entry.wsgi process-group=a callable-object=app\n`,
    ),
  ).toEqual([
    { line: 2, url: '/shop', script: '/srv/shop/entry.wsgi', callable: 'app', pythonHome: '/venv' },
  ]));

test.each([
  ['an unknown variable in its path', `WSGIScriptAlias /a \${NOWHERE}/a.wsgi\n`],
  ['a pattern for its URL', 'WSGIScriptAliasMatch ^/(a) /srv/$1.wsgi\n'],
  ['a handler for a folder', '<Directory /srv>\nSetHandler wsgi-script\n</Directory>\n'],
])('nobody can start a mount with %s', (_, text) => expect(mounted(text)).toEqual([]));
