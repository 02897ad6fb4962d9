import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type {
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CodeAction,
  CompletionItem,
  Hover,
} from 'vscode-languageserver-protocol';
import {
  ERROR_LOG_LANGUAGE,
  EXPLAIN_LOG,
  type Explanation,
  GENERATE_SITE,
  type GeneratedSite,
  type LogExplanations,
  WHICH_PYTHON,
} from '../../common/src/language-requests';
import { bundleServer, type ServerBundle } from './support/bundle';
import { Client } from './support/client';

let bundle: ServerBundle;
let running: Client[] = [];

beforeAll(async () => {
  bundle = await bundleServer();
});

afterAll(() => bundle?.remove());

afterEach(async () => {
  await Promise.all(running.map((client) => client.stop()));
  running = [];
});

const start = async (options?: Parameters<typeof Client.start>[1]) => {
  const started = await Client.start(bundle.file, options);
  running.push(started.client);
  return started;
};

const URI = 'file:///etc/apache2/sites-available/shop.conf';

/** Splits a text at its cursor `|`. */
const cursor = (marked: string) => {
  const before = marked.slice(0, marked.indexOf('|')).split('\n');
  return {
    text: marked.replace('|', ''),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  };
};

describe('features', () => {
  test('the handshake tells what the server can do', async () => {
    const { result } = await start();
    expect(result).toMatchObject({
      serverInfo: { name: 'mod_wsgi language server' },
      capabilities: { hoverProvider: true, diagnosticProvider: { interFileDependencies: true } },
    });
  });

  test('completion, and its documentation on demand', async () => {
    const { client } = await start();
    const { text, position } = cursor('WSGIDaemonProcess shop thr|\n');
    await client.open(URI, text);
    const items = await client.request<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri: URI },
      position,
    });
    const item = items.find(({ label }) => label === 'threads=');
    expect(item).toMatchObject({ textEdit: { newText: 'threads=' } });
    const resolved = await client.request<CompletionItem>('completionItem/resolve', item);
    expect(resolved.documentation).toMatchObject({ kind: 'markdown' });
  });

  test('hover', async () => {
    const { client } = await start();
    const { text, position } = cursor(
      '<VirtualHost *:80>\n  WSGIScript|Alias / /srv/shop.wsgi\n</VirtualHost>\n',
    );
    await client.open(URI, text);
    const hover = await client.request<Hover>('textDocument/hover', { textDocument: { uri: URI }, position });
    expect(hover).toMatchObject({
      range: { start: { line: 1, character: 2 }, end: { line: 1, character: 17 } },
    });
    expect(JSON.stringify(hover.contents)).toContain('process-group');
  });

  test('diagnostics follow edits; a quick-fix ends them', async () => {
    const { client } = await start();
    await client.open(URI, 'WSGIDaemonProcess shop\n');
    expect(await client.diagnostics(URI)).toEqual([]);
    const end = { line: 0, character: 22 };
    await client.change(URI, { range: { start: end, end }, text: ' thread=5' });
    const [diagnostic] = await client.diagnostics(URI);
    expect(diagnostic).toMatchObject({ code: 'unknown-daemon-option', source: 'mod_wsgi', severity: 1 });
    const [action] = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: URI },
      range: diagnostic?.range,
      context: { diagnostics: [diagnostic] },
    });
    const [edit] = action?.edit?.changes?.[URI] ?? [];
    expect(edit).toMatchObject({ newText: 'threads' });
    await client.change(URI, { range: edit?.range, text: edit?.newText });
    expect(await client.diagnostics(URI)).toEqual([]);
  });

  test('an editor that does not ask for diagnostics is sent them, and again none when it closes the file', async () => {
    const { client } = await start({ capabilities: {} });
    await client.open(URI, 'WSGIScriptReloading yes\n');
    await expect
      .poll(() => client.pushed.get(URI), { timeout: 5000 })
      .toMatchObject([{ code: 'invalid-flag-value' }]);
    await client.notify('textDocument/didClose', { textDocument: { uri: URI } });
    await expect.poll(() => client.pushed.get(URI), { timeout: 5000 }).toEqual([]);
  });

  test('.htaccess has rules of its own', async () => {
    const { client } = await start();
    const uri = 'file:///srv/www/.htaccess';
    await client.open(uri, 'WSGIApplicationGroup %{GLOBAL}\n');
    expect(await client.diagnostics(uri)).toMatchObject([{ code: 'directive-not-in-htaccess' }]);
  });
});

describe('changes', () => {
  const actionsAt = async (client: Client, line: number, only?: readonly string[]) => {
    const at = { line, character: 3 };
    return client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: URI },
      range: { start: at, end: at },
      context: { diagnostics: await client.diagnostics(URI), ...(only && { only }) },
    });
  };

  test('at the cursor, of one rule, and of the whole file', async () => {
    const { client } = await start();
    const old = '<Directory /srv>\nOrder Allow,Deny\nAllow from all\n</Directory>\n';
    await client.open(URI, `${old}WSGIScriptAlias / /srv/a.wsgi\n${old}`);
    const titles = (actions: readonly CodeAction[]) => actions.map(({ title }) => title);
    expect(titles(await actionsAt(client, 4))).toContain('Move to daemon mode, in a group `srv`');
    expect(titles(await actionsAt(client, 4, ['quickfix']))).not.toContain(
      'Move to daemon mode, in a group `srv`',
    );
    expect(titles(await actionsAt(client, 1))).toContain(
      'Correct all `apache22-access-control` in this file',
    );
    const [conversion] = await actionsAt(client, 4, ['source.convertAccess']);
    expect(conversion).toMatchObject({ kind: 'source.convertAccess.mod_wsgi' });
    expect(conversion?.edit?.changes?.[URI]).toHaveLength(4);
    const [all] = await actionsAt(client, 0, ['source.fixAll']);
    expect(all?.edit?.changes?.[URI]?.map(({ newText }) => newText)).toEqual(
      expect.arrayContaining(['Require all granted', 'Require all granted']),
    );
  });
});

test('a finding that an edit has moved is corrected where the editor shows it now, and nowhere else', async () => {
  const { client } = await start();
  await client.open(URI, 'WSGIScriptReloading yes\n');
  const [finding] = await client.diagnostics(URI);
  const top = { line: 0, character: 0 };
  await client.change(URI, { range: { start: top, end: top }, text: 'Listen 80\n' });
  const correctionsOf = async (line: number): Promise<readonly string[]> => {
    const range = { start: { line, character: 20 }, end: { line, character: 23 } };
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: URI },
      range,
      context: { diagnostics: [{ ...finding, range }], only: ['quickfix'] },
    });
    return actions.flatMap(({ edit }) => edit?.changes?.[URI] ?? []).map(({ newText }) => newText);
  };
  expect(await correctionsOf(0)).toEqual([]);
  expect(await correctionsOf(1)).toContain('On');
});

test('the Include graph as a call hierarchy', async () => {
  const { client } = await start();
  const folder = path.join(__dirname, '..', '..', 'examples', 'apache');
  const uri = `file://${folder}/apache2.conf`;
  await client.open(uri, `ServerRoot ${folder}\nInclude shop.conf\n`);
  const [item] = await client.request<CallHierarchyItem[]>('textDocument/prepareCallHierarchy', {
    textDocument: { uri },
    position: { line: 0, character: 0 },
  });
  expect(item).toMatchObject({ name: 'apache2.conf', uri });
  const calls = await client.request<CallHierarchyOutgoingCall[]>('callHierarchy/outgoingCalls', { item });
  expect(calls).toMatchObject([
    { to: { uri: `file://${folder}/shop.conf` }, fromRanges: [{ start: { line: 1, character: 0 } }] },
  ]);
  const callers = await client.request('callHierarchy/incomingCalls', { item: calls[0]?.to });
  expect(callers).toMatchObject([{ from: { uri } }]);
});

describe('error logs', () => {
  const LOG = 'file:///var/log/apache2/error.log';
  const text = [
    "[Sun Nov 22 08:44:35.996892 2026] [wsgi:error] [pid 5:tid 6] WSGI0100: Unable to stat Python home '/venv'.",
    '[Sun Nov 22 08:44:35.996892 2026] [wsgi:error] [pid 5:tid 6] Traceback (most recent call last):',
    `[Sun Nov 22 08:44:35.996892 2026] [wsgi:error] [pid 5:tid 6]   File "${__filename}", line 3, in application`,
    '[Sun Nov 22 08:44:35.996892 2026] [wsgi:error] [pid 5:tid 6] MemoryError',
  ].join('\n');

  test('hover, folding, outline and links; no findings', async () => {
    const { client } = await start();
    const textDocument = { uri: LOG };
    await client.open(LOG, text, ERROR_LOG_LANGUAGE);
    const hover = await client.request<Hover>('textDocument/hover', {
      textDocument,
      position: { line: 3, character: 70 },
    });
    expect(JSON.stringify(hover.contents)).toContain('Out of memory');
    expect(await client.request('textDocument/foldingRange', { textDocument })).toMatchObject([
      { startLine: 1, endLine: 3 },
    ]);
    expect(await client.request('textDocument/documentSymbol', { textDocument })).toMatchObject([
      { name: 'WSGI0100: Python home does not exist or cannot be reached' },
      { name: 'MemoryError' },
    ]);
    expect(await client.request('textDocument/documentLink', { textDocument })).toMatchObject([
      { target: `file://${__filename}#L3` },
    ]);
    expect(await client.diagnostics(LOG)).toEqual([]);
    expect(await client.request('textDocument/semanticTokens/full', { textDocument })).toEqual({ data: [] });
  });

  test('lines of a terminal are explained, with the place in the open configuration', async () => {
    const { client } = await start();
    await client.open(URI, '\nWSGIDaemonProcess shop python-home=/venv\n');
    const { messages } = await client.request<LogExplanations>(EXPLAIN_LOG, {
      lines: ['$ tail error.log', "WSGI0100: Unable to stat Python home '/venv'."],
    });
    expect(messages).toMatchObject([{ line: 1, start: 0, rule: 'python-home-missing' }]);
    expect(messages[0]?.markdown).toContain(`[shop.conf:2](${URI}#L2)`);
  });
});

test('a site is generated for an application on the disk, or the answer says why not', async () => {
  const { client } = await start();
  const folder = path.join(__dirname, '..', '..', 'examples', 'flask');
  const site = await client.request<GeneratedSite>(GENERATE_SITE, { uri: `file://${folder}` });
  expect(site).toMatchObject({ fileName: 'flask.conf', framework: 'flask' });
  expect(site.text).toContain(`WSGIScriptAlias / ${folder}/wsgi.py process-group=flask`);
  await client.open(URI, `LoadModule wsgi_module mod_wsgi.so\n${site.text}`);
  const serious = (await client.diagnostics(URI)).filter(({ severity = 1 }) => severity < 3);
  expect(serious).toEqual([]);
  const refused = client.request(GENERATE_SITE, { uri: 'file:///nowhere/app.wsgi' });
  await expect(refused).rejects.toThrow('No WSGI application was found at /nowhere/app.wsgi');
});

test('the Python of a real module, in a workspace that is trusted only', async (context) => {
  const module = '/usr/lib/apache2/modules/mod_wsgi.so';
  if (!existsSync(module)) context.skip("the distribution's mod_wsgi is not installed");
  const text = `LoadModule wsgi_module ${module}\nWSGIScriptAlias / /srv/shop.wsgi\n`;
  const ask = async (trusted: boolean) => {
    const { client } = await start({ initializationOptions: { trusted } });
    await client.open(URI, text);
    return client.request<Explanation>(WHICH_PYTHON, { textDocument: { uri: URI } });
  };
  expect((await ask(true)).markdown).toMatch(/is linked to `\/\S+libpython3\.\d+\S*`: Python 3\.\d+\./);
  expect((await ask(false)).markdown).toContain('is not looked into');
});

describe('survival', () => {
  test('requests for documents that are closed or were never open', async () => {
    const { client } = await start();
    const position = { line: 3, character: 7 };
    await client.open(URI, 'Listen 80\n');
    await client.notify('textDocument/didClose', { textDocument: { uri: URI } });
    for (const uri of [URI, 'file:///never.conf', 'untitled:Untitled-1', 'nonsense']) {
      expect(await client.diagnostics(uri)).toEqual([]);
      expect(await client.request('textDocument/hover', { textDocument: { uri }, position })).toBeNull();
      expect(await client.request('textDocument/completion', { textDocument: { uri }, position })).toEqual(
        [],
      );
    }
  });

  test('positions outside of the text', async () => {
    const { client } = await start();
    await client.open(URI, 'Listen 80');
    for (const position of [
      { line: 99, character: 0 },
      { line: 0, character: 9999 },
    ])
      expect(await client.request('textDocument/hover', { textDocument: { uri: URI }, position })).toBeNull();
  });

  test('binary content', async () => {
    const { client } = await start();
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256));
    await client.open(URI, bytes.toString('latin1'));
    expect(await client.diagnostics(URI)).toEqual([]);
  });

  test('28,000 lines with 4,000 virtual hosts: nothing grows with the square', async () => {
    const host = (n: number) =>
      [
        '<VirtualHost *:80>',
        `  ServerName shop${n}.example`,
        `  WSGIDaemonProcess shop${n} threads=5 python-home=/opt/envs/shop`,
        `  WSGIScriptAlias / /srv/shop${n}/entry.wsgi process-group=shop${n} application-group=%{GLOBAL}`,
        '  <Directory /srv/shop>',
        '  </Directory>',
        '</VirtualHost>',
      ].join('\n');
    const { client } = await start();
    const duration = async (hosts: number): Promise<number> => {
      const uri = `${URI}.${hosts}.conf`;
      await client.open(uri, Array.from({ length: hosts }, (_, n) => host(n)).join('\n'));
      const before = performance.now();
      const serious = (await client.diagnostics(uri)).filter(({ severity }) => severity !== 4);
      const after = performance.now();
      expect(serious).toEqual([]);
      await client.notify('textDocument/didClose', { textDocument: { uri } });
      return after - before;
    };
    await duration(400);
    const few = await duration(800);
    const many = await duration(4000);
    // Five times the hosts: the square would take 25 times as long. The machine may be busy with other work in one of the two.
    expect(many).toBeLessThan(few * 15 + 1000);
  });

  test('a file of 20 megabytes', async () => {
    const { client } = await start();
    await client.open(URI, 'Nonsense x\n'.repeat(2_000_000));
    expect(await client.diagnostics(URI)).toEqual([]);
  });

  test('a broken file does not send more findings than an editor can show', async () => {
    const { client } = await start();
    await client.open(URI, 'Nonsense x\n'.repeat(5000));
    expect(await client.diagnostics(URI)).toHaveLength(1000);
  });
});

describe('the end', () => {
  test('shutdown and exit', async () => {
    const { client } = await start();
    await client.request('shutdown');
    await client.notify('exit');
    expect(await client.exitCode()).toBe(0);
  });

  test('the client dies without a word', async () => {
    const { client } = await start();
    client.process.stdin?.end();
    expect(await client.exitCode()).not.toBeNull();
  });

  test('the process named in the handshake dies', async () => {
    const editor = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const { client } = await start({ processId: editor.pid ?? 0 });
      await client.open(URI, 'Listen 80\n');
      editor.kill('SIGKILL');
      await once(editor, 'exit');
      expect(await client.exitCode()).not.toBeNull();
    } finally {
      editor.kill('SIGKILL');
    }
  });

  test('a Node client closes the channel', async () => {
    const server = fork(bundle.file, ['--node-ipc'], { stdio: 'ignore' });
    try {
      server.send({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { processId: null, capabilities: {} },
      });
      const [answer] = await once(server, 'message');
      expect(answer).toMatchObject({ id: 1, result: { capabilities: { hoverProvider: true } } });
      server.disconnect();
      await once(server, 'exit');
    } finally {
      server.kill('SIGKILL');
    }
  });

  test('started by hand it says how to start it', async () => {
    const server = spawn(process.execPath, [bundle.file], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    server.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    const [code] = (await once(server, 'close')) as [number];
    expect(code).toBe(2);
    expect(said).toContain('--stdio');
  });
});
