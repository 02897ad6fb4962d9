import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble, configTest } from '../src/model/assemble';
import { memoryFiles } from '../src/model/fixtures/memory-files';
import type { Machine, Server } from '../src/model/machine';
import { serverFolder } from './support/server-folder';

const HTTPD = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';
const LOADED = ['mpm_event', 'authz_core', 'alias', 'macro'];

/** Why the comparison cannot be made here. */
const missing = [HTTPD, ...LOADED.map((name) => `${MODULES}/mod_${name}.so`)].find(
  (file) => !existsSync(file),
);

/** Lines that meet in every way that matters to reading, and directives whose handlers the model knows. */
const LINES = [
  'Define X a',
  'Define X "a b"',
  `Define Q '"'`,
  'UnDefine X',
  `ServerName \${X}`,
  `ServerName a\${X}b c`,
  `ServerName "\${X}"`,
  `ServerAlias \${X} \${Q}b c\${Q}`,
  'Use M a',
  'Use M',
  'Use M "a b"',
  `Use N \${X}`,
  '<Macro M $a>',
  '<Macro N %b $c>',
  '</Macro>',
  '  ServerAlias $a',
  '  <Directory $a>',
  '</Directory>',
  '<Directory /a>',
  '<Directory "/a b">',
  '<Directory /a b>',
  '<Directory>',
  '<Directory /a> # x',
  '<Location /x>',
  '</Location>',
  '<Files x>',
  '</Files>',
  '<If "true">',
  '<If true && false>',
  '</If>',
  '<Else>',
  '</Else>',
  '<ElseIf "false">',
  '</ElseIf>',
  '<IfModule mod_alias.c>',
  '<IfModule !mod_alias.c>',
  '<IfModule mod_nope.c>',
  '</IfModule>',
  '</IfModule> x',
  '</ifmodule>',
  '<IfDefine X>',
  '<IfDefine !X>',
  '</IfDefine>',
  '<IfVersion >= 2.4>',
  '<IfVersion < 2.4>',
  '</IfVersion>',
  '<VirtualHost *:80>',
  '</VirtualHost>',
  '<VirtualHost>',
  '<Limit GET>',
  '</Limit>',
  '<RequireAll>',
  '<RequireAny>',
  '</RequireAll>',
  '</RequireAny>',
  'Require all granted',
  'Require foo',
  'Alias /a /b',
  'Alias /a',
  'Alias /a /b /c',
  'Options +Indexes Foo',
  'Options +Indexes None',
  'Garbage',
  '<Garbage x>',
  '</Garbage>',
  '# c \\',
  'ServerAlias a \\',
  '  b \\',
  '',
  'Error stop',
  'KeepAlive On x',
  'KeepAlive x',
  '<',
  '<>',
  '</>',
  '</ X>',
  '"ServerAdmin" 81',
  'ServerName> a',
  '<IfFile /etc/passwd>',
  '<IfFile /nope>',
  '</IfFile>',
  '<IfDirective Alias>',
  '</IfDirective>',
  'Redirect permanent /a http://x/',
  'Redirect /a',
  'ServerAdmin a b',
  'Include /nope.conf',
  'IncludeOptional /nope.conf',
  '\\',
  'a\\',
] as const;

const machine: Machine = {
  files: memoryFiles({ '/etc/passwd': '' }),
  environment: {},
  hasUser: () => true,
  hasGroup: () => true,
  resolves: () => true,
  modulesIn: () => undefined,
};

describe.skipIf(missing)(`the model and the real server (skipped without ${missing ?? 'httpd'})`, () => {
  let folder: string;
  let server: Server;

  beforeAll(() => {
    folder = serverFolder(
      'config-test-',
      LOADED.map((name) => [name, `${MODULES}/mod_${name}.so`]),
    );
    const compiled = 'core http_core mod_so mod_watchdog mod_log_config mod_logio mod_version mod_unixd';
    server = {
      program: 'apache2',
      version: /Apache\/([\d.]+)/.exec(spawnSync(HTTPD, ['-v'], { encoding: 'utf8' }).stdout)?.[1] ?? '',
      serverRoot: folder,
      modules: [...compiled.split(' '), 'event', 'mpm_common', 'mod_alias', 'mod_authz_core', 'mod_macro'],
      defines: [],
    };
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What `httpd -t` says, without times and without the way the file is passed. */
  const askServer = (file: string) => {
    const args = ['-t', '-f', path.join(folder, 'root.conf'), '-c', `Include ${file}`];
    const { stderr, status } = spawnSync(HTTPD, args, { encoding: 'utf8' });
    const lines = stderr
      .split('\n')
      .filter((line) => line !== '' && line !== 'Syntax OK')
      .map((line) =>
        line
          .replace(/^\[[^\]]*\] (\[[a-z_]*:[a-z]*\]) \[[^\]]*\] /, '$1 ')
          .replace('Syntax error in -C/-c directive: Syntax', 'Syntax'),
      );
    return { lines, exitCode: status };
  };

  test('say the same about the same text: verdict, line and words', () => {
    const file = path.join(folder, 'case.conf');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 7 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        writeFileSync(file, text);
        expect(configTest(assemble({ server, machine, file, text }), server)).toEqual(askServer(file));
      }),
      // The seed keeps the run the same; change it to look further.
      { numRuns: 250, seed: 20_261_122 },
    );
  });
});
