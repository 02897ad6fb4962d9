import { expect, test } from 'vitest';
import { readText } from '../configuration/read-text.fixture';
import { siteOf } from '../mounts/site';
import { mountedApplications } from './mounted';

const mounted = (text: string) => mountedApplications(siteOf(readText(text).configuration).mounts);

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
