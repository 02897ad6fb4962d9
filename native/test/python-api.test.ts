import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModule } from './build';
import { request } from './client';
import { type Httpd, startHttpd } from './httpd';

const daemons =
  'WSGIDaemonProcess served threads=4 server-metrics=On\nWSGIProcessGroup served\nWSGIRestrictEmbedded On';

describe.each(['embedded', 'daemon'])('the module mod_wsgi in %s mode', (mode) => {
  let httpd: Httpd;

  beforeAll(async () => {
    httpd = await startHttpd({
      module: await buildModule(),
      apps: path.join(__dirname, 'apps'),
      configuration: `StartServers 1
        ServerLimit 1
        ExtendedStatus On
        ${mode === 'daemon' ? daemons : 'WSGIServerMetrics On'}
        WSGIScriptAlias / @APPS@/api.wsgi application-group=%{GLOBAL}`,
    });
  });
  afterAll(() => httpd?.dispose());

  const get = async (url: string, options = {}) => request(httpd.port, url, options);
  const json = async (url: string, options = {}) => JSON.parse((await get(url, options)).body);

  it('tells its subscribers of each request', async () => {
    await get('/something');
    const events: [string, string[], string, number | null][] = await json('/events');
    const [started, response, finished] = events.slice(-4, -1);
    expect(started?.[0]).toBe('request_started');
    expect(started?.[1]).toEqual([
      'application_object',
      'application_start',
      'callable_object',
      'daemon_connects',
      'daemon_restarts',
      'daemon_start',
      'queue_start',
      'request_data',
      'request_environ',
      'request_id',
      'request_start',
      'server_pid',
      'thread_id',
    ]);
    expect(response?.slice(0, 2)).toEqual([
      'response_started',
      ['exception_info', 'request_data', 'request_id', 'response_headers', 'response_status'],
    ]);
    expect(finished?.[0]).toBe('request_finished');
    expect(finished?.[3]).toBe(200);
    expect(new Set([started?.[2], response?.[2], finished?.[2]]).size).toBe(1);
  });

  it('measures what a request cost', async () => {
    await get('/read', { method: 'POST', body: 'y'.repeat(500) });
    const facts = await json('/finished');
    expect(facts).toMatchObject({ status: 200, input_length: 500, output_length: 1002, output_writes: 1 });
    expect(facts.input_reads).toBeGreaterThan(0);
    expect(facts.application_time).toBeGreaterThan(0.04);
    expect(facts.cpu_time).toBeGreaterThanOrEqual(0);
    expect(facts.cpu_time).toBeLessThan(facts.application_time + 0.05);
    expect(facts.gil_wait_count).toBeGreaterThan(0);
    expect(facts.request_data).toEqual({ noted: true });
  });

  it('lets a subscriber replace the application', async () => {
    expect((await get('/replaced')).body).toBe('replaced');
  });

  it('tells of exceptions, and survives those of subscribers', async () => {
    expect((await get('/raise')).status).toBe(500);
    const events: [string, string[]][] = await json('/events');
    expect(events.map(([name]) => name)).toContain('request_exception');
    expect((await get('/failing_subscriber')).status).toBe(200);
    await httpd.waitForLog(
      /subscriber of the event request_started raised[\s\S]*ValueError: from a subscriber/,
    );
  });

  it('has a dict for each request', async () => {
    expect(await json('/data')).toEqual([{ noted: true, mine: 1 }, true, true]);
  });

  it('gives figures from when they are asked for', async () => {
    expect((await json('/metrics')).slice(0, 2)).toEqual([null, null]);
    await get('/record');
    await get('/metrics');
    for (let number = 0; number < 5; number++) await get('/read', { method: 'POST', body: 'z'.repeat(100) });
    await get('/raise');
    const [requests, process, server] = await json('/metrics');
    expect(requests).toMatchObject({
      request_count: 7,
      status_2xx: 6,
      status_5xx: 1,
      input_bytes: 500,
      queue_time: mode === 'embedded' ? null : expect.any(Number),
    });
    expect(requests.application_time).toBeGreaterThan(0.02);
    expect(requests.application_time_buckets).toHaveLength(65);
    expect(requests.application_time_buckets.reduce((sum: number, count: number) => sum + count)).toBe(7);
    expect(requests.stop_time - requests.start_time).toBeCloseTo(requests.sample_period, 3);
    expect(requests.request_threads_completed.reduce((sum: number, count: number) => sum + count)).toBe(7);
    expect(requests.memory_rss).toBeGreaterThan(5_000_000);
    expect(process.request_count).toBeGreaterThan(10);
    expect(process.active_requests).toBe(1);
    expect(process.running_time).toBeGreaterThanOrEqual(0);
    expect(server.processes).toHaveLength(server.server_limit);
    const workers = server.processes[0].workers as { status: string; access_count: number }[];
    expect(workers.some(({ status }) => status === 'W')).toBe(true);
  });

  it('writes records of logging at their levels', async () => {
    expect(await json('/log')).toEqual([true, false]);
    const log = await httpd.waitForLog(/logged as debug/);
    for (const [level, name] of [
      ['crit', 'critical'],
      ['error', 'error'],
      ['warn', 'warning'],
      ['info', 'info'],
      ['debug', 'debug'],
    ])
      expect(log).toMatch(
        new RegExp(`\\[wsgi:${level}\\] .*logged as ${name}\\n.*\\[wsgi:${level}\\] .*of two lines`),
      );
  });

  it('tells of signals that are the applications’ own', async () => {
    const [pid, , , isSubscribed] = await json('/signals');
    if (mode === 'embedded') {
      expect(isSubscribed).toBe(false);
      await httpd.waitForLog(/\[wsgi:info\] .*subscribe_signals\(\) is of no effect outside of daemon mode/);
      await httpd.waitForLog(/api\.wsgi", line \d+, in <module>/);
      return;
    }
    expect(isSubscribed).toBe(true);
    process.kill(pid, 'SIGHUP');
    await expect.poll(() => json('/signals'), { timeout: 15_000 }).toHaveProperty('1.length', 1);
    process.kill(pid, 'SIGUSR2');
    await expect
      .poll(() => json('/signals'), { timeout: 15_000 })
      .toEqual([
        pid,
        [
          ['process_signal', { signame: 'SIGHUP', signum: 1 }],
          ['process_signal', { signame: 'SIGUSR2', signum: 12 }],
        ],
        2,
        true,
      ]);
  });

  it('tells of the end of the process, and why', async () => {
    await httpd.stop();
    const told = await readFile(path.join(httpd.apps, 'stopping.txt'), 'utf8');
    expect(told).toContain(mode === 'daemon' ? 'process_stopping shutdown_signal\n' : 'process_stopping \n');
  });
});
