import { expect, test } from 'vitest';
import { looksLikeApache, looksLikeErrorLog } from './apache-content';

test.each([
  ['a virtual host', '# site\n\n<VirtualHost *:80>\nServerName shop.example\n</VirtualHost>\n'],
  ['one WSGI directive', '# shop\nWSGIScriptAlias / /srv/shop/entry.wsgi\n'],
  ['a module', 'LoadModule wsgi_module modules/mod_wsgi.so\n'],
  ['two plain directives', 'ServerName shop.example\nDocumentRoot /srv/www\n'],
  ['a guard', '<IfModule mod_ssl.c>\nListen 443\n</IfModule>\n'],
  ['Windows line ends', 'ServerName shop.example\r\nListen 80\r\n'],
])('Apache: %s', (_, text) => {
  expect(looksLikeApache(text)).toBe(true);
});

test.each([
  ['nothing', ''],
  ['comments', '# WSGIScriptAlias / /x\n'],
  ['nginx', 'server {\n  listen 80;\n  server_name x;\n}\n'],
  ['INI', '[section]\nListen = 80\nServerName = x\n'],
  ['a shell script', '#!/bin/sh\nUser root\nGroup root\n'],
  ['XML', '<?xml version="1.0"?>\n<fontconfig>\n</fontconfig>\n'],
  ['one word that others have too', 'User deploy\n'],
  ['sshd', 'Port 22\nUser git\nHostKey /etc/ssh/key\n'],
  ['a late section', `${'x y\n'.repeat(20)}<VirtualHost *:80>\n`],
])('not Apache: %s', (_, text) => {
  expect(looksLikeApache(text)).toBe(false);
});

test.each([
  ['a log', '[Sun Nov 22 08:42:06.577622 2026] [wsgi:error] [pid 2355:tid 2357] text\n', true],
  [
    'one that begins with output',
    'warning\n[Sun Nov  2 08:42:06 2026] [mpm_event:notice] [pid 1:tid 1] AH00489: x\n',
    true,
  ],
  ["nginx's", '2026/11/22 08:42:06 [error] 12#12: *1 open() failed\n', false],
  ['an access log', '127.0.0.1 - - [22/Nov/2026:08:42:06 +0000] "GET / HTTP/1.1" 200 12\n', false],
  ['nothing', '', false],
])('error log: %s', (_, text, expected) => {
  expect(looksLikeErrorLog(text)).toBe(expected);
});
