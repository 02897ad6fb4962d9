// What users of upstream's module have met, and do not meet here: one test for each sentence that no other file tests.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Connection, request } from './client';
import { isAlive, pidOf, served, withHttpd } from './daemon';

const groups = 'WSGIDaemonProcess served threads=4\nWSGIProcessGroup served\nWSGIRestrictEmbedded On\n';
const modes = { embedded: '', daemon: groups };

describe.each(Object.entries(modes))('in %s mode', (_, lines) => {
  it('neither LogLevel wsgi:trace1 nor an odd header name crashes anything', async () => {
    const mounts = ['environ', 'responses', 'body', 'log']
      .map((name) => `WSGIScriptAlias /${name} @APPS@/${name}.wsgi application-group=named`)
      .join('\n');
    await withHttpd(`StartServers 1\nLogLevel wsgi:trace1\n${lines}${mounts}`, async (httpd) => {
      for (const name of ['_', '-', 'X_Y', 'X.Y', '!#$%&', '9', 'Content_Length', 'x'.repeat(8000)]) {
        const { status } = await request(httpd.port, '/environ', { headers: { [name]: 'value' } });
        expect([200, 400]).toContain(status);
      }
      for (const url of [
        '/responses/generator',
        '/responses/raise_midway',
        '/responses/raise_before',
        '/log',
      ])
        await request(httpd.port, url);
      for (const url of ['/responses/endless', '/body/read']) {
        const leaving = await Connection.open(httpd.port);
        leaving.send(`POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome`);
        await sleep(200);
        leaving.hangUp();
      }
      await httpd.waitForLog(/\[wsgi:trace1\]/);
      expect((await request(httpd.port, '/environ')).status).toBe(200);
      expect(await httpd.errorLog()).not.toMatch(/Fatal Python error|Segmentation|exit signal|signal \d+/);
    });
  });

  it('one slow script load blocks no other', async () => {
    const mounts = ['slow', 'quick']
      .map((name) => `WSGIScriptAlias /${name} @APPS@/${name}.wsgi application-group=%{GLOBAL}`)
      .join('\n');
    const script = `def application(environ, start_response):\n    start_response("200 OK", [])\n    return [b"ok"]\n`;
    await withHttpd(`StartServers 1\nServerLimit 1\n${lines}${mounts}`, async (httpd) => {
      const slow = `import sys, time\nprint("slow is loading", file=sys.stderr)\ntime.sleep(3)\n${script}`;
      await writeFile(path.join(httpd.apps, 'slow.wsgi'), slow);
      await writeFile(path.join(httpd.apps, 'quick.wsgi'), script);
      let hasLoaded = false;
      const loading = request(httpd.port, '/slow').then(({ status }) => {
        hasLoaded = true;
        return status;
      });
      await httpd.waitForLog(/slow is loading/);
      expect((await request(httpd.port, '/quick')).status).toBe(200);
      expect(hasLoaded).toBe(false);
      expect(await loading).toBe(200);
    });
  });

  it('a one-item response comes with its length and in one piece', async () => {
    const mount = 'WSGIScriptAlias /responses @APPS@/responses.wsgi application-group=%{GLOBAL}';
    await withHttpd(`${lines}${mount}`, async (httpd) => {
      const connection = await Connection.open(httpd.port);
      for (let number = 0; number < 30; number++) {
        connection.text = '';
        connection.send('GET /responses/one_item_list HTTP/1.1\r\nHost: lab.example\r\n\r\n');
        // What the server writes in two pieces is seen as a head without its body, sooner or later.
        expect(await connection.received(/\r\n\r\n/)).toMatch(/Content-Length: 5\r\n[\s\S]*\r\n\r\nhello$/);
      }
      connection.close();
    });
  });

  it('WSGIPythonHashSeed random randomises', async () => {
    const mount = 'WSGIScriptAlias / @APPS@/answers.wsgi application-group=%{GLOBAL}';
    const hashes = new Set<number>();
    for (let start = 0; start < 3; start++)
      await withHttpd(`WSGIPythonHashSeed random\n${lines}${mount}`, async (httpd) => {
        hashes.add(JSON.parse((await request(httpd.port, '/?python')).body).python.hash);
      });
    expect(hashes.size).toBeGreaterThan(1);
  });
});

it(`ports of the client's choice in %{RESOURCE} make no interpreters without limit`, async () => {
  const configuration =
    'StartServers 1\nServerLimit 1\nUseCanonicalName Off\nWSGIScriptAlias / @APPS@/answers.wsgi';
  await withHttpd(configuration, async (httpd) => {
    const status = async (port: number) =>
      (await request(httpd.port, '/', { headers: { Host: `lab.example:${port}` } })).status;
    const statuses: number[] = [];
    for (let port = 1001; port <= 1101; port++) statuses.push(await status(port));
    expect(statuses).toEqual([...Array<number>(100).fill(200), 500]);
    await httpd.waitForLog(/gets no interpreter: there are 100 already/);
  });
}, 120_000);

it('what drains after a graceful restart does so up to graceful-timeout, and no longer', async () => {
  const options = 'threads=4 graceful-timeout=1 shutdown-timeout=1';
  await withHttpd(served(options), async (httpd) => {
    const before = await pidOf(httpd);
    const tooLong = request(httpd.port, '/sleep/60');
    await httpd.waitForLog(/Loading WSGI script/);
    await sleep(300);
    process.kill(httpd.pid, 'SIGUSR1');
    expect((await tooLong).status).toBe(502);
    await expect.poll(() => isAlive(before), { timeout: 20_000 }).toBe(false);
    expect(await pidOf(httpd)).not.toBe(before);
  });
}, 60_000);
