// Regular expressions and conditions in directives, each as Apache's own configuration test and our rules judge them.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyze } from '../src/analysis';
import { check } from '../src/rules/check';
import { serverFolder } from './support/server-folder';

const HTTPD = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';

/** In the order in which they need each other. */
const LOADED = [
  ...['mpm_event', 'authn_core', 'authz_core', 'alias', 'rewrite', 'setenvif', 'headers', 'proxy', 'filter'],
  ...['substitute', 'proxy_fcgi', 'proxy_http', 'log_debug', 'lua', 'ldap', 'authnz_ldap', 'wsgi'],
];

const missing = [HTTPD, ...LOADED.map((name) => `${MODULES}/mod_${name}.so`)].find(
  (file) => !existsSync(file),
);

/** Lines with an `@` where a pattern stands. */
const WITH_PATTERN = [
  'AliasMatch @ /x',
  'ScriptAliasMatch @ /x',
  'RedirectMatch @ /x',
  'RedirectMatch 301 @ /x',
  'RedirectMatch gone @',
  'WSGIScriptAliasMatch @ /x',
  'RewriteRule @ /x',
  'RewriteRule !@ /x',
  'RewriteCond %{REQUEST_URI} @',
  'RewriteCond %{REQUEST_URI} !@',
  'SetEnvIf Request_URI @ a',
  'SetEnvIfNoCase @ x a',
  'BrowserMatch @ a',
  'BrowserMatchNoCase @ a',
  'Header edit A @ b',
  'Header onsuccess edit* A @ b',
  'Header echo @',
  'RequestHeader edit A @ b',
  'ProxyPassMatch @ http://a/',
  'ProxyRemoteMatch @ http://a:80',
  '<ProxyMatch @>\n</ProxyMatch>',
  '<LocationMatch @>\n</LocationMatch>',
  '<Location ~ @>\n</Location>',
  '<DirectoryMatch @>\n</DirectoryMatch>',
  '<FilesMatch @>\n</FilesMatch>',
  '<Files ~ @>\n</Files>',
  '<IfVersion ~ @>\n</IfVersion>',
  '<Directory /x>\nAuthLDAPInitialBindPattern @ $1\n</Directory>',
  'LuaMapHandler @ /x.lua',
];

const PATTERNS = ['^/a$', '(', '"[a"', '*a', '(?<n>a)(?<n>b)', 'a{2,1}', String.raw`a\d\.`, "'a('"];

/** Lines that take some of their patterns for something else, with such. */
const SPECIAL: readonly (readonly [line: string, ...texts: readonly string[]])[] = [
  [
    'RewriteCond %{REQUEST_URI} @',
    '-(',
    '-f(',
    '=(',
    '<(',
    '!(',
    '-ge(',
    '"a\\\\"',
    '-f',
    String.raw`a\ (`,
    String.raw`a\ b`,
  ],
  ['RewriteRule @ /x', '"a\\\\"', '!(', '-(', '"a b"', String.raw`a\ (`, String.raw`a\ b`],
  ['SetEnvIf Referer @ a', '"a\\\\"', String.raw`\(`, '"[a\\\\"', '(\\\\', 'a b'],
  [
    '<Directory /x>\nSubstitute @\n</Directory>',
    's/(/b/',
    's/(/b/n',
    's|a/(|b|i',
    's/a/(/q',
    's#[a-z]+#b#if',
  ],
];

/** Lines with an `@` where a condition stands in double quotes. */
const WITH_EXPRESSION = [
  '<If "@">\n</If>',
  'SetEnvIfExpr "@" a',
  'RewriteCond expr "@"',
  'Header set A b "expr=@"',
  'Header always edit A b c "expr=@"',
  'Header unset A "expr=@"',
  'RequestHeader set A b "expr=@"',
  'CustomLog /dev/null "%h" "expr=@"',
  '<Directory /x>\nRequire expr "@"\n</Directory>',
  '<Directory /x>\n<RequireAll>\nRequire not expr @\nRequire all granted\n</RequireAll>\n</Directory>',
  'ProxyFCGISetEnvIf "@" A b',
  'FilterDeclare f\nFilterProvider f SUBSTITUTE "@"',
  '<Directory /x>\nLogMessage "a" "expr=@"\n</Directory>',
];

const EXPRESSIONS = [
  '%{REQUEST_URI} =~ m#(#',
  '%{REQUEST_URI} =~ m#a b#i',
  "%{HTTP_HOST} == 'a'",
  '%{HTTP_HOST} ==',
  'true',
  'x',
  '%{NOTHING} == 1',
  "reqenv('A') -eq 1 && ! -f '/x'",
  "%{REQUEST_URI} in {'a', 'b'}",
  "nothing('a') == 'a'",
  String.raw`%{REQUEST_URI} =~ /a\/b\.c/`,
];

describe.skipIf(missing)(`inner languages and the real server (skipped without ${missing})`, () => {
  let folder: string;

  beforeAll(() => {
    folder = serverFolder(
      'inner-languages-',
      LOADED.map((name) => [name, `${MODULES}/mod_${name}.so`]),
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const askServer = (text: string): string => {
    const file = path.join(folder, 'case.conf');
    writeFileSync(file, `${text}\n`);
    const args = ['-t', '-f', path.join(folder, 'root.conf'), '-c', `Include ${file}`];
    const { stderr, status } = spawnSync(HTTPD, args, { encoding: 'utf8' });
    return status === 0 ? '' : stderr;
  };

  const compare = (texts: readonly string[], rule: string) => {
    let refused = 0;
    for (const text of texts) {
      const said = askServer(text);
      const ours = check(analyze(`${text}\n`, 'httpd.conf')).filter((found) => found.rule === rule);
      expect(ours.length > 0, `${text}\n${said}`).toBe(
        /regex|expression|condition|, unexpected|Variable '|Function '/i.test(said),
      );
      expect(said === '' || ours.length > 0, `${text}\n${said}`).toBe(true);
      if (ours.length > 0) refused++;
    }
    expect(refused).toBeGreaterThan(texts.length / 5);
  };

  const filled = (lines: readonly string[], texts: readonly string[]): readonly string[] =>
    lines.flatMap((line) => texts.map((text) => line.replace('@', () => text)));

  test.each(WITH_PATTERN)('%s', (line) => compare(filled([line], PATTERNS), 'invalid-regex'));

  test.each(SPECIAL)('%s: what is taken for something else', (line, ...texts) =>
    compare(filled([line], texts), 'invalid-regex'),
  );

  test.each(WITH_EXPRESSION)('%s', (line) => compare(filled([line], EXPRESSIONS), 'invalid-expression'));
});
