import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CompletionItem, Diagnostic, Hover } from 'vscode-languageserver-protocol';
import { type ApacheOpinion, ASK_APACHE } from '../../common/src/language-requests';
import { bundleServer, type ServerBundle } from './support/bundle';
import { Client } from './support/client';

const HTTPD = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';
const APXS = '/usr/bin/apxs';

/** Why Apache cannot be asked here. */
const missing = [HTTPD, `${MODULES}/mod_mpm_event.so`, `${MODULES}/mod_authz_core.so`].find(
  (file) => !existsSync(file),
);

/** A module that nobody has heard of. */
const STRANGER = `
#include "httpd.h"
#include "http_config.h"
static const char *set(cmd_parms *cmd, void *config, const char *value) { return NULL; }
static const command_rec commands[] = {
    AP_INIT_TAKE1("UpperFilter", set, NULL, RSRC_CONF, "What is written in capitals"), { NULL }
};
AP_DECLARE_MODULE(upper) = { STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, commands, NULL };
`;

let bundle: ServerBundle;
let folder: string;
let running: Client[] = [];

beforeAll(async () => {
  bundle = await bundleServer();
});
afterAll(() => bundle?.remove());

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'language-live-'));
  mkdirSync(path.join(folder, 'sites'));
});
afterEach(async () => {
  await Promise.all(running.map((client) => client.stop()));
  running = [];
  rmSync(folder, { recursive: true });
});

const fileOf = (name: string) => path.join(folder, name);
const uriOf = (name: string) => `file://${fileOf(name)}`;

/** Writes a configuration that Apache accepts, with lines of the test in its main file and in an included one. */
const write = (main: string, included = ''): void => {
  const head = [
    `ServerRoot "${folder}"`,
    `LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so`,
    `LoadModule authz_core_module ${MODULES}/mod_authz_core.so`,
    'ServerName localhost',
    'Listen 127.0.0.1:8931',
    `ErrorLog "${folder}/error.log"`,
    `PidFile "${folder}/httpd.pid"`,
  ];
  writeFileSync(fileOf('sites/shop.conf'), included);
  writeFileSync(fileOf('httpd.conf'), [...head, main, 'Include sites/*.conf', ''].join('\n'));
};

const start = async (settings: object = {}, trusted = true): Promise<Client> => {
  const { client } = await Client.start(bundle.file, {
    initializationOptions: { trusted, configuration: settings },
  });
  running.push(client);
  return client;
};

const open = (client: Client, name: string): Promise<void> =>
  client.open(uriOf(name), readFileSync(fileOf(name), 'utf8'));

const ask = (client: Client, name = 'httpd.conf') =>
  client.request<ApacheOpinion>(ASK_APACHE, { textDocument: { uri: uriOf(name) } });

const fromApache = (diagnostics: readonly Diagnostic[]) =>
  diagnostics
    .filter(({ source }) => source === 'httpd')
    .map(({ message, range }) => [String(message).split(' (')[0], range.start.line]);

describe.skipIf(missing !== undefined)(
  `with a real Apache${missing ? ` (${missing} is missing)` : ''}`,
  () => {
    test('on request: what only Apache finds becomes a diagnostic where it stands, and goes with the line', async () => {
      write('Define WHERE here', 'KeepAlive On\nMutex bogus:x\nNonsense x\n');
      const client = await start();
      await open(client, 'sites/shop.conf');
      const { verdict, summary, markdown } = await ask(client, 'sites/shop.conf');
      expect(verdict).toBe('refused');
      expect(summary).toContain('Invalid Mutex argument bogus:x');
      expect(markdown).toContain(`(${uriOf('sites/shop.conf')}#L2)`);
      const uri = uriOf('sites/shop.conf');
      expect(fromApache(await client.diagnostics(uri))).toEqual([['Invalid Mutex argument bogus:x', 1]]);
      const range = { start: { line: 1, character: 6 }, end: { line: 1, character: 13 } };
      await client.change(uri, { range, text: 'default' });
      expect(fromApache(await client.diagnostics(uri))).toEqual([]);
    });

    test('what both find is said once; an accepted configuration has a page of what Apache read', async () => {
      write('Nonsense x');
      const client = await start();
      await open(client, 'httpd.conf');
      expect((await ask(client)).verdict).toBe('refused');
      const found = await client.diagnostics(uriOf('httpd.conf'));
      expect(found.filter(({ range }) => range.start.line === 7)).toHaveLength(1);

      write('Define WHERE here');
      const { verdict, markdown } = await ask(client);
      expect(verdict).toBe('accepted');
      expect(markdown).toContain('`WHERE` = `here`');
      expect(markdown).toContain('`authz_core_module`');
      expect(markdown).not.toContain('only:');
    });

    test('after a save, where that is switched on', async () => {
      write('Mutex bogus:x');
      const uri = uriOf('httpd.conf');
      const client = await start({ checkOnSave: true });
      await open(client, 'httpd.conf');
      expect(fromApache(await client.diagnostics(uri))).toEqual([]);
      await client.notify('textDocument/didSave', { textDocument: { uri } });
      await expect
        .poll(async () => fromApache(await client.diagnostics(uri)), { timeout: 20_000 })
        .toEqual([['Invalid Mutex argument bogus:x', 7]]);
    });

    test('a file that goes away while somebody asks', async () => {
      write('');
      const client = await start();
      await open(client, 'httpd.conf');
      rmSync(fileOf('httpd.conf'));
      const { verdict, summary } = await ask(client);
      expect([verdict, summary]).toEqual(['refused', expect.stringContaining('Could not open')]);
    });

    test('never in a workspace that is not trusted', async () => {
      write(`LoadModule evil_module "${folder}/evil.so"`);
      const client = await start({ checkOnSave: true, httpd: fileOf('never') }, false);
      const ran = fileOf('ran');
      writeFileSync(fileOf('never'), `#!/bin/sh\ntouch "${ran}"\n`);
      chmodSync(fileOf('never'), 0o755);
      await open(client, 'httpd.conf');
      await client.notify('textDocument/didSave', { textDocument: { uri: uriOf('httpd.conf') } });
      const { verdict, summary } = await ask(client);
      expect([verdict, summary]).toEqual(['unavailable', expect.stringContaining('not trusted')]);
      expect(existsSync(ran)).toBe(false);
    });

    test.skipIf(!existsSync(APXS))('directives of a module that nobody has heard of', async () => {
      writeFileSync(fileOf('mod_upper.c'), STRANGER);
      execFileSync(APXS, ['-c', 'mod_upper.c'], { cwd: folder, stdio: 'ignore' });
      write(
        `LoadModule upper_module "${folder}/.libs/mod_upper.so"\nUpperFilter a\n<Directory />\nUpperFilter a\n</Directory>`,
      );
      const client = await start();
      const uri = uriOf('httpd.conf');
      await open(client, 'httpd.conf');
      const codes = async () =>
        (await client.diagnostics(uri))
          .filter(({ range }) => range.start.line >= 8)
          .map(({ code, range }) => [code, range.start.line]);
      expect(await codes()).toEqual([
        ['unknown-directive', 8],
        ['unknown-directive', 10],
      ]);
      // The configuration is refused; its modules tell their directives all the same.
      expect((await ask(client)).verdict).toBe('refused');
      expect(await codes()).toEqual([['directive-wrong-context', 10]]);
      const position = { line: 8, character: 5 };
      const textDocument = { uri };
      const hover = await client.request<Hover>('textDocument/hover', { textDocument, position });
      expect(JSON.stringify(hover.contents)).toContain('What is written in capitals');
      const items = await client.request<CompletionItem[]>('textDocument/completion', {
        textDocument,
        position,
      });
      expect(items.map(({ label }) => label)).toContain('UpperFilter');
    });
  },
);

describe('without an Apache that answers', () => {
  test('a program that is missing is named, with what to do', async () => {
    write('');
    const client = await start({ httpd: '/nowhere/httpd' });
    await open(client, 'httpd.conf');
    const { verdict, markdown } = await ask(client);
    expect(verdict).toBe('unavailable');
    expect(markdown).toContain('There is no program /nowhere/httpd.');
    expect(markdown).toContain('Install Apache');
    expect(markdown).toContain('`mod_wsgi.configuration.httpd`');
  });

  /** A program that answers like an Apache until it is to test a configuration. */
  const pretender = (onTest: string): string => {
    const program = fileOf('pretends');
    const answers = 'case "$1" in -v) echo "Server version: Apache/2.4.1";; -l) ;;';
    writeFileSync(program, `#!/bin/sh\n${answers} *) ${onTest};; esac\n`);
    chmodSync(program, 0o755);
    return program;
  };

  test.each([
    ['crashes', 'kill -SEGV $$', 'it crashed (SIGSEGV)', 'leave modules out'],
    ['writes without end', 'yes >&2', 'it wrote without end', 'see what it writes'],
    ['fails without a word', 'exit 3', 'refuses the configuration: it does not say why', '/pretends -t'],
    [
      'writes what is no text',
      'printf "\\377\\000\\n" >&2; exit 1',
      'refuses the configuration',
      '/pretends -t',
    ],
  ])('a program that %s', async (_, onTest, happened, action) => {
    write('');
    const client = await start({ httpd: pretender(onTest) });
    await open(client, 'httpd.conf');
    const { markdown } = await ask(client);
    expect(markdown).toContain(happened);
    expect(markdown).toContain(action);
    expect((await client.diagnostics(uriOf('httpd.conf'))).filter(({ severity }) => severity === 1)).toEqual(
      [],
    );
  });

  test('a file that no main file is known for, and .htaccess', async () => {
    const client = await start();
    await client.open('file:///nowhere/shop.conf', 'Require all granted\n');
    const textDocument = { uri: 'file:///nowhere/shop.conf' };
    expect(await client.request(ASK_APACHE, { textDocument })).toMatchObject({
      verdict: 'unavailable',
      markdown: expect.stringContaining('mod_wsgi.configuration.root'),
    });
    await client.open('file:///nowhere/.htaccess', '');
    expect(
      await client.request(ASK_APACHE, { textDocument: { uri: 'file:///nowhere/.htaccess' } }),
    ).toMatchObject({ verdict: 'unavailable' });
    expect(await client.request(ASK_APACHE, { textDocument: { uri: 'file:///never.conf' } })).toBeNull();
  });

  test('a program that leaves a child behind is not waited for', async () => {
    write('');
    const client = await start({ httpd: pretender(`sleep 300 & echo $! > "${fileOf('pid')}"; exit 1`) });
    await open(client, 'httpd.conf');
    try {
      expect((await ask(client)).verdict).toBe('refused');
    } finally {
      process.kill(Number(readFileSync(fileOf('pid'), 'utf8')));
    }
  });

  test('a program that hangs is ended by the next question, and by the end of the server', async () => {
    write('');
    const pids = fileOf('pids');
    const client = await start({ httpd: pretender(`echo $$ >> "${pids}"; exec sleep 300`) });
    await open(client, 'httpd.conf');
    const started = () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []);
    const first = ask(client);
    await expect.poll(() => started().length, { timeout: 20_000 }).toBe(1);
    void ask(client).catch(() => undefined);
    expect((await first).summary).toContain('did not finish');
    await expect.poll(() => started().length, { timeout: 20_000 }).toBe(2);
    expect(isAlive(started()[0])).toBe(false);
    client.process.stdin?.end();
    await client.exitCode();
    await expect.poll(() => isAlive(started()[1]), { timeout: 20_000 }).toBe(false);
  });
});

const isAlive = (pid: number | undefined): boolean => {
  try {
    process.kill(pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
};
