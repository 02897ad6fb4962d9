import { existsSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Connection, request } from './client';
import { facts, isAlive, keepAsking, parentOf, pidOf, served, sockets, withHttpd } from './daemon';
import type { Httpd, Mpm } from './httpd';

describe.each<Mpm>(['event', 'prefork'])('a process that ends under %s', (mpm) => {
  const use = (options: string, body: (httpd: Httpd) => Promise<void>) =>
    withHttpd(served(options), body, mpm);

  it('by itself costs the request that ended it, and no other', async () => {
    await use('threads=4', async (httpd) => {
      const first = await pidOf(httpd);
      for (const url of ['/exit', '/kill']) {
        expect((await request(httpd.port, url)).status).toBe(502);
        const begin = Date.now();
        expect(await pidOf(httpd)).not.toBe(first);
        expect(Date.now() - begin).toBeLessThan(1_000);
      }
      const log = await httpd.waitForLog(
        /WSGI0146: Daemon process 'served' closed connection before sending/,
      );
      expect(log).toMatch(/Process 'served' \(pid=\d+\) terminated normally, exit code 3/);
      expect(log).toMatch(/Process 'served' \(pid=\d+\) terminated by signal 9/);
    });
  });

  it('in the middle of a response lets the client see that it is not whole', async () => {
    await use('threads=4', async (httpd) => {
      const connection = await Connection.open(httpd.port);
      connection.send('GET /exit_late HTTP/1.1\r\nHost: lab.example\r\n\r\n');
      const text = await connection.end(3_000);
      expect(text).toContain('5\r\nfirst\r\n');
      expect(text).not.toContain('0\r\n\r\n');
    });
  });

  it('between two requests is not noticed by any', async () => {
    await use('processes=2 threads=2', async (httpd) => {
      for (let round = 0; round < 5; round++) {
        const pid = await pidOf(httpd);
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => isAlive(pid), { interval: 5 }).toBe(false);
        expect((await request(httpd.port, '/facts')).status).toBe(200);
      }
    });
  });

  it('with Apache leaves nothing behind, and has run its exit functions', async () => {
    await use('processes=2 threads=2', async (httpd) => {
      const pid = await pidOf(httpd);
      const begin = Date.now();
      const { graceful } = await httpd.stop();
      expect(graceful).toBe(true);
      expect(Date.now() - begin).toBeLessThan(3_000);
      expect(await readFile(path.join(httpd.apps, 'ended.txt'), 'utf8')).toContain(String(pid));
      expect(sockets(httpd)).toEqual([]);
    });
  });

  it('when the parent is killed with SIGKILL, as the supervisor does', async () => {
    await use('processes=2', async (httpd) => {
      const pid = await pidOf(httpd);
      const supervisor = await parentOf(pid);
      process.kill(httpd.pid, 'SIGKILL');
      await expect
        .poll(() => [isAlive(pid), isAlive(supervisor)], { timeout: 5_000 })
        .toEqual([false, false]);
      await httpd.stop(100);
    });
  });

  it('when the supervisor is killed with SIGKILL, and another one takes over', async () => {
    await use('processes=2', async (httpd) => {
      const pid = await pidOf(httpd);
      process.kill(await parentOf(pid), 'SIGKILL');
      await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
      await expect
        .poll(async () => (await request(httpd.port, '/facts')).status, { timeout: 8_000 })
        .toBe(200);
    });
  });
});

describe.each<Mpm>(['event', 'prefork'])('a restart under %s', (mpm) => {
  it('lets requests in flight finish when it is graceful', async () => {
    const configuration = served('threads=4 graceful-timeout=10');
    await withHttpd(
      configuration,
      async (httpd) => {
        const before = await pidOf(httpd);
        const slow = request(httpd.port, '/sleep/4');
        await sleep(300);
        process.kill(httpd.pid, 'SIGUSR1');
        await expect.poll(() => pidOf(httpd), { timeout: 4_000 }).not.toBe(before);
        const response = await slow;
        expect(response.status).toBe(200);
        expect(JSON.parse(response.body).pid).toBe(before);
        await expect.poll(() => isAlive(before), { timeout: 6_000 }).toBe(false);
        await expect.poll(() => sockets(httpd), { timeout: 3_000 }).toHaveLength(1);
        expect(await httpd.errorLog()).not.toContain('AH00488');
      },
      mpm,
    );
  });

  it('ends the old processes when it is not', async () => {
    await withHttpd(
      served('threads=4'),
      async (httpd) => {
        const before = await pidOf(httpd);
        process.kill(httpd.pid, 'SIGHUP');
        await expect.poll(() => isAlive(before), { timeout: 8_000 }).toBe(false);
        await expect.poll(() => pidOf(httpd).catch(() => before), { timeout: 8_000 }).not.toBe(before);
        expect(sockets(httpd)).toHaveLength(1);
      },
      mpm,
    );
  });
});

describe('a script that changes', () => {
  it('is taken up by a new process, without a request that fails', async () => {
    await withHttpd(served('processes=2 threads=2'), async (httpd) => {
      const script = path.join(httpd.apps, 'daemon.wsgi');
      const source = await readFile(script, 'utf8');
      expect(await facts(httpd)).toMatchObject({ version: 1 });
      const change = async () => {
        await sleep(200);
        await writeFile(script, source.replace('VERSION = 1', 'VERSION = 2'));
        await utimes(script, new Date(), new Date(Date.now() + 5_000));
        await sleep(1_500);
      };
      const responses = await keepAsking(httpd, '/facts', change());
      expect(responses.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
      expect(await facts(httpd)).toMatchObject({ version: 2 });
      await httpd.waitForLog(/Forcing restart of daemon process 'served'/);
    });
  });

  it('lets what is in flight finish', async () => {
    await withHttpd(served('threads=3'), async (httpd) => {
      const before = await pidOf(httpd);
      const slow = request(httpd.port, '/sleep/1.5');
      await sleep(300);
      const script = path.join(httpd.apps, 'daemon.wsgi');
      await utimes(script, new Date(), new Date(Date.now() + 5_000));
      expect(await pidOf(httpd)).not.toBe(before);
      expect(JSON.parse((await slow).body).pid).toBe(before);
    });
  });

  it('is left alone with WSGIScriptReloading Off', async () => {
    await withHttpd(served('threads=3', 'WSGIScriptReloading Off'), async (httpd) => {
      const before = await pidOf(httpd);
      await utimes(path.join(httpd.apps, 'daemon.wsgi'), new Date(), new Date(Date.now() + 5_000));
      expect(await pidOf(httpd)).toBe(before);
    });
  });
});

describe('limits', () => {
  it('of requests replace a process without a request that fails', async () => {
    await withHttpd(served('threads=2 maximum-requests=5'), async (httpd) => {
      const responses = await keepAsking(httpd, '/facts', sleep(1_500));
      expect(responses.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
      const pids = new Set(responses.map(({ body }) => JSON.parse(body).pid));
      expect(pids.size).toBeGreaterThan(2);
      await httpd.waitForLog(/Maximum requests reached/);
    });
  });

  it('of time, each without the others', async () => {
    const configuration = `WSGIDaemonProcess idle inactivity-timeout=1 deadlock-timeout=0
      WSGIDaemonProcess aged restart-interval=2 deadlock-timeout=0
      WSGIDaemonProcess stuck threads=1 request-timeout=1 graceful-timeout=1 shutdown-timeout=1 deadlock-timeout=0
      WSGIDaemonProcess queue threads=1 queue-timeout=1 deadlock-timeout=0
      WSGIDaemonProcess silent socket-timeout=1 deadlock-timeout=0
      WSGIDaemonProcess locked deadlock-timeout=2
      WSGIDaemonProcess busy cpu-time-limit=1 shutdown-timeout=1 graceful-timeout=1 deadlock-timeout=0
      WSGIDaemonProcess starting startup-timeout=1 graceful-timeout=1 shutdown-timeout=1 deadlock-timeout=0
      WSGIDaemonProcess preloading startup-timeout=1 deadlock-timeout=0
      WSGIScriptAlias /starting @APPS@/never_ready.wsgi process-group=starting application-group=%{RESOURCE}
      WSGIScriptAlias /preloading @APPS@/never_ready.wsgi process-group=preloading application-group=%{GLOBAL}
      ${['idle', 'aged', 'stuck', 'queue', 'silent', 'locked', 'busy']
        .map(
          (name) =>
            `WSGIScriptAlias /${name} @APPS@/daemon.wsgi process-group=${name} application-group=%{GLOBAL}`,
        )
        .join('\n')}`;
    await withHttpd(configuration, async (httpd) => {
      const starting = ['/starting', '/preloading'].map((url) => request(httpd.port, url));
      const idle = await pidOf(httpd, '/idle');
      const aged = await pidOf(httpd, '/aged');
      const status = async (url: string) => (await request(httpd.port, url)).status;
      const slow = status('/queue/sleep/1.5');
      await sleep(100);
      const answers = await Promise.all([
        status('/stuck/sleep/30'),
        slow,
        status('/queue'),
        status('/silent/sleep/3'),
        status('/locked/hold/30'),
        status('/busy/compute'),
      ]);
      expect(answers).toEqual([502, 200, 504, 504, 502, 502]);
      await httpd.waitForLog(/Exceeded CPU time limit/);
      await httpd.waitForLog(/Daemon process deadlock timer expired/);
      await httpd.waitForLog(/Daemon process request time limit exceeded 'stuck'/);
      await httpd.waitForLog(/WSGI0084: Queue timeout expired for WSGI daemon process 'queue'/);
      expect(await pidOf(httpd, '/idle')).not.toBe(idle);
      expect(await pidOf(httpd, '/aged')).not.toBe(aged);
      expect((await request(httpd.port, '/stuck')).status).toBe(200);
      expect((await Promise.all(starting)).map(({ status }) => status)).toEqual([502, 503]);
      await httpd.waitForLog(/Application startup timer expired 'starting'/);
      await httpd.waitForLog(/Application startup timer expired 'preloading'/);
    });
  });

  it('of a body that does not come are 408, and the application learns of it', async () => {
    await withHttpd(served('threads=2', 'TimeOut 1'), async (httpd) => {
      const connection = await Connection.open(httpd.port);
      connection.send('POST /body/failing HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n0123456789');
      expect(await connection.end()).toMatch(/^HTTP\/1\.1 408 /);
      const file = path.join(httpd.apps, 'read-errors.txt');
      await expect.poll(() => existsSync(file)).toBe(true);
      expect(await readFile(file, 'utf8')).toMatch(/The timeout specified has expired/);
      await httpd.waitForLog(/WSGI0126/);
    });
  });
});
