import { expect, it } from 'vitest';
import { modulesUsedBy } from './included-modules';

it.each<[string, string[]]>([
  ['', []],
  ['# Header set A b', []],
  ['header set A b\n  <Location "/x">\n    Require ip 10.0.0.0/8\n  </Location>', ['headers', 'authz_host']],
  ['ProxyPass "/x" "http://y"', ['proxy', 'proxy_http']],
  ['<IfModule mod_expires.c>\n\tExpiresActive On\n</IfModule>', ['expires']],
  ['RewriteEngine On\nRequire valid-user', ['rewrite', 'authz_user']],
  ['WSGIDaemonProcess other', []],
])('%j', (text, modules) => {
  expect([...modulesUsedBy(text)].sort()).toEqual(modules.sort());
});
