import { expect, test } from 'vitest';
import { readText } from '../../configuration/read-text.fixture';
import { siteOf } from '../../mounts/site';
import { plainPlace } from './places';
import { explainUrl } from './url';

const TEXT = String.raw`WSGIDaemonProcess shop threads=15
<VirtualHost *:80>
ServerName shop.example
DocumentRoot /srv/www
RewriteEngine On
RewriteCond %{HTTP_USER_AGENT} Mobile
RewriteRule ^/book/(\w+)$ https://m.example/$1 [R,L]
RewriteRule ^/book/(\w+)$ /books/$1 [PT]
RewriteRule ^/gone - [G]
RewriteRule ^/old http://shop.example/ [R=301]
RewriteRule ^/back(.*) http://127.0.0.1:8000$1 [P]
ProxyPass /api http://127.0.0.1:8000
WSGIScriptAlias /books /srv/shop/wsgi.py process-group=shop application-group=%{GLOBAL}
WSGIScriptAlias /blog /srv/blog/wsgi.py application-group=%{GLOBAL}
<Location /books/staff>
Require ip 10.0.0.0/8
</Location>
<Location /private>
Require all denied
</Location>
</VirtualHost>
`;

test.each([
  ['/books/1', '`/srv/shop/wsgi.py` answers (daemon shop · 1×15 threads · %{GLOBAL})'],
  ['/blog', '`/srv/blog/wsgi.py` answers (embedded · %{GLOBAL})'],
  [
    '/book/1',
    'Unless a rule applies of which nobody can tell here, `/srv/shop/wsgi.py` answers (daemon shop · 1×15 threads · %{GLOBAL})',
  ],
  [
    '/books/staff',
    '`/srv/shop/wsgi.py` answers to those who are let in (daemon shop · 1×15 threads · %{GLOBAL})',
  ],
  ['/gone', 'The answer is 410'],
  ['/old', 'The browser is sent to `http://shop.example/`, with 301'],
  ['/back/1', 'The request is passed to `http://127.0.0.1:8000/1`'],
  ['/api/1', 'The request is passed to `http://127.0.0.1:8000/1`'],
  ['/private', 'The answer is 403, since nobody is let in'],
  ['/a.png', 'The file `/srv/www/a.png` answers, if it is there'],
])('%s: %s', (path, sentence) => {
  const site = siteOf(readText(TEXT, {}).configuration);
  const { markdown } = explainUrl(site, `http://shop.example${path}`, plainPlace);
  expect(markdown.split('\n\n')[1]).toBe(`**${sentence}.**`);
});

test('rules that go round and round', () => {
  const text =
    'RewriteEngine On\nDocumentRoot /srv\n<Directory /srv>\nOptions FollowSymLinks\nRewriteEngine On\nRewriteRule ^(.*)$ /x/$1\n</Directory>\n';
  const { markdown } = explainUrl(siteOf(readText(text, {}).configuration), 'http://a/b', plainPlace);
  expect(markdown).toContain('**The answer is 500, since the rules send the request round and round.**');
});
