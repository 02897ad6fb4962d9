import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CodeLens, InlayHint, Location, WorkspaceEdit } from 'vscode-languageserver-protocol';
import { bundleServer, type ServerBundle } from './support/bundle';
import { Client } from './support/client';

let bundle: ServerBundle;
let folder: string;
let client: Client;

beforeAll(async () => {
  bundle = await bundleServer();
});

afterAll(() => bundle?.remove());

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'configuration-')));
  for (const name of ['sites-available', 'sites-enabled']) mkdirSync(path.join(folder, name));
  write('apache2.conf', MAIN);
  write('groups.conf', 'WSGIDaemonProcess shop threads=5 python-home=/venv/shop\n');
  write('sites-available/shop.conf', SITE);
  symlinkSync('../sites-available/shop.conf', path.join(folder, 'sites-enabled', 'shop.conf'));
  ({ client } = await Client.start(bundle.file, {
    initializationOptions: { explain: true },
  }));
});

afterEach(async () => {
  await client?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const MAIN =
  'LoadModule wsgi_module modules/mod_wsgi.so\nInclude groups.conf\nIncludeOptional sites-enabled/*.conf\n';

const SITE =
  '<VirtualHost *:80>\n  ServerName shop.example\n  WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}\n</VirtualHost>\n';

const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

const uriOf = (name: string): string => pathToFileURL(path.join(folder, name)).href;

const SITE_URI = (): string => uriOf('sites-available/shop.conf');

const serious = async (uri: string): Promise<readonly (string | number | undefined)[]> =>
  (await client.diagnostics(uri)).filter(({ severity }) => severity !== 4).map(({ code }) => code);

describe('a document of a configuration on the disk', () => {
  test('is judged with the files around it, through links', async () => {
    await client.open(SITE_URI(), SITE);
    expect(await serious(SITE_URI())).toEqual([]);
    const wrong = SITE.replace('process-group=shop', 'process-group=shpo');
    await client.change(SITE_URI(), { text: wrong });
    expect(await serious(SITE_URI())).toEqual(['process-group-undefined']);
  });

  test('changes with other open documents before they are saved', async () => {
    await client.open(SITE_URI(), SITE);
    await client.open(uriOf('groups.conf'), 'WSGIDaemonProcess shop threads=0\n');
    expect(await serious(SITE_URI())).toContain('service-daemon-mounted');
    await client.notify('textDocument/didClose', { textDocument: { uri: uriOf('groups.conf') } });
    expect(await serious(SITE_URI())).toEqual([]);
  });

  test('changes with files on the disk', async () => {
    await client.open(SITE_URI(), SITE);
    expect(await serious(SITE_URI())).toEqual([]);
    write('groups.conf', 'WSGIDaemonProcess other\n');
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf('groups.conf'), type: 2 }],
    });
    expect(await serious(SITE_URI())).toContain('process-group-undefined');
  });

  test('follows a deployment, which writes all files anew', async () => {
    const names = ['apache2.conf', 'groups.conf', 'sites-available/other.conf'];
    const deploy = async (group: string): Promise<void> => {
      write('apache2.conf', MAIN);
      write('groups.conf', `WSGIDaemonProcess ${group} threads=5\n`);
      write('sites-available/other.conf', 'ServerAdmin somebody@example.org\n');
      const changes = names.map((name) => ({ uri: uriOf(name), type: 2 }));
      await client.notify('workspace/didChangeWatchedFiles', { changes });
    };
    await client.open(SITE_URI(), SITE);
    expect(await serious(SITE_URI())).toEqual([]);
    await deploy('other');
    expect(await serious(SITE_URI())).toContain('process-group-undefined');
    await deploy('other');
    expect(await serious(SITE_URI())).toContain('process-group-undefined');
    await deploy('shop');
    expect(await serious(SITE_URI())).toEqual([]);
  });

  test('is told that the main file does not read it', async () => {
    write('sites-available/stale.conf', SITE);
    await client.open(uriOf('sites-available/stale.conf'), SITE);
    expect(await serious(uriOf('sites-available/stale.conf'))).toContain('config-file-not-included');
  });

  test('rules follow the settings', async () => {
    const wrong = SITE.replace('process-group=shop', 'process-group=shpo');
    await client.open(SITE_URI(), wrong);
    const settings = { mod_wsgi: { rules: { 'process-group-undefined': 'off' } } };
    await client.notify('workspace/didChangeConfiguration', { settings });
    expect(await serious(SITE_URI())).toEqual([]);
  });
});

describe('the features of a mount', () => {
  const whole = { start: { line: 0, character: 0 }, end: { line: 4, character: 0 } };

  test('an inlay hint says what runs where', async () => {
    await client.open(SITE_URI(), SITE);
    const hints = await client.request<InlayHint[]>('textDocument/inlayHint', {
      textDocument: { uri: SITE_URI() },
      range: whole,
    });
    expect(hints.map(({ label }) => label)).toEqual(['daemon shop · 1×5 threads · %{GLOBAL} · /venv/shop']);
  });

  test('a code lens leads to the explanation', async () => {
    await client.open(SITE_URI(), SITE);
    const [lens] = await client.request<CodeLens[]>('textDocument/codeLens', {
      textDocument: { uri: SITE_URI() },
    });
    expect(lens?.command).toMatchObject({ arguments: [SITE_URI(), 'http://shop.example/'] });
    const page = await client.request<{ markdown: string }>('mod_wsgi/explainUrl', {
      textDocument: { uri: SITE_URI() },
      url: 'http://shop.example/',
    });
    expect(page.markdown).toContain('/srv/shop.wsgi');
  });

  test('a rule for what is no file is followed where the disk may be looked at', async () => {
    const site = `DocumentRoot ${folder}\n<Directory ${folder}>\nRewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ /app.wsgi/$1 [L]\n</Directory>\nWSGIScriptAlias /app.wsgi /srv/app.wsgi\n`;
    const pageFor = async (trusted: boolean, url: string): Promise<string> => {
      const { client: asking } = await Client.start(bundle.file, {
        initializationOptions: { explain: true, trusted, configuration: { machine: 'this' } },
      });
      try {
        await asking.open(uriOf('apache2.conf'), site);
        const params = { textDocument: { uri: uriOf('apache2.conf') }, url };
        return (await asking.request<{ markdown: string }>('mod_wsgi/explainUrl', params)).markdown;
      } finally {
        await asking.stop();
      }
    };
    const followed = await pageFor(true, '/cart');
    expect(followed).toContain('The request starts again with `/app.wsgi/cart`.');
    expect(followed).not.toContain('cannot be told');
    expect(await pageFor(true, '/groups.conf')).toContain('No rule applies.');
    expect(await pageFor(false, '/cart')).toContain('holds, which cannot be told here');
  });

  test('a process group is found and renamed in all its files', async () => {
    await client.open(SITE_URI(), SITE);
    const position = { line: 2, character: SITE.split('\n')[2]?.indexOf('shop application') ?? 0 };
    const at = { textDocument: { uri: SITE_URI() }, position };
    const [declaration] = await client.request<Location[]>('textDocument/definition', at);
    expect(declaration?.uri).toBe(uriOf('groups.conf'));
    const edit = await client.request<WorkspaceEdit>('textDocument/rename', { ...at, newName: 'store' });
    expect(Object.keys(edit.changes ?? {}).sort()).toEqual([uriOf('groups.conf'), SITE_URI()].sort());
  });
});

describe('an access file', () => {
  const ACCESS = 'Require all granted\nSetEnv A b\n';
  const uri = () => uriOf('www/.htaccess');

  const open = async (override: string): Promise<void> => {
    mkdirSync(path.join(folder, 'www'));
    write('www/.htaccess', ACCESS);
    await client.open(uri(), ACCESS);
    await client.open(
      uriOf('apache2.conf'),
      `Listen 80\nDocumentRoot ${folder}/www\n<Directory ${folder}/www>\nAllowOverride ${override}\n</Directory>\n`,
    );
  };

  test('is told what its server does not allow in it', async () => {
    await open('AuthConfig');
    expect(await client.diagnostics(uri())).toMatchObject([
      { code: 'directive-not-in-htaccess', range: { start: { line: 1 } }, severity: 1 },
    ]);
    const settings = { textDocument: { uri: uriOf('apache2.conf') } };
    await client.notify('textDocument/didClose', settings);
    write(
      'apache2.conf',
      `Listen 80\nDocumentRoot ${folder}/www\n<Directory />\nAllowOverride None\n</Directory>\n`,
    );
    await client.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: uriOf('apache2.conf'), type: 2 }],
    });
    expect(await client.diagnostics(uri())).toMatchObject([
      { code: 'config-file-not-included', message: expect.stringContaining('`AllowOverride None`') },
    ]);
  });

  test('is explained with its server', async () => {
    await open('All');
    expect(await client.diagnostics(uri())).toEqual([]);
    const { markdown } = await client.request<{ markdown: string }>('mod_wsgi/explainUrl', {
      textDocument: { uri: uri() },
      url: 'http://localhost/page.html',
    });
    expect(markdown).toContain(`[.htaccess:1](${uri()}#L1)`);
  });
});
