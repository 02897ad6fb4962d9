import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { buildModule, isSanitized } from './build';
import { Connection, request } from './client';
import { type Mpm, startHttpd } from './httpd';

/** Resident memory in KiB and open descriptors of a process. */
const sizeOf = (pid: number): { memory: number; descriptors: number } => ({
  memory: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
});

/** Sends `count` requests over one connection, a few ahead of the answers. */
const pipeline = async (port: number, text: string, count: number): Promise<void> => {
  const connection = await Connection.open(port);
  for (let sent = 0; sent < count; ) {
    const batch = Math.min(20, count - sent);
    connection.text = '';
    connection.send(text.repeat(batch));
    await expect.poll(() => connection.text.match(/HTTP\/1\.1 /g)?.length, { interval: 2 }).toBe(batch);
    sent += batch;
  }
  connection.close();
};

const post = 'POST /body/mixed HTTP/1.1\r\nHost: a\r\nContent-Length: 24\r\n\r\nfirst\nsecond line\nthird4';
const kinds = {
  'one-item lists': 'GET /responses/one_item_list HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nCookie: a=b\r\n\r\n',
  generators: 'GET /responses/generator HTTP/1.1\r\nHost: a\r\n\r\n',
  writes: 'GET /responses/write HTTP/1.1\r\nHost: a\r\n\r\n',
  'refused arguments': 'GET /refusals/start HTTP/1.1\r\nHost: a\r\n\r\n',
  bodies: post,
  files: 'GET /files/temporary HTTP/1.1\r\nHost: a\r\n\r\n',
  logs: 'GET /log HTTP/1.1\r\nHost: a\r\n\r\n',
};

const scripts = ['responses', 'refusals', 'body', 'files', 'log', 'ending'];

/** The process that has the client, and the one that runs the application. */
const processesOf = async (port: number): Promise<number[]> => {
  const { body } = await request(port, '/ending/pids');
  return [...new Set(body.split(' ').map(Number))];
};

// What is freed stays with the sanitizer for a while.
it.skipIf(isSanitized).each<['embedded' | 'daemon', Mpm]>([
  ['embedded', 'event'],
  ['embedded', 'prefork'],
  ['daemon', 'event'],
])('neither memory nor descriptors grow with the requests: %s mode under %s', async (mode, mpm) => {
  const httpd = await startHttpd({
    module: await buildModule(),
    mpm,
    apps: path.join(__dirname, 'apps'),
    configuration: [
      `StartServers 1\nServerLimit 1\n${mpm === 'prefork' ? 'MaxRequestWorkers 1' : ''}`,
      mode === 'daemon' ? 'WSGIDaemonProcess served\nWSGIProcessGroup served\nWSGIRestrictEmbedded On' : '',
      'MaxKeepAliveRequests 0\nLogLevel crit',
      ...scripts.map((name) => `WSGIScriptAlias /${name} @APPS@/${name}.wsgi application-group=%{GLOBAL}`),
    ].join('\n'),
  });
  try {
    const pids = await processesOf(httpd.port);
    const round = async (count: number) => {
      for (const text of Object.values(kinds)) await pipeline(httpd.port, text, count);
      // Apache ends the connection with the error page, and the module ends it in the middle of a body.
      for (let errors = 0; errors < count / 10; errors++) {
        await request(httpd.port, '/responses/raise_before');
        await request(httpd.port, '/responses/raise_midway');
      }
    };
    await round(300);
    const before = pids.map(sizeOf);
    await round(1_000);
    for (const [index, { memory, descriptors }] of pids.map(sizeOf).entries()) {
      // 7,000 requests that lost as much as one small str each would show half a MiB.
      expect(memory - (before[index]?.memory ?? 0)).toBeLessThan(400);
      expect(descriptors - (before[index]?.descriptors ?? 0)).toBeLessThan(3);
    }
  } finally {
    await httpd.dispose();
  }
});

it.skipIf(isSanitized).each(['embedded', 'daemon'])(
  '100,000 requests of 8 clients leave memory and descriptors as they were: %s mode',
  async (mode) => {
    const httpd = await startHttpd({
      module: await buildModule(),
      apps: path.join(__dirname, 'apps'),
      configuration: [
        mode === 'daemon'
          ? 'WSGIDaemonProcess served threads=4\nWSGIProcessGroup served\nWSGIRestrictEmbedded On'
          : '',
        'StartServers 1\nServerLimit 1\nMaxKeepAliveRequests 0\nLogLevel crit',
        ...scripts.map((name) => `WSGIScriptAlias /${name} @APPS@/${name}.wsgi application-group=%{GLOBAL}`),
      ].join('\n'),
    });
    try {
      const pids = await processesOf(httpd.port);
      const clients = async (count: number) =>
        Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            pipeline(httpd.port, kinds[index % 2 ? 'generators' : 'one-item lists'], count / 8),
          ),
        );
      await clients(4_000);
      const before = pids.map(sizeOf);
      await clients(100_000);
      for (const [index, { memory, descriptors }] of pids.map(sizeOf).entries()) {
        expect(memory - (before[index]?.memory ?? 0)).toBeLessThan(2_000);
        expect(descriptors - (before[index]?.descriptors ?? 0)).toBeLessThan(8);
      }
    } finally {
      await httpd.dispose();
    }
  },
  300_000,
);
