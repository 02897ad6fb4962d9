import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WorkerPage } from './support/worker-page';

const CHROMIUM = '/usr/bin/chromium';

const ROOT = 'vscode-vfs://github/shop/conf';
const GROUPS = `${ROOT}/groups.conf`;
const SITE = `${ROOT}/sites/shop.conf`;
const SITE_TEXT =
  '<VirtualHost *:80>\n  ServerName shop.example\n  WSGIScriptAlias / /srv/shop.wsgi process-group=shop application-group=%{GLOBAL}\n</VirtualHost>\n';

/** A repository that only the editor can read. */
const files = {
  [ROOT]: { kind: 'folder', stamp: '1', names: ['httpd.conf', 'groups.conf', 'sites'] },
  [`${ROOT}/httpd.conf`]: {
    kind: 'file',
    stamp: '1',
    text: 'LoadModule wsgi_module modules/mod_wsgi.so\nInclude conf/groups.conf\nInclude conf/sites/*.conf\n',
  },
  [GROUPS]: { kind: 'file', stamp: '1', text: 'WSGIDaemonProcess shop threads=5\n' },
  [`${ROOT}/sites`]: { kind: 'folder', stamp: '1', names: ['shop.conf'] },
  [SITE]: { kind: 'file', stamp: '1', text: SITE_TEXT },
};

interface Report {
  readonly items: readonly { readonly code: string; readonly severity: number }[];
}

describe.skipIf(!existsSync(CHROMIUM))(`in a web worker (skipped without ${CHROMIUM})`, () => {
  let worker: WorkerPage;

  const serious = async (): Promise<readonly string[]> => {
    const { items } = await worker.request<Report>('textDocument/diagnostic', {
      textDocument: { uri: SITE },
    });
    return items.filter(({ severity }) => severity < 4).map(({ code }) => code);
  };

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [`${__dirname}/../src/web.ts`],
      bundle: true,
      platform: 'browser',
      format: 'iife',
      write: false,
    });
    worker = await WorkerPage.start(CHROMIUM, outputFiles[0]?.text ?? '', files);
  });

  afterAll(() => worker?.stop());

  test('the server greets, and says where its pages are', async () => {
    const result = await worker.request('initialize', {
      processId: null,
      rootUri: 'vscode-vfs://github/shop',
      workspaceFolders: [{ uri: 'vscode-vfs://github/shop', name: 'shop' }],
      capabilities: {
        textDocument: { diagnostic: {} },
        workspace: { diagnostics: { refreshSupport: true } },
      },
      initializationOptions: { pages: 'https://pages.example/rules' },
    });
    expect(result).toMatchObject({ capabilities: { hoverProvider: true } });
    await worker.notify('initialized', {});
  });

  test('a document is judged with the files that only the editor can read', async () => {
    await worker.notify('textDocument/didOpen', {
      textDocument: { uri: SITE, languageId: 'apacheconf', version: 1, text: SITE_TEXT },
    });
    await serious();
    await expect
      .poll(() => worker.count('workspace/diagnostic/refresh'), { timeout: 20_000 })
      .toBeGreaterThan(0);
    await expect.poll(serious, { timeout: 20_000 }).toEqual([]);
    await worker.notify('textDocument/didChange', {
      textDocument: { uri: SITE, version: 2 },
      contentChanges: [{ text: SITE_TEXT.replace('process-group=shop', 'process-group=shpo') }],
    });
    expect(await serious()).toEqual(['process-group-undefined']);
  });

  test('the definition of a group is found in another file', async () => {
    await worker.notify('textDocument/didChange', {
      textDocument: { uri: SITE, version: 3 },
      contentChanges: [{ text: SITE_TEXT }],
    });
    const position = { line: 2, character: SITE_TEXT.split('\n')[2]?.indexOf('shop application') ?? 0 };
    const locations = await worker.request('textDocument/definition', {
      textDocument: { uri: SITE },
      position,
    });
    expect(locations).toMatchObject([{ uri: GROUPS }]);
  });

  test('completion and hover need nothing else', async () => {
    const at = { textDocument: { uri: SITE }, position: { line: 2, character: 4 } };
    expect(JSON.stringify(await worker.request('textDocument/hover', at))).toContain('process-group');
    const items = await worker.request<readonly { label: string }[]>('textDocument/completion', at);
    expect(items.map(({ label }) => label)).toContain('WSGIScriptAlias');
  });

  test('what needs a program says that there is none here, not that nobody trusts it', async () => {
    const opinion = await worker.request<{ summary: string; markdown: string }>('mod_wsgi/askApache', {
      textDocument: { uri: SITE },
    });
    expect(opinion.summary).toContain('without a machine behind it');
    expect(opinion.markdown).toContain('Open the files in an editor on the machine that has Apache.');
  });
});
