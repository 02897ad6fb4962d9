import { describe, expect, it } from 'vitest';
import { Connection, exchange, header, request } from './client';
import { data, describeServing } from './serving';

describeServing((server) => {
  const get = (url: string) => request(server().port, url);

  describe('responses', () => {
    it.each([
      ['one_item_list', 'hello', '5'],
      ['two_item_tuple', 'hello, world', '12'],
      ['empty_list', '', '0'],
      ['generator', 'one,two', undefined],
      ['late_start', 'late', undefined],
      ['write', 'written,twice,returned', undefined],
      ['start_twice', 'replaced', '8'],
      ['other_thread', 'from a thread', undefined],
      ['content_length_too_long', 'hello', '5'],
    ])('/%s is %j with Content-Length %s', async (name, body, length) => {
      const response = await get(`/responses/${name}`);
      expect(response.body).toBe(body);
      expect(header(response, 'Content-Length')).toBe(length);
      expect(response.whole).toBe(true);
    });

    it('takes status, headers and their repetition as they are', async () => {
      const response = await get('/responses/headers');
      expect([response.status, response.reason]).toEqual([207, 'Many Things']);
      expect(response.headers).toEqual(
        expect.arrayContaining([
          'Set-Cookie: a=1',
          'Set-Cookie: b=2',
          'X-Twice: 1',
          'X-Twice: 2',
          'Status: 404 x',
          'Location: /elsewhere',
          'X-Latin: caf\u00e9',
          'WWW-Authenticate: Basic realm="r"',
          'Content-Type: text/plain; charset=utf-8',
        ]),
      );
      expect(header(response, 'Transfer-Encoding')).toBeUndefined();
      expect(header(response, 'Content-Length')).toBe('1');
    });

    it('sends 304 without a body, and a bare status code', async () => {
      expect(await get('/responses/not_modified')).toMatchObject({ status: 304, raw: '' });
      expect(await get('/responses/no_reason')).toMatchObject({ status: 200, body: 'x' });
    });

    it('sends each block when it is made', async () => {
      const connection = await Connection.open(server().port);
      const start = Date.now();
      connection.send('GET /responses/slow_generator HTTP/1.1\r\nHost: lab.example\r\n\r\n');
      await connection.received(/first/);
      expect(Date.now() - start).toBeLessThan(700);
      await connection.received(/second\r\n0\r\n\r\n$/);
      expect(Date.now() - start).toBeGreaterThan(900);
      connection.close();
    });

    it('keeps the connection for the next request', async () => {
      const pair = 'GET /responses/one_item_list HTTP/1.1\r\nHost: lab.example\r\n';
      const text = await exchange(server().port, `${pair}\r\n${pair}Connection: close\r\n\r\n`);
      expect(text.match(/HTTP\/1.1 200/g)).toHaveLength(2);
    });

    it('closes the connection behind a body that is shorter than promised', async () => {
      const pair = 'GET /responses/content_length_too_short HTTP/1.1\r\nHost: lab.example\r\n\r\n';
      const text = await exchange(server().port, pair + pair);
      expect(text).toMatch(/Content-Length: 50\r\n[\s\S]*\r\n\r\nhello$/);
      await server().waitForLog(/Content length mismatch, expected 50, response generated 5/);
    });
  });

  describe('errors', () => {
    it('answers 500 and logs the traceback', async () => {
      const response = await get('/responses/raise_before');
      expect(response.status).toBe(500);
      expect(response.body).toContain('Internal Server Error');
      const log = await server().waitForLog(/ValueError: raised before start_response: seen in the frame/);
      expect(log).toMatch(
        /\[wsgi:error\] \[pid \d+:tid \d+\] \[client 127\.0\.0\.1:\d+\] \[script \S+responses\.wsgi\] WSGI0174: ValueError exception raised processing WSGI script '\S+responses\.wsgi' for Python main interpreter/,
      );
      expect(log).toMatch(
        /Traceback \(most recent call last\):\n.*File "\S+responses\.wsgi", line \d+, in application/,
      );
      expect(log).toMatch(/File "\S+responses\.wsgi", line \d+, in raise_before/);
    });

    it('logs the cause too', async () => {
      expect((await get('/responses/deep_error')).status).toBe(500);
      const log = await server().waitForLog(/RuntimeError: the effect \\xc3\\xbc/);
      expect(log).toMatch(/KeyError: 'the cause'[\s\S]*direct cause of the following exception/);
    });

    it.each([
      ['raise_after_start', /ValueError: raised after start_response/],
      ['not_iterable', /TypeError: 'NoneType' object is not iterable/],
      ['text_block', /TypeError: response iterable must yield bytes, not str/],
      ['text_in_generator', /TypeError: response iterable must yield bytes, not str/],
      ['no_start', /RuntimeError: start_response\(\) must be called before response content is produced/],
      [
        'no_start_empty',
        /RuntimeError: start_response\(\) must be called before response content is produced/,
      ],
      ['system_exit', /WSGI0175: SystemExit exception raised by WSGI script '\S+' ignored/],
    ])('answers %s with 500', async (name, logged) => {
      const response = await get(`/responses/${name}`);
      expect(response.status).toBe(500);
      expect(header(response, 'X-Not-Sent')).toBeUndefined();
      await server().waitForLog(logged);
    });

    it.each([
      ['raise_midway', 'chunked', /ValueError: raised midway\n/],
      ['raise_midway_length', '100', /ValueError: raised midway of a known length/],
    ])('cuts the connection at %s, so that the client sees it', async (name, framing, logged) => {
      const one = `GET /responses/${name} HTTP/1.1\r\nHost: lab.example\r\n\r\n`;
      const start = Date.now();
      const text = await exchange(server().port, one + one);
      expect(Date.now() - start).toBeLessThan(1_000);
      expect(text).toContain(framing);
      expect(text).toMatch(/part1(\r\n)?$/);
      expect(text.match(/HTTP\/1.1/g)).toHaveLength(1);
      await server().waitForLog(logged);
    });

    it('gives the response whole when only close() raises', async () => {
      expect(await get('/responses/raise_in_close')).toMatchObject({
        status: 200,
        body: 'whole',
        whole: true,
      });
      await server().waitForLog(/ValueError: raised in close/);
    });

    it('lets exc_info replace a response that has not begun', async () => {
      const response = await get('/responses/exc_info_before');
      expect(response).toMatchObject({ status: 503, reason: 'Error page', body: 'error page' });
      expect(header(response, 'X-First')).toBeUndefined();
    });

    it('raises the exception of exc_info when the response has begun', async () => {
      const response = await get('/responses/exc_info_after');
      expect(response).toMatchObject({ status: 200, body: 'part1', whole: false });
      await server().waitForLog(/ValueError: too late for an error page/);
    });

    it.each(['start_after_output', 'exc_info_of_nothing'])(
      'refuses a second start_response without an exception behind output (/%s)',
      async (name) => {
        const { body } = await get(`/responses/${name}`);
        expect(body).toBe('part1start_response() called more than once without exc_info');
      },
    );

    it('calls close() however the response ended', async () => {
      for (const name of ['close_after_whole', 'raise_and_close', 'raise_in_close'])
        await get(`/responses/${name}`);
      const { body } = await get('/responses/names_closed');
      expect(body.split(',')).toEqual(
        expect.arrayContaining(['close_after_whole', 'raise_and_close', 'raise_in_close']),
      );
    });
  });

  describe('files', () => {
    it.each([
      ['whole', data, String(data.length)],
      ['rest', data.slice(1000), String(data.length - 1000)],
      ['end', '', '0'],
      ['raw', data, String(data.length)],
      ['subclass', data, undefined],
      ['memory', 'from memory', undefined],
      ['temporary', '456789', '6'],
      ['packed', 'unpacked content', undefined],
      ['noted', 'noted', undefined],
      ['whole?10', data.slice(0, 10), '10'],
      ['rest?10', data.slice(1000, 1010), '10'],
    ])('%s', async (name, body, length) => {
      const response = await get(`/files/${name}`);
      expect(response.body.length).toBe(body.length);
      expect(response.body).toBe(body);
      expect(header(response, 'Content-Length')).toBe(length);
      expect(response.whole).toBe(true);
    });

    it('answers HEAD with the length', async () => {
      const response = await request(server().port, '/files/whole', { method: 'HEAD' });
      expect(response.raw).toBe('');
      expect(header(response, 'Content-Length')).toBe(String(data.length));
    });

    it('closes what it wraps', async () => {
      await get('/files/noted');
      expect((await get('/files/closed')).body).toContain('Noted');
    });
  });

  describe('the log', () => {
    it('has every stream, line by line, with the script', async () => {
      await get('/log');
      const log = await server().waitForLog(/end of long/);
      const text = (part: string) => new RegExp(`\\[client \\S+\\] \\[script \\S+/log\\.wsgi\\] ${part}\\n`);
      for (const line of [
        'while loading',
        'errors: one',
        'errors: two',
        'errors: three',
        'errors: no end of line.{12} .* and %s',
        'stdout: a line',
        'stderr: a line',
        'stderr: flushed',
        'stderr: no end of line',
      ])
        expect(log).toMatch(text(line));
      expect(log).toMatch(/\[wsgi:error\] \[pid \d+:tid \d+\] from a thread\n/);
      expect(log.match(/x/g)?.length).toBeGreaterThan(9000);
    });
  });

  describe('wsgiref.validate', () => {
    it.each([
      ['GET', '', 'list:'],
      ['HEAD', '', ''],
      ['POST', 'list', 'list:a body\nof two lines'],
      ['POST', 'lines', 'list:a body\nof two lines'],
      ['POST', 'readline', 'list:a body\nof two lines'],
      ['POST', 'readlines', 'list:a body\nof two lines'],
      ['POST', 'write', 'written:a body\nof two lines'],
      ['POST', 'generator', 'generated:a body\nof two lines'],
    ])('accepts %s %s', async (method, way, expected) => {
      const body = method === 'POST' ? 'a body\nof two lines' : '';
      const response = await request(server().port, `/validated/${way}`, { method, body });
      expect(response).toMatchObject({ status: 200, body: expected });
    });
  });
});
