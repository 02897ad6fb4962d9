import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Response, request } from './client';
import { served, withHttpd } from './daemon';
import type { Httpd } from './httpd';

const modes = {
  embedded: `WSGIScriptAlias /turns @APPS@/turns.wsgi application-group=%{GLOBAL}
    WSGIScriptAlias / @APPS@/daemon.wsgi application-group=%{GLOBAL}`,
  daemon: served('threads=12'),
};

/** Sends requests that compute for a moment, and one other in their midst. The other one's response; theirs are good. */
const amongBusyOnes = async (httpd: Httpd, url: string): Promise<Response> => {
  const urls = Array.from({ length: 12 }, (_, index) => (index === 6 ? url : '/turns/busy/0.003'));
  const responses = await Promise.all(urls.map((one) => request(httpd.port, one)));
  expect(responses.flatMap(({ status }, index) => (index === 6 ? [] : [status]))).toEqual(
    Array(11).fill(200),
  );
  return responses[6] as Response;
};

/** Sends a request among busy ones until its answer is another than 200, as it is where the runner has served it. */
const untilTheRunnerServes = async (httpd: Httpd, url: string): Promise<Response> => {
  for (let round = 0; round < 200; round++) {
    const response = await amongBusyOnes(httpd, url);
    if (response.status !== 200) return response;
  }
  throw new Error(`No request for ${url} was served by the runner.`);
};

/** How many short requests, one after the other, are answered while a long one runs. */
const answeredMeanwhile = async (httpd: Httpd, long: string): Promise<number> => {
  let isOver = false;
  const longOne = request(httpd.port, long).then((response) => {
    isOver = true;
    return response;
  });
  let answered = 0;
  while (!isOver) {
    expect((await request(httpd.port, '/facts')).status).toBe(200);
    answered += isOver ? 0 : 1;
  }
  expect((await longOne).status).toBe(200);
  return answered;
};

describe.each(Object.entries(modes))('in %s mode', (_, configuration) => {
  it('a request that waits keeps no other waiting, and one that computes none for long', async () => {
    await withHttpd(configuration, async (httpd) => {
      await request(httpd.port, '/facts');
      expect(await answeredMeanwhile(httpd, '/sleep/1.5')).toBeGreaterThan(15);
      expect(await answeredMeanwhile(httpd, '/busy/1.5')).toBeGreaterThan(5);
      // And afterwards it is as before.
      expect(await answeredMeanwhile(httpd, '/sleep/1')).toBeGreaterThan(10);
    });
  });

  it('all are answered, however many come at once', async () => {
    await withHttpd(configuration, async (httpd) => {
      const urls = Array.from({ length: 120 }, (_, index) =>
        index % 10 === 0 ? '/sleep/0.05' : index % 10 === 1 ? '/busy/0.02' : '/facts',
      );
      const responses = await Promise.all(
        urls.map(async (url, index) => {
          await sleep(index % 7);
          return request(httpd.port, url);
        }),
      );
      expect(responses.map(({ status }) => status)).toEqual(urls.map(() => 200));
    });
  });
});

it('in Apache’s own processes the runner serves those that wait, and what goes wrong is its request’s own', async () => {
  await withHttpd(modes.embedded, async (httpd) => {
    expect((await untilTheRunnerServes(httpd, '/turns/raise/in-the-runner')).status).toBe(500);
    await httpd.waitForLog(/ValueError: in-the-runner/);
    const owners: number[] = JSON.parse((await amongBusyOnes(httpd, '/turns/')).body);
    expect(owners.filter((count) => count > 1)).toHaveLength(1);
    // One that sleeps in the runner keeps no other waiting, and afterwards it is as before.
    expect(await answeredMeanwhile(httpd, '/sleep/1')).toBeGreaterThan(10);
    expect((await untilTheRunnerServes(httpd, '/turns/raise/again')).status).toBe(500);
  });
});

describe('a daemon process', () => {
  const turns = (threads: number): string => `WSGIDaemonProcess served threads=${threads}
    WSGIScriptAlias /turns @APPS@/turns.wsgi process-group=served application-group=%{GLOBAL}`;

  it('serves in the order in which requests came, whoever connects for the first time', async () => {
    await withHttpd(turns(1), async (httpd) => {
      await request(httpd.port, '/turns/');
      const order: number[] = [];
      // Each client asks twice. One that has been answered must not overtake those that wait for their first answer.
      const client = async (): Promise<void> => {
        for (const time of [1, 2]) {
          expect((await request(httpd.port, '/turns/busy/0.05')).status).toBe(200);
          order.push(time);
        }
      };
      await Promise.all(Array.from({ length: 10 }, client));
      expect(order.lastIndexOf(1)).toBeLessThan(order.indexOf(2) + 3);
    });
  });

  it('serves with few threads what only computes, and with all of them what waits', async () => {
    await withHttpd(turns(8), async (httpd) => {
      const owners = async (): Promise<number> =>
        JSON.parse((await request(httpd.port, '/turns/')).body).length;
      const all = (url: string) => Promise.all(Array.from({ length: 8 }, () => request(httpd.port, url)));
      for (let round = 0; round < 10; round++) await all('/turns/');
      expect(await owners()).toBeLessThan(8);
      const begun = Date.now();
      await all('/turns/wait/1');
      expect(Date.now() - begun).toBeLessThan(4_000);
      expect(await owners()).toBe(8);
    });
  });
});

it('interpreters are made while others wait for their turn', async () => {
  const places = Array.from({ length: 8 }, (_, index) => index);
  const configuration = places
    .map(
      (place) => `<Location /${place}>
        WSGIAccessScript @APPS@/turns.wsgi application-group=access-${place}
        </Location>
        WSGIScriptAlias /${place} @APPS@/turns.wsgi application-group=own-${place}`,
    )
    .join('\n');
  await withHttpd(configuration, async (httpd) => {
    const urls = places.flatMap((place) => Array(4).fill(`/${place}/busy/0.003`));
    const responses = await Promise.all(urls.map((url) => request(httpd.port, url)));
    expect(responses.map(({ status }) => status)).toEqual(urls.map(() => 200));
  });
});
