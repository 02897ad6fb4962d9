import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Connection, exchange, header, request } from './client';
import { describeServing } from './serving';

describeServing((server, mode, mpm) => {
  const get = (url: string) => request(server().port, url);

  describe('environ', () => {
    it('holds what PEP 3333 and mod_wsgi promise', async () => {
      const response = await request(server().port, '/environ/a%20b/caf%c3%a9?q=1&r=%20', {
        method: 'POST',
        headers: { 'Content-Type': 'text/x', 'X-Head': 'caf\u00e9', X_Bad: '1', Authorization: 'Basic eA==' },
        body: 'abc',
      });
      const { environ, python } = JSON.parse(response.body);
      const values = Object.fromEntries(
        Object.entries<[string, string]>(environ).map(([key, [, text]]) => [key, text]),
      );
      expect(values).toMatchObject({
        REQUEST_METHOD: 'POST',
        SCRIPT_NAME: '/environ',
        PATH_INFO: '/a b/caf\u00c3\u00a9',
        QUERY_STRING: 'q=1&r=%20',
        CONTENT_TYPE: 'text/x',
        CONTENT_LENGTH: '3',
        SERVER_NAME: 'lab.example',
        SERVER_PORT: '80',
        SERVER_PROTOCOL: 'HTTP/1.1',
        REMOTE_ADDR: '127.0.0.1',
        REQUEST_SCHEME: 'http',
        REQUEST_URI: '/environ/a%20b/caf%c3%a9?q=1&r=%20',
        SCRIPT_FILENAME: path.join(server().apps, 'environ.wsgi'),
        HTTP_HOST: 'lab.example',
        HTTP_X_HEAD: 'caf\u00e9',
        FROM_SETENV: 'caf\u00c3\u00a9',
        'wsgi.version': '(1, 0)',
        'wsgi.url_scheme': 'http',
        'wsgi.multithread': mode === 'daemon' || mpm !== 'prefork' ? 'True' : 'False',
        'wsgi.multiprocess': 'False',
        'wsgi.run_once': 'False',
        'wsgi.input_terminated': 'True',
        'apache.version': expect.stringMatching(/^\(2, 4, \d+\)$/),
        'mod_wsgi.version': '(4, 4, 0)',
        'mod_wsgi.process_group': mode === 'daemon' ? 'served' : '',
        'mod_wsgi.application_group': '',
        'mod_wsgi.callable_object': 'application',
        'mod_wsgi.request_handler': 'wsgi-script',
        'mod_wsgi.handler_script': '',
        'mod_wsgi.script_name': '/environ',
        'mod_wsgi.path_info': '/a b/caf\u00c3\u00a9',
        'mod_wsgi.listener_port': String(server().port),
      });
      expect(values['mod_wsgi.request_id']).toMatch(/^\S{8,}$/);
      expect(Number(values['mod_wsgi.request_start'])).toBeCloseTo(Date.now() / 1000, -1);
      expect(environ['mod_wsgi.request_start'][0]).toBe('float');
      expect(environ['mod_wsgi.thread_id'][0]).toBe('int');
      expect(environ['wsgi.errors'][0]).toBe('TextIOWrapper');
      expect(environ['wsgi.input'][0]).toBe('Input');
      expect(python).toMatchObject({ argv: ['mod_wsgi'], is_plain_dict: true, is_interned: true });
    });

    it.each([
      'PATH',
      'HTTPS',
      'GATEWAY_INTERFACE',
      'SERVER_SIGNATURE',
      'PATH_TRANSLATED',
      'HTTP_X_BAD',
      'HTTP_AUTHORIZATION',
    ])('does not hold %s', async (key) => {
      const headers = { X_Bad: '1', Authorization: 'Basic eA==' };
      const { body } = await request(server().port, '/environ/x', { headers });
      expect(JSON.parse(body).environ).not.toHaveProperty(key);
    });

    it('keeps REQUEST_METHOD HEAD, and the body stays home', async () => {
      const response = await request(server().port, '/environ', { method: 'HEAD' });
      expect(response.status).toBe(200);
      expect(response.raw).toBe('');
      expect(Number(header(response, 'Content-Length'))).toBeGreaterThan(500);
    });
  });

  describe('request bodies', () => {
    const lines = 'first\nsecond line\nthird';
    const post = async (way: string, body: string, headers = {}) =>
      JSON.parse((await request(server().port, `/body/${way}`, { method: 'POST', body, headers })).body);

    it.each([
      ['read', [lines]],
      ['read_minus', [lines]],
      ['read_more', [lines, '']],
      ['read_sevens', ['first\ns', 'econd l', 'ine\nthi', 'rd']],
      ['readline', ['first\n', 'second line\n', 'third', '']],
      ['readline_limit', ['fir', '', 'st\n']],
      ['readlines', ['first\n', 'second line\n', 'third']],
      ['readlines_hint', ['first\n']],
      ['iterate', ['first\n', 'second line\n', 'third']],
      ['mixed', ['fir', 'st\n', 'se', 'cond', ' line\n', 'third', '']],
      ['read_zero', ['', '', lines]],
      ['nothing', []],
    ])('%s with a length and in chunks', async (way, parts) => {
      expect(await post(way, lines)).toEqual({
        parts,
        CONTENT_LENGTH: String(lines.length),
        HTTP_TRANSFER_ENCODING: null,
      });
      const chunks = `5\r\nfirst\r\n8\r\n\nsecond \r\na\r\nline\nthird\r\n0\r\n\r\n`;
      expect(await post(way, chunks, { 'Transfer-Encoding': 'chunked' })).toEqual({
        parts,
        CONTENT_LENGTH: null,
        HTTP_TRANSFER_ENCODING: 'chunked',
      });
    });

    it('is empty where there is none', async () => {
      expect(JSON.parse((await get('/body/read')).body).parts).toEqual(['']);
      expect(JSON.parse((await get('/body/readline')).body).parts).toEqual(['', '', '', '']);
    });

    it.each([0, 1, 8191, 8192, 8193, 65535, 65536, 65537, 1 << 20, 10 << 20])(
      '%d bytes arrive unchanged',
      async (size) => {
        const bytes = randomBytes(size);
        const head = 'POST /body/digest HTTP/1.1\r\nHost: lab.example\r\nConnection: close\r\n';
        const expected = `${size} ${createHash('sha256').update(bytes).digest('hex')}`;
        const plain = Buffer.concat([Buffer.from(`${head}Content-Length: ${size}\r\n\r\n`), bytes]);
        expect(await exchange(server().port, plain)).toContain(expected);
        const chunk = size ? [Buffer.from(`${size.toString(16)}\r\n`), bytes, Buffer.from('\r\n')] : [];
        const chunked = [
          Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`),
          ...chunk,
          Buffer.from('0\r\n\r\n'),
        ];
        expect(await exchange(server().port, Buffer.concat(chunked))).toContain(expected);
      },
    );

    it('arrives unchanged from many clients at once', async () => {
      const bodies = Array.from({ length: 10 }, () => randomBytes(300_000));
      const texts = await Promise.all(
        bodies.map((body) =>
          exchange(
            server().port,
            Buffer.concat([
              Buffer.from(
                `POST /body/slow_digest HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`,
              ),
              body,
            ]),
          ),
        ),
      );
      for (const [index, body] of bodies.entries())
        expect(texts[index]).toContain(createHash('sha256').update(body).digest('hex'));
    });

    it('asks a waiting client to continue at the first read, read(0) included', async () => {
      for (const way of ['read', 'read_zero', 'readline']) {
        const connection = await Connection.open(server().port);
        connection.send(
          `POST /body/${way} HTTP/1.1\r\nHost: lab.example\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
        );
        await connection.received(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
        connection.send('abc');
        expect(await connection.end()).toContain('abc');
        connection.close();
      }
    });

    it('tells the application why a body broke off, and again when it reads on', async () => {
      const file = path.join(server().apps, 'read-errors.txt');
      await rm(file, { force: true });
      const connection = await Connection.open(server().port);
      connection.send(
        'POST /body/failing HTTP/1.1\r\nHost: lab.example\r\nContent-Length: 100\r\n\r\n0123456789',
      );
      await sleep(200);
      connection.hangUp();
      let text = '';
      for (let tries = 0; tries < 200 && !text; tries++) {
        await sleep(20);
        text = await readFile(file, 'utf8').catch(() => '');
      }
      const [first, second] = text.split('\n');
      expect(first).toMatch(
        /^OSError\('mod_wsgi request data read error: (Partial results are valid but processing is incomplete|Connection reset by peer)'\)$/,
      );
      expect(second).toBe("OSError('mod_wsgi request data read error: input is already in error state')");
    });

    it('refuses what is too long, or chunked where that is not wanted', async () => {
      const post = (url: string, headers: Record<string, string>, body: string) =>
        request(server().port, url, { method: 'POST', headers, body });
      expect((await post('/limited/read', {}, 'x'.repeat(1001))).status).toBe(413);
      expect((await post('/limited/read', {}, 'x'.repeat(1000))).status).toBe(200);
      const chunked = { 'Transfer-Encoding': 'chunked' };
      expect((await post('/unchunked/read', chunked, '1\r\nx\r\n0\r\n\r\n')).status).toBe(411);
      expect((await post('/body/read', { 'Transfer-Encoding': 'gzip, chunked' }, '')).status).toBe(501);
      await server().waitForLog(/WSGI0139: Request requires chunked transfer encoding/);
    });

    it.each([
      ['malformed', '/body/failing', 'zz\r\nx\r\n', 400],
      ['too long', '/limited/failing', `7d0\r\n${'x'.repeat(2000)}\r\n0\r\n\r\n`, 413],
    ])(
      'answers a chunked body that is %s with a page that matches the status',
      async (_, url, body, status) => {
        const response = await request(server().port, url, {
          method: 'POST',
          headers: { 'Transfer-Encoding': 'chunked' },
          body,
        });
        expect(response.status).toBe(status);
        expect(response.body).not.toContain('OSError');
        expect(response.whole).toBe(true);
        const errors = await readFile(path.join(server().apps, 'read-errors.txt'), 'utf8');
        expect(errors).toMatch(/mod_wsgi request data read error: [A-Z]/);
        expect(errors).not.toContain('Unknown error');
      },
    );
  });

  describe('clients that hang up', () => {
    it.each(['endless', 'endless_iterable'])('in the middle of /%s', async (name) => {
      const connection = await Connection.open(server().port);
      connection.send(`GET /responses/${name} HTTP/1.1\r\nHost: lab.example\r\n\r\n`);
      await connection.received(/xxxx/);
      connection.hangUp();
      await sleep(300);
      expect((await get('/responses/one_item_list')).body).toBe('hello');
      const expected =
        name === 'endless' ? "OSError('mod_wsgi client connection closed')" : 'endless_iterable';
      await expect
        .poll(async () => (await get('/responses/names_closed')).body, { timeout: 5_000 })
        .toContain(expected);
    });

    it('are no error of the application', async () => {
      expect(await server().errorLog()).not.toContain('client connection closed');
    });
  });

  describe('what is no script', () => {
    it.each([
      ['/missing', 404, /WSGI0135: Target WSGI script not found or unable to stat: \S+missing\.wsgi/],
      ['/folder', 403, /WSGI0136: Attempt to invoke directory as WSGI application/],
      ['/folder/none.wsgi', 404, /WSGI0135/],
      ['/no-path-info/x', 404, /WSGI0137: AcceptPathInfo off disallows user's path/],
      ['/elsewhere', 404, /./],
    ])('%s is %d', async (url, status, logged) => {
      expect((await get(url)).status).toBe(status);
      await server().waitForLog(logged);
    });

    it('a script in a folder that is mounted is one', async () => {
      expect((await get('/folder/validated.wsgi/generator')).body).toBe('generated:');
    });
  });
});
