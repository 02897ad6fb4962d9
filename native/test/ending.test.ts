import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildModule } from './build';
import { Connection, request } from './client';
import { type Httpd, type Mpm, startHttpd } from './httpd';

let module: string;

beforeAll(async () => {
  module = await buildModule();
});

const servers: [Mpm, boolean][] = [
  ['event', false],
  ['worker', false],
  ['prefork', false],
  ['event', true],
  ['worker', true],
  ['prefork', true],
];

const start = (mpm: Mpm, onlyProcess: boolean): Promise<Httpd> =>
  startHttpd({
    module,
    mpm,
    onlyProcess,
    apps: path.join(__dirname, 'apps'),
    configuration: `StartServers 1
      ServerLimit 1
      ${mpm === 'prefork' ? 'MaxRequestWorkers 1' : ''}
      WSGIScriptAlias /main @APPS@/ending.wsgi application-group=%{GLOBAL}
      WSGIScriptAlias /named @APPS@/ending.wsgi application-group=named`,
  });

const stopAfter = async (httpd: Httpd, use: (httpd: Httpd) => Promise<void>) => {
  try {
    await use(httpd);
    const begin = Date.now();
    const { log, graceful } = await httpd.stop();
    return { log, graceful, milliseconds: Date.now() - begin };
  } finally {
    await httpd.dispose();
  }
};

const get = (url: string) => async (httpd: Httpd) => {
  expect((await request(httpd.port, url)).status).toBe(200);
};

describe.each(servers)('the end of httpd (%s, -X: %s)', (mpm, onlyProcess) => {
  it('runs atexit functions in every interpreter, with threads of all kinds', async () => {
    const { log, graceful } = await stopAfter(await start(mpm, onlyProcess), async (httpd) => {
      for (const url of [
        '/main/short_thread',
        '/main/daemon_thread',
        '/main/executor',
        '/named/short_thread',
        '/named/executor',
      ])
        await get(url)(httpd);
    });
    expect(graceful).toBe(true);
    expect(log.match(/atexit function ran/g)).toHaveLength(2);
    expect(log.match(/thread ended/g)).toHaveLength(2);
    expect(log).not.toMatch(/Fatal Python error|Segmentation fault|AH00052|are abandoned|Exception ignored/);
  });

  it('does not wait for ever for a thread that never ends', async () => {
    const { log, graceful, milliseconds } = await stopAfter(
      await start(mpm, onlyProcess),
      get('/main/endless_thread'),
    );
    expect(graceful).toBe(true);
    expect(milliseconds).toBeLessThan(6_000);
    expect(log).toMatch(/Python threads did not end within 3 seconds/);
    expect(log.match(/atexit function ran/g)).toHaveLength(1);
  });
});

// Every other server waits for its requests, and its parent kills it when that takes too long.
describe('a prefork child, which ends in its signal handler', () => {
  it.each(['sleep', 'spin'])('does not hang when that is in the middle of a request (/%s)', async (way) => {
    const { log, graceful, milliseconds } = await stopAfter(await start('prefork', false), async (httpd) => {
      const connection = await Connection.open(httpd.port);
      connection.send(`GET /main/${way} HTTP/1.1\r\nHost: lab.example\r\n\r\n`);
      await httpd.waitForLog(/Loading WSGI script/);
      await sleep(300);
    });
    expect(graceful).toBe(true);
    expect(milliseconds).toBeLessThan(3_000);
    expect(log).toMatch(/Python is not shut down/);
  });
});

describe('standard output', () => {
  it.each([true, false])('of httpd -X: %s', async (onlyProcess) => {
    const httpd = await startHttpd({
      module,
      onlyProcess,
      apps: path.join(__dirname, 'apps'),
      configuration: 'WSGIScriptAlias / @APPS@/log.wsgi',
    });
    try {
      await request(httpd.port, '/');
      const { log } = await httpd.stop();
      const line = 'stdout: a line';
      expect([httpd.output().includes(line), log.includes(line)]).toEqual([onlyProcess, !onlyProcess]);
      expect(log).toContain('stderr: a line');
    } finally {
      await httpd.dispose();
    }
  });
});

it('goes on serving after a graceful restart', async () => {
  const httpd = await startHttpd({
    module,
    apps: path.join(__dirname, 'apps'),
    configuration: 'WSGIScriptAlias / @APPS@/ending.wsgi',
  });
  try {
    const { body: before } = await request(httpd.port, '/');
    process.kill(httpd.pid, 'SIGUSR1');
    await httpd.waitForLog(/atexit function ran/);
    await expect
      .poll(() =>
        request(httpd.port, '/').then(
          ({ body }) => body,
          () => before,
        ),
      )
      .not.toBe(before);
  } finally {
    await httpd.dispose();
  }
});
