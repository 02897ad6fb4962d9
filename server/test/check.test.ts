import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleServer, type ServerBundle } from './support/bundle';

let bundle: ServerBundle;
let folder: string;

const write = (name: string, text: string): void => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};

/** Runs the command in the folder. */
const check = (...args: string[]) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [bundle.file, 'check', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { out: stdout, error: stderr, status };
};

beforeAll(async () => {
  bundle = await bundleServer();
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'check-')));
  write(
    'apache/httpd.conf',
    'LoadModule wsgi_module modules/mod_wsgi.so\nListen 80\nInclude groups.conf\nIncludeOptional enabled/*.conf\n',
  );
  write('apache/groups.conf', 'WSGIDaemonProcess shop threads=5\n');
  write(
    'apache/available/shop.conf',
    '<VirtualHost *:80>\n  ServerName shop.example\n  WSGIScriptAlias / /srv/shop.wsgi process-group=shpo\n</VirtualHost>\n',
  );
  mkdirSync(path.join(folder, 'apache/enabled'));
  symlinkSync('../available/shop.conf', path.join(folder, 'apache/enabled/shop.conf'));
  write('www/.htaccess', 'WSGIApplicationGroup %{GLOBAL}\n');
  write('nginx/site.conf', 'server {\n  listen 80;\n}\n');
  write('nginx/sites-available/default', 'server {\n  listen 80;\n}\n');
  write('radius/mods-enabled/eap', 'eap {\n  default_eap_type = md5\n}\n');
  write('deploy/sites-available/shop', '<VirtualHost *:80>\nServerName a.example\n</VirtualHost>\n');
  write('node_modules/x/httpd.conf', 'Nonsense x\n');
  write('good/httpd.conf', 'ServerRoot /etc\nListen 80\n');
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await bundle?.remove();
});

test('a main file stands for all it includes; links are followed', () => {
  const { out, status } = check('apache/httpd.conf');
  expect(status).toBe(1);
  expect(out).toMatch(/^apache\/available\/shop\.conf:3:\d+: error: .*shpo.* \[process-group-undefined\]$/m);
  expect(out).toMatch(/^3 files checked: 1 error, 1 warning$/m);
});

test('a folder stands for the files in it that are Apache’s', () => {
  const { out } = check('.', '--format', 'json');
  const { files, findings } = JSON.parse(out) as {
    files: string[];
    findings: { file: string; rule: string }[];
  };
  expect(files).toEqual([
    'apache/available/shop.conf',
    'apache/groups.conf',
    'apache/httpd.conf',
    'deploy/sites-available/shop',
    'good/httpd.conf',
    'www/.htaccess',
  ]);
  expect(findings).toContainEqual(
    expect.objectContaining({
      file: 'www/.htaccess',
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 21,
      severity: 'error',
      rule: 'directive-not-in-htaccess',
    }),
  );
});

test('SARIF names files relative to the folder, and brings the rules along', () => {
  const { out, status } = check('apache', '--format=sarif');
  const { version, runs } = JSON.parse(out);
  expect(status).toBe(1);
  expect(version).toBe('2.1.0');
  const [{ tool, results, originalUriBaseIds }] = runs;
  expect(originalUriBaseIds.SRCROOT.uri).toMatch(/^file:\/\/\/.*\/$/);
  const result = results.find(({ ruleId }: { ruleId: string }) => ruleId === 'process-group-undefined');
  expect(result).toMatchObject({
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'apache/available/shop.conf', uriBaseId: 'SRCROOT' },
          region: { startLine: 3 },
        },
      },
    ],
  });
  const used = new Set(results.map(({ ruleId }: { ruleId: string }) => ruleId));
  expect(new Set(tool.driver.rules.map(({ id }: { id: string }) => id))).toEqual(used);
});

test.each([
  ['nothing found', ['good'], 0],
  ['only what is less than asked for', ['apache', '--rule', 'process-group-undefined=warning'], 0],
  ['a rule that is switched off', ['apache', '--rule', 'process-group-undefined=off'], 0],
  ['a lower limit', ['apache', '--rule', 'process-group-undefined=off', '--fail-on', 'warning'], 1],
  ['no limit', ['apache', '--fail-on', 'never'], 0],
  ['help', ['--help'], 0],
])('the exit status: %s', (_, args, status) => {
  expect(check(...args).status).toBe(status);
});

test.each([
  ['no path', [], 'No file or folder is named.'],
  ['a path that is not there', ['nowhere'], 'nowhere'],
  ['an option that does not exist', ['--colour', '.'], '--colour'],
  ['a format that does not exist', ['--format', 'xml', '.'], 'text, json, sarif'],
  ['a rule that does not exist', ['--rule', 'process-group-undefind=off', '.'], 'process-group-undefined'],
  ['a level that does not exist', ['--rule', 'process-group-undefined=loud', '.'], 'loud'],
])('a mistake on the command line: %s', (_, args, said) => {
  const { status, out, error } = check(...args);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(error).toContain(said);
  expect(error).not.toContain('    at ');
});
