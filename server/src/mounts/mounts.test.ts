import { describe, expect, test } from 'vitest';
import { readText } from '../configuration/read-text.fixture';
import type { Mount } from './mounts';
import { siteOf } from './site';

const site = (text: string) => siteOf(readText(text).configuration);

const mount = (text: string): Mount => {
  const [first] = site(text).mounts;
  if (!first) throw new Error('no mount');
  return first;
};

const ALIAS = 'WSGIScriptAlias /shop /srv/shop/entry.wsgi\n';

describe('the process group of a mount', () => {
  test.each([
    ['embedded by default', ALIAS, ''],
    ['the server', `WSGIProcessGroup a\n${ALIAS}`, 'a'],
    ['the last of a scope', `WSGIProcessGroup a\n${ALIAS}WSGIProcessGroup b\n`, 'b'],
    [
      'a folder over the server',
      `WSGIProcessGroup a\n<Directory /srv>\nWSGIProcessGroup b\n</Directory>\n${ALIAS}`,
      'b',
    ],
    [
      'the longer folder over the shorter, whatever comes first',
      `<Directory /srv/shop>\nWSGIProcessGroup b\n</Directory>\n<Directory /srv>\nWSGIProcessGroup a\n</Directory>\n${ALIAS}`,
      'b',
    ],
    [
      'another folder does not count',
      `<Directory /srv/other>\nWSGIProcessGroup b\n</Directory>\n${ALIAS}`,
      '',
    ],
    [
      'a location over a file over a folder',
      `<Location /shop>\nWSGIProcessGroup c\n</Location>\n<Files entry.wsgi>\nWSGIProcessGroup b\n</Files>\n<Directory /srv>\nWSGIProcessGroup a\n</Directory>\n${ALIAS}`,
      'c',
    ],
    [
      'a file in a folder',
      `<Directory /srv/shop>\n<Files *.wsgi>\nWSGIProcessGroup b\n</Files>\n</Directory>\n${ALIAS}`,
      'b',
    ],
    [
      'a part of the mount does not count',
      `<Location /shop/login>\nWSGIProcessGroup c\n</Location>\n${ALIAS}`,
      '',
    ],
    [
      'an option over everything',
      `<Location /shop>\nWSGIProcessGroup c\n</Location>\nWSGIScriptAlias /shop /srv/x.wsgi process-group=d\n`,
      'd',
    ],
    ['%{GLOBAL} is embedded', 'WSGIScriptAlias / /x.wsgi process-group=%{GLOBAL}\n', ''],
  ])('%s', (_, text, expected) => {
    expect(mount(text).processGroup.value).toBe(expected);
  });
});

describe('the daemon of a mount', () => {
  const HOSTS = (a: string, b: string) =>
    `<VirtualHost *:80>\nServerName ${a}\nWSGIDaemonProcess d python-home=/venv\n</VirtualHost>\n<VirtualHost *:443>\nServerName ${b}\nWSGIScriptAlias / /x.wsgi process-group=d\n</VirtualHost>\n`;

  test('is one of a host of the same name', () => {
    expect(mount(HOSTS('Shop.example', 'shop.example')).pythonHome?.value).toBe('/venv');
  });

  test('is not one of another host', () => {
    expect(mount(HOSTS('a.example', 'b.example')).daemon).toBeUndefined();
  });

  test.each([
    ['%{SERVER}', '*:80', 'shop.example'],
    ['%{SERVER}', '*:8080', 'shop.example:8080'],
    ['%{RESOURCE}', '*:80', 'shop.example|/app'],
  ])('%s at %s is %s', (label, address, name) => {
    const text = `WSGIDaemonProcess ${name}\n<VirtualHost ${address}>\nServerName shop.example\nWSGIScriptAlias /app /x.wsgi process-group=${label}\n</VirtualHost>\n`;
    expect(mount(text).daemon?.name).toBe(name);
  });
});

describe('access', () => {
  const within = (body: string) => `<Directory /srv/shop>\n${body}\n</Directory>\n${ALIAS}`;

  test.each([
    ['nothing said', ALIAS, 'unset'],
    ['everybody', within('Require all granted'), 'granted'],
    ['nobody', within('Require all denied'), 'denied'],
    ['some', within('Require ip 10.0.0.0/8'), 'conditional'],
    ['one of several', within('Require ip 10.0.0.0/8\nRequire all granted'), 'granted'],
    [
      'the inner section',
      `<Directory />\nRequire all denied\n</Directory>\n${within('Require all granted')}`,
      'granted',
    ],
    ['all of a block', within('<RequireAll>\nRequire all granted\n</RequireAll>'), 'granted'],
    [
      'one of a block that denies',
      within('<RequireAll>\nRequire all granted\nRequire all denied\n</RequireAll>'),
      'denied',
    ],
    [
      'a block with a condition',
      within('<RequireAll>\nRequire all granted\nRequire not ip 10.0.0.0/8\n</RequireAll>'),
      'conditional',
    ],
    [
      'what is not denied',
      within(
        '<RequireAll>\nRequire all granted\n<RequireNone>\nRequire all denied\n</RequireNone>\n</RequireAll>',
      ),
      'granted',
    ],
    [
      'both, where they are joined',
      `<Directory />\nRequire all denied\n</Directory>\n${within('AuthMerging And\nRequire all granted')}`,
      'denied',
    ],
    [
      'one of both, where they are alternatives',
      `<Directory />\nRequire all granted\n</Directory>\n${within('AuthMerging Or\nRequire ip 10.0.0.0/8')}`,
      'granted',
    ],
    ['the old way', within('Order allow,deny\nAllow from all'), 'granted'],
  ])('%s', (_, text, verdict) => {
    expect(mount(text).access.verdict).toBe(verdict);
  });
});

test('the handler of a folder is a mount', () => {
  const text = '<Directory /srv/tools>\nSetHandler wsgi-script\nWSGIProcessGroup a\n</Directory>\n';
  expect(mount(text)).toMatchObject({ kind: 'handler', processGroup: { value: 'a' } });
});
