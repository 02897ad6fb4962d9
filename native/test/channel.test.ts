import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModule } from './build';
import { Connection, exchange, request } from './client';
import { apps, keepAsking, served, sockets, withHttpd } from './daemon';
import { type Httpd, type Mpm, startHttpd } from './httpd';

const digestOf = (bytes: Buffer) => `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;

const post = (port: number, url: string, bytes: Buffer, chunked: boolean): Promise<string> => {
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`;
  const head = `POST ${url} HTTP/1.1\r\nHost: lab.example\r\nConnection: close\r\n${framing}\r\n\r\n`;
  const chunks = [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')];
  return exchange(port, Buffer.concat([Buffer.from(head), ...(chunked ? chunks : [bytes])]));
};

describe.each<Mpm>(['event', 'prefork'])('bodies under %s', (mpm) => {
  let httpd: Httpd;

  beforeAll(async () => {
    httpd = await startHttpd({
      module: await buildModule(),
      mpm,
      apps,
      configuration: served('threads=5 send-buffer-size=512 receive-buffer-size=512', 'MaxRequestWorkers 12'),
    });
  });
  afterAll(() => httpd?.dispose());

  it.each([
    ['with a length', false],
    ['in chunks', true],
  ])('of 50 MiB arrive unchanged %s', async (_, chunked) => {
    const bytes = randomBytes(50 << 20);
    expect(await post(httpd.port, '/body/digest', bytes, chunked)).toContain(digestOf(bytes));
  });

  it('arrive unchanged from 20 clients at once', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => randomBytes(200_000 + index));
    const texts = await Promise.all(
      bodies.map((bytes, index) =>
        post(httpd.port, index % 2 ? '/body/slow_digest' : '/body/digest', bytes, index % 3 === 0),
      ),
    );
    for (const [index, bytes] of bodies.entries()) expect(texts[index]).toContain(digestOf(bytes));
  });

  it('that nobody reads stall nothing, however long the response is', async () => {
    const begin = Date.now();
    const text = await post(httpd.port, '/large', randomBytes(20 << 20), false);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(text.length).toBeGreaterThan(5_000_000);
    expect(Date.now() - begin).toBeLessThan(5_000);
  });

  it('go both ways at the same time', async () => {
    const sizes = Array.from({ length: 8 }, () => request(httpd.port, '/large'));
    for (const response of await Promise.all(sizes)) {
      expect(response.body.length).toBe(5_000_000);
      expect(response.whole).toBe(true);
    }
  });
});

/** How long it takes from the first byte of a response to its end, in milliseconds. */
const timeOfResponse = async (httpd: Httpd, url: string): Promise<number> => {
  const connection = await Connection.open(httpd.port);
  connection.send(`GET ${url} HTTP/1.1\r\nHost: lab.example\r\nConnection: close\r\n\r\n`);
  await connection.received(/./, 20_000);
  const begin = Date.now();
  expect(await connection.end(20_000)).toMatch(/0\r\n[\s\S]*1\r\n[\s\S]*4\r\n/);
  return Date.now() - begin;
};

describe('blocks of a response', () => {
  it('go out when they are made, or wait for more as long as response-flush-delay says', async () => {
    const groups = ['at-once', 'delayed response-flush-delay=5000 proxy-buffer-size=65536'];
    const configuration = groups
      .map((group) => {
        const name = group.replace(/ .*/, '');
        return `WSGIDaemonProcess ${group}
          WSGIScriptAlias /${name} @APPS@/daemon.wsgi process-group=${name} application-group=%{GLOBAL}`;
      })
      .join('\n');
    await withHttpd(configuration, async (httpd) => {
      expect(await timeOfResponse(httpd, '/at-once/blocks/0.4')).toBeGreaterThan(1200);
      expect(await timeOfResponse(httpd, '/delayed/blocks/0.4')).toBeLessThan(1200);
    });
  });
});

describe('connections', () => {
  it('go to a process with a thread to spare', async () => {
    await withHttpd(served('processes=3 threads=1'), async (httpd) => {
      await Promise.all(Array.from({ length: 6 }, () => request(httpd.port, '/sleep/0.3')));
      const slow = request(httpd.port, '/sleep/2');
      await sleep(100);
      const begin = Date.now();
      for (let round = 0; round < 20; round++) expect((await request(httpd.port, '/facts')).status).toBe(200);
      expect(Date.now() - begin).toBeLessThan(1_500);
      await slow;
    });
  });

  it('do not wait for the close() of a response', async () => {
    await withHttpd(served('threads=3'), async (httpd) => {
      const begin = Date.now();
      expect((await request(httpd.port, '/slow_close')).body).toBe('all');
      expect((await request(httpd.port, '/facts')).status).toBe(200);
      expect(Date.now() - begin).toBeLessThan(800);
    });
  });

  it('without the secret are refused', async () => {
    await withHttpd(served('threads=3'), async (httpd) => {
      expect((await request(httpd.port, '/facts')).status).toBe(200);
      const file = path.join(httpd.folder, sockets(httpd)[0] ?? '');
      for (const bytes of [Buffer.alloc(64), Buffer.from('200001000000', 'hex'), randomBytes(10_000)]) {
        const socket = connect(file);
        socket.on('error', () => undefined);
        socket.end(bytes);
        await new Promise((resolve) => socket.once('close', resolve));
      }
      await httpd.waitForLog(/WSGI0034: Request origin could not be validated/);
      expect((await request(httpd.port, '/facts')).status).toBe(200);
    });
  });

  it('survive more clients than there are threads', async () => {
    await withHttpd(served('processes=2 threads=2'), async (httpd) => {
      const responses = await keepAsking(httpd, '/facts', sleep(1_000));
      expect(responses.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
      expect(responses.length).toBeGreaterThan(50);
    });
  });
});
