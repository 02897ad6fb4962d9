import { describe, expect, test } from 'vitest';
import { readText } from '../../configuration/read-text.fixture';
import { memoryFiles } from '../../model/fixtures/memory-files';
import { siteOf } from '../../mounts/site';
import { plainPlace } from './places';
import { explainUrl } from './url';

/** The page for a URL; without `disk` nobody may look at files. */
const explain = (
  text: string,
  url: string,
  { others = {}, disk }: { others?: Readonly<Record<string, string>>; disk?: readonly string[] } = {},
): string => {
  const requested = disk && {
    ...memoryFiles(Object.fromEntries(disk.map((path) => [path, 'x']))),
    size: () => 1,
    isLink: () => false,
  };
  return explainUrl(siteOf(readText(text, others).configuration), url, plainPlace, requested).markdown;
};

const HTTPS = `<VirtualHost *:80>
ServerName shop.example
RewriteEngine On
RewriteCond %{HTTPS} off
RewriteRule ^(.*)$ https://%{HTTP_HOST}$1 [R=301,L]
WSGIScriptAlias / /srv/shop.wsgi
</VirtualHost>
`;

const FRONT = `DocumentRoot /srv/www
WSGIScriptAlias /app.wsgi /srv/app.wsgi
<Directory /srv>
Options FollowSymLinks
Require all granted
RewriteEngine On
RewriteBase /
RewriteCond %{REQUEST_FILENAME} !-f
RewriteRule ^www/(.*)$ /app.wsgi/$1 [QSA,PT,L]
</Directory>
`;

describe('rules of a server', () => {
  test('send a browser to https', () => {
    const page = explain(HTTPS, 'http://shop.example/cart?a=1');
    expect(page).toContain(
      '## 2. Rewriting\n\n- `RewriteRule ^(.*)$ https://%{HTTP_HOST}$1 [R=301,L]` (apache2.conf:5): applies, makes `https://shop.example/cart`\n\n**Sends the browser to** `https://shop.example/cart?a=1`, with 301.',
    );
    expect(page).not.toContain('Who answers');
  });

  test('that do not apply leave the URL to the mounts', () => {
    const page = explain(HTTPS.replace('*:80', '*:443'), 'https://shop.example/cart');
    expect(page).toContain(
      '## 2. Rewriting\n\nNo rule applies.\n\n## 3. Who answers\n\n- `/` (apache2.conf:6): **matches**',
    );
  });

  test('do nothing without RewriteEngine', () => {
    expect(explain(HTTPS.replace('RewriteEngine On\n', ''), 'http://shop.example/')).toContain(
      'do nothing for this request: there is no `RewriteEngine On`.',
    );
  });

  test('do nothing where RewriteEngine is off', () => {
    expect(explain(HTTPS.replace('Engine On', 'Engine Off'), 'http://shop.example/')).toContain(
      'do nothing for this request: `RewriteEngine Off` (apache2.conf:3) counts',
    );
  });

  test.each([
    [
      'with [PT] lead to a mount',
      '[PT]',
      /as if it had been asked for\.\n\n## 3\. Who answers\n\n- `\/shop` .*\*\*matches/,
    ],
    [
      'without it lead to a file',
      '[L]',
      /No mount is asked: `RewriteRule .* answers with the file `\/srv\/www\/shop\/a`/,
    ],
    ['refuse', '[F]', /\*\*The answer is 403\*\*/],
    ['pass on', '[P]', /\*\*Passes the request to\*\* `\/shop\/a`/],
  ])('%s', (_, flags, expected) => {
    const text = `DocumentRoot /srv/www\nWSGIScriptAlias /shop /srv/shop.wsgi\nRewriteEngine On\nRewriteRule ^/old/(.*)$ /shop/$1 ${flags}\n`;
    expect(explain(text, '/old/a')).toMatch(expected);
  });

  test('that look at what nobody knows are told with what they would lead to', () => {
    const text = HTTPS.replace('%{HTTPS} off', '%{HTTP_USER_AGENT} Mobile');
    const page = explain(text, 'http://shop.example/cart');
    expect(page).toContain(
      'only if `RewriteCond %{HTTP_USER_AGENT} Mobile` (apache2.conf:4) holds, which cannot be told here: only the running server knows `%{HTTP_USER_AGENT}`\n\nWithout that, the URL stays as it is.',
    );
    expect(page).toMatch(/- `\/` \(apache2\.conf:6\): \*\*matches\*\*/);
    expect(page).toMatch(
      /## If `RewriteRule [^`]*` \(apache2\.conf:5\) applies\n\n### Rewriting\n\n[^#]*\*\*supposed to apply\*\*[^#]*\*\*Sends the browser to\*\* `https:\/\/shop\.example\/cart`/,
    );
  });

  test.each([
    ['a recursion', '(?R)', 'its pattern has `(?R`, which is not followed here'],
    [
      'a reference that is tried for ever',
      '^/(?=.*!)((a|a)*)*\\1$',
      'its pattern can match in too many ways for all of them to be tried',
    ],
  ])('with a pattern that cannot be asked are not guessed: %s', (_, pattern, why) => {
    const text = HTTPS.replace('^(.*)$', pattern);
    const page = explain(text, `http://shop.example/${'a'.repeat(60)}!`);
    expect(page).toContain(`only if its pattern matches, which cannot be told here: ${why}`);
  });

  test('with a pattern of Perl are followed', () => {
    const text = HTTPS.replace('^(.*)$', '(?i)^(?>(/CART.*))$');
    expect(explain(text, 'http://shop.example/cart')).toContain('makes `https://shop.example/cart`');
  });

  test.each([
    ['', '**Goes on with** `/nonea`'],
    [' [NS]', 'No rule applies.'],
  ])('that look ahead meet themselves, unless they are kept from it: "%s"', (flags, expected) => {
    const text = `DocumentRoot /srv/www
RewriteEngine On
RewriteCond %{LA-U:REQUEST_FILENAME} !-f
RewriteRule ^/(.)$ /none$1${flags}
`;
    expect(explain(text, '/a', { disk: ['/srv/www/a'] })).toContain(expected);
  });

  test('that look ahead again and again are given up', () => {
    const rules = Array.from(
      { length: 60 },
      (_, index) => `RewriteCond %{LA-U:REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ $1${index}\n`,
    );
    const text = `DocumentRoot /srv/www\nRewriteEngine On\n${rules.join('')}`;
    const before = process.cpuUsage().user;
    expect(explain(text, '/a', { disk: [] })).toContain(
      'looking ahead, the rules look ahead again and again',
    );
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(5);
  });

  test.each([
    ['%{LA-U:REMOTE_USER} =x', 'only the running server knows `REMOTE_USER` ahead'],
    ['%{TIME_HOUR} >12', 'only the running server knows `%{TIME_HOUR}`'],
    ['%{REQUEST_FILENAME} -U', 'it sends a request of its own through the server'],
    [
      '%{REQUEST_FILENAME} -f',
      'files are looked at in trusted workspaces only, for a configuration of this machine',
    ],
    ['expr "-R \'10.0.0.0/8\'"', 'only the running server decides it'],
    ['${ask:$1} x', 'the map `ask` is a program, which is not run here'],
    ['${keys:$1} x', 'the map `keys` is a database, which is not opened here'],
    ['${words:$1} x', 'files are looked at in trusted workspaces only, for a configuration of this machine'],
  ])('say why %s cannot be told', (condition, why) => {
    const maps = ['ask prg:/srv/ask', 'keys dbm=db:/srv/keys', 'words txt:/srv/words'];
    const text = HTTPS.replace('%{HTTPS} off', condition).replace(
      'RewriteEngine On',
      ['RewriteEngine On', ...maps.map((map) => `RewriteMap ${map}`)].join('\n'),
    );
    expect(explain(text, 'http://shop.example/cart')).toContain(`holds, which cannot be told here: ${why}`);
  });

  test('that may be switched on are told as what may be', () => {
    const text = HTTPS.replace('RewriteEngine On', '<IfDefine !LOCAL>\nRewriteEngine On\n</IfDefine>');
    expect(explain(text, 'http://shop.example/cart')).toContain('## If `RewriteRule');
  });

  test('that repeat themselves end', () => {
    const text = 'RewriteEngine On\nRewriteRule ^(.*)$ $1x [N]\n';
    expect(explain(text, '/a')).toContain('**The answer is 500**');
  });
});

describe('rules of a folder', () => {
  test('lead to the application where there is no such file', () => {
    const page = explain(FRONT, '/cart?a=1', { disk: ['/srv/www/style.css', '/srv/app.wsgi'] });
    expect(page).toContain('**Goes on with** `/app.wsgi/cart` and the query `a=1`');
    expect(page).toContain('The request starts again with `/app.wsgi/cart?a=1`.');
    expect(page).toMatch(/Again[\s\S]*- `\/app\.wsgi` \(apache2\.conf:2\): \*\*matches\*\*/);
    expect(page).not.toContain('## If');
  });

  test.each([
    ['with the disk', ['/srv/www/app.wsgi', '/srv/www/style.css']],
    ['without it', undefined],
  ])('lead to a script that a handler runs, %s', (_, disk) => {
    const text = `DocumentRoot /srv/www
<Directory /srv/www>
Options ExecCGI FollowSymLinks
AddHandler wsgi-script .wsgi
RewriteEngine On
RewriteCond %{REQUEST_FILENAME} !-f
RewriteRule ^(.*)$ /app.wsgi/$1 [QSA,PT,L]
</Directory>
`;
    const page = explain(text, '/cart', disk && { disk });
    expect(page).toContain('The request starts again with `/app.wsgi/cart`.');
    expect(page).toMatch(
      /Again[\s\S]*it is the script `\/srv\/www\/app\.wsgi`, which `AddHandler wsgi-script \.wsgi` \(apache2\.conf:4\) runs[\s\S]*What runs/,
    );
  });

  test('leave a file alone that is there', () => {
    const page = explain(FRONT, '/style.css', { disk: ['/srv/www/style.css'] });
    expect(page).toContain(
      'Rewriting in the folder\n\nThe rules of `<Directory /srv>` (apache2.conf:3) count.\n\nNo rule applies.',
    );
  });

  test('are told as what may be where nobody may look', () => {
    const page = explain(FRONT, '/cart');
    expect(page).toContain('only if `RewriteCond %{REQUEST_FILENAME} !-f` (apache2.conf:8) holds');
    expect(page).toMatch(
      /## If `RewriteRule[\s\S]*### Again[\s\S]*`\/app\.wsgi` \(apache2\.conf:2\): \*\*matches\*\*/,
    );
  });

  test('that an access file has count in place of those of a section', () => {
    const page = explain(FRONT.replace('Options Follow', 'AllowOverride All\nOptions Follow'), '/cart', {
      others: { '/srv/www/.htaccess': 'RewriteRule ^cart$ http://other.example/ [R,L]\n' },
      disk: [],
    });
    expect(page).toContain('The rules of `/srv/www/.htaccess` (.htaccess:1) count.');
    expect(page).toContain('**Sends the browser to** `http://other.example/`, with 302.');
  });

  test('do nothing behind one that ends all rewriting', () => {
    const text = `RewriteEngine On\nRewriteRule ^ - [END]\n${FRONT}`;
    expect(explain(text, '/cart', { disk: ['/srv/www/x'] })).toContain(
      'do nothing for this request: an earlier rule has ended all rewriting.',
    );
  });

  test('are refused where links are not followed', () => {
    expect(explain(FRONT.replace('Options FollowSymLinks', 'Options None'), '/cart')).toContain(
      '**The answer is 403**: rules are switched on in `<Directory /srv>`',
    );
  });

  test('in a Location are followed, with a word about it', () => {
    const text = FRONT.replace('<Directory /srv>', '<Location />')
      .replace('</Directory>', '</Location>')
      .replace('^www/', '^srv/www/');
    const page = explain(text, '/cart', { disk: ['/srv/www/style.css'] });
    expect(page).toContain(
      'Apache does not support rules there, and takes `/` for the folder they belong to.',
    );
    expect(page).toContain('**Goes on with** `/app.wsgi/cart`');
  });

  test('in an If of which nobody can tell are told of', () => {
    const text = `${FRONT}<If "-R '10.0.0.0/8'">\nRewriteEngine On\nRewriteRule ^ - [F]\n</If>\n`;
    expect(explain(text, '/cart', { disk: [] })).toContain(
      'Where the condition of one of these holds, which the URL does not tell, its rules count in place of others:\n\n- `<If ',
    );
  });

  test('that send a request round and round end', () => {
    const text = FRONT.replace('RewriteCond %{REQUEST_FILENAME} !-f\n', '').replace(
      '^www/(.*)$ /app.wsgi/$1',
      '^(.*)$ /x$1',
    );
    expect(explain(text, '/cart', { disk: ['/srv/www/x'] })).toContain('Apache gives up after ten times');
  });
});
