import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { request } from './client';
import { served, withHttpd } from './daemon';
import type { Httpd } from './httpd';

const modes = {
  embedded: 'WSGIScriptAlias / @APPS@/daemon.wsgi application-group=%{GLOBAL}',
  daemon: served('threads=12'),
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
