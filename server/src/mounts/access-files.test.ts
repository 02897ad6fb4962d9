import { describe, expect, test } from 'vitest';
import { MAIN_FILE as ROOT, readText } from '../configuration/read-text.fixture';
import { showConfiguration } from '../features/explain/configuration';
import { plainPlace } from '../features/explain/places';
import { explainUrl } from '../features/explain/url';
import { siteOf } from './site';

const site = (text: string, others: Readonly<Record<string, string>> = {}) =>
  siteOf(readText(text, others).configuration);

const groupOf = (text: string, others: Readonly<Record<string, string>>): string | undefined =>
  site(text, others).mounts[0]?.callable.value;

const ALIAS = 'WSGIScriptAlias /shop /srv/shop/app.wsgi\n';
const allow = (words: string, folder = '/srv') =>
  `<Directory ${folder}>\nAllowOverride ${words}\n</Directory>\n`;
const call = (name: string) => `WSGICallableObject ${name}\n`;

describe('an access file', () => {
  test.each([
    [
      'is not read under None',
      `${allow('None')}${ALIAS}`,
      { '/srv/shop/.htaccess': call('a') },
      'application',
    ],
    [
      'is read where its folder allows it',
      `${allow('FileInfo')}${ALIAS}`,
      { '/srv/shop/.htaccess': call('a') },
      'a',
    ],
    [
      'of the folder counts before that of the one above',
      `${allow('All')}${ALIAS}`,
      { '/srv/.htaccess': call('a'), '/srv/shop/.htaccess': call('b') },
      'b',
    ],
    [
      'counts before the section of its folder, and after that of a folder in it',
      `${allow('All')}<Directory /srv/shop>\n${call('c')}</Directory>\n${ALIAS}`,
      { '/srv/.htaccess': call('a') },
      'c',
    ],
    [
      'counts less than a pattern',
      `${allow('All')}<DirectoryMatch shop>\n${call('c')}</DirectoryMatch>\n${ALIAS}`,
      { '/srv/shop/.htaccess': call('a') },
      'c',
    ],
    [
      'counts less than <Files> outside',
      `${allow('All')}<Files app.wsgi>\n${call('c')}</Files>\n${ALIAS}`,
      { '/srv/shop/.htaccess': call('a') },
      'c',
    ],
    [
      'has <Files> that count before those outside',
      `${allow('All')}<Files app.wsgi>\n${call('c')}</Files>\n${ALIAS}`,
      { '/srv/shop/.htaccess': `<Files *.wsgi>\n${call('a')}</Files>\n` },
      'a',
    ],
    [
      'is not read where the deeper folder forbids it',
      `${allow('All')}${allow('None', '/srv/shop')}${ALIAS}`,
      { '/srv/shop/.htaccess': call('a') },
      'application',
    ],
    [
      'may have other names, of which the first is taken',
      `AccessFileName .acl .rules\n${allow('All')}${ALIAS}`,
      { '/srv/shop/.htaccess': call('a'), '/srv/shop/.rules': call('b') },
      'b',
    ],
    [
      'knows the variables and the modules of the server',
      `LoadModule wsgi_module x.so\nDefine NAME b\n${allow('All')}${ALIAS}`,
      {
        '/srv/shop/.htaccess': `<IfModule wsgi_module>\nWSGICallableObject \${NAME}\n</IfModule>\n<IfModule mod_php.c>\n${call('c')}</IfModule>\n`,
      },
      'b',
    ],
    [
      'is without what is passed over',
      `${allow('AuthConfig Nonfatal=Override')}${ALIAS}`,
      { '/srv/shop/.htaccess': call('a') },
      'application',
    ],
  ])('%s', (_, text, others, expected) => {
    expect(groupOf(text, others as Record<string, string>)).toBe(expected);
  });

  test('is what a mount depends on, whether it is there or not', () => {
    const dependsOn = (text: string): boolean =>
      site(`${text}${ALIAS}`).configuration.accessFiles.has('/srv/shop/.htaccess');
    expect(dependsOn(allow('All'))).toBe(true);
    expect(dependsOn(allow('None', '/'))).toBe(false);
  });
});

const page = (url: string, text: string, others: Readonly<Record<string, string>> = {}): string =>
  explainUrl(site(text, others), url, plainPlace).markdown;

describe('the explanation of a URL', () => {
  test('names the access file that decides, and in which order it was merged', () => {
    const text = `<Directory /srv>\nAllowOverride All\nRequire all granted\n</Directory>\n${ALIAS}`;
    const explained = page('/shop', text, { '/srv/shop/.htaccess': 'Require ip 10.0.0.0/8\n' });
    expect(explained).toContain('by `Require ip 10.0.0.0/8` in `/srv/shop/.htaccess` (.htaccess:1)');
    expect(explained).toContain(
      '- `<Directory /srv>` (apache2.conf:1)\n- `/srv/shop/.htaccess` (.htaccess:1): read with each request',
    );
  });

  test('says that what may not stand in an access file fails the request', () => {
    expect(
      page('/shop', `${allow('AuthConfig')}${ALIAS}`, { '/srv/shop/.htaccess': 'SetEnv A b\n' }),
    ).toContain(
      '**The answer is 500**: `SetEnv A b` (.htaccess:1) may not stand there, because `AllowOverride AuthConfig` (apache2.conf:2) does not allow it.',
    );
  });

  test('knows that without any AllowOverride the file is read, and nothing may stand in it', () => {
    expect(page('/shop', ALIAS, { '/srv/shop/.htaccess': 'SetEnv A b\n' })).toContain(
      '**The answer is 500**: `SetEnv A b` (.htaccess:1) may not stand there, because no `AllowOverride` allows it.',
    );
    expect(
      page('/shop', `${allow('None', '/')}${ALIAS}`, { '/srv/shop/.htaccess': 'SetEnv A b\n' }),
    ).not.toContain('500');
  });

  const ADMIN = `<If "%{REQUEST_URI} =~ m#^/shop/admin#">\n${call('admin')}Require all denied\n</If>\n<ElseIf "%{REMOTE_ADDR} == '127.0.0.1'">\nRequire all denied\n</ElseIf>\n<Else>\n${call('other')}</Else>\n${ALIAS}`;

  test('decides conditions that the URL decides', () => {
    const admin = page('/shop/admin', ADMIN);
    expect(admin).toContain('| Callable | `admin` | `WSGICallableObject`, apache2.conf:2 |');
    expect(admin).toContain('**Nobody is let in: the answer is 403** by `Require all denied`');
    expect(admin).not.toContain('apache2.conf:9');
  });

  test('leaves open what the URL does not decide', () => {
    const shop = page('/shop', ADMIN);
    expect(shop).toContain('| Callable, on a condition | `other` | `WSGICallableObject`, apache2.conf:9 |');
    expect(shop).toContain('**Who is let in depends on the request**');
    expect(shop).toContain(
      "`<ElseIf %{REMOTE_ADDR} == '127.0.0.1'>` (apache2.conf:5): only if its condition holds",
    );
  });

  test('counts sections of the very URL, not of the mount', () => {
    const text = `<Location /shop/login>\n${call('login')}</Location>\n${ALIAS}`;
    expect(page('/shop/login', text)).toContain('| Callable | `login` |');
    expect(page('/shop', text)).toContain('| Callable | `application` |');
  });

  test('puts in what a pattern has found', () => {
    const text =
      'WSGIScriptAliasMatch ^/([a-z]+)/ /srv/$1/app.wsgi\n<Directory /srv/a>\nRequire all denied\n</Directory>\n';
    expect(page('/a/x', text)).toMatch(/\| Script \| `\/srv\/a\/app\.wsgi` [\s\S]*Nobody is let in/);
    expect(page('/b/x', text)).not.toContain('Nobody is let in');
  });

  test('finds the handler that answers a file', () => {
    const text = 'DocumentRoot /var/www\n<Directory /var/www>\nAddHandler wsgi-script .py\n</Directory>\n';
    expect(page('/hello.py', text)).toMatch(
      /it is the script `\/var\/www\/hello\.py`, which `AddHandler [^`]*`[\s\S]*## 3\. What runs/,
    );
    expect(page('/hello.txt', text)).not.toContain('What runs');
  });

  test('tells the other settings that count', () => {
    const text = `<Directory /srv>\nSetEnv A 1\nOptions Indexes\n</Directory>\n<Location /shop>\nOptions None\n</Location>\n${ALIAS}`;
    expect(page('/shop', text)).toContain('| SetEnv | `A 1` | apache2.conf:2 |');
  });
});

test('access files are part of the effective configuration', () => {
  const text = `${allow('AuthConfig')}${ALIAS}`;
  expect(
    showConfiguration(site(text, { '/srv/shop/.htaccess': 'SetEnv A b\nRequire all granted\n' })).markdown,
  ).toContain(
    [
      `# /srv/shop/.htaccess: read with each request, as allowed by ${ROOT}:2`,
      '# line 1: SetEnv is not allowed here, so every request is answered with 500',
      '<Directory /srv/shop>',
      '    # /srv/shop/.htaccess:1',
      '    SetEnv A b',
      '    Require all granted',
      '</Directory>',
    ].join('\n'),
  );
});
