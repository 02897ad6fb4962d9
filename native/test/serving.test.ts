import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModule } from './build';
import { Connection, exchange, header, request } from './client';
import { type Httpd, type Mpm, startHttpd } from './httpd';

const scripts = ['environ', 'responses', 'refusals', 'body', 'files', 'log', 'validated'];
const configuration = [
  'WSGIApplicationGroup %{GLOBAL}',
  'WSGIChunkedRequest On',
  'KeepAliveTimeout 20',
  ...scripts.map((name) => `WSGIScriptAlias /${name} @APPS@/${name}.wsgi`),
  'WSGIScriptAlias /missing @APPS@/missing.wsgi',
  'WSGIScriptAlias /folder @APPS@',
  'WSGIScriptAlias /limited @APPS@/body.wsgi',
  '<Location /limited>\nLimitRequestBody 1000\n</Location>',
  'WSGIScriptAlias /unchunked @APPS@/body.wsgi',
  '<Location /unchunked>\nWSGIChunkedRequest Off\n</Location>',
  'WSGIScriptAlias /no-path-info @APPS@/environ.wsgi',
  '<Location /no-path-info>\nAcceptPathInfo Off\n</Location>',
  'SetEnv FROM_SETENV "caf\u00e9"',
].join('\n');

// One process in either case, so that one request sees what another one left in the application.
const oneProcess = 'StartServers 1\nServerLimit 1\n';

// Groups of one process, for the same reason.
const daemons = 'WSGIDaemonProcess served threads=12\nWSGIProcessGroup served\nWSGIRestrictEmbedded On\n';

describe.each<['embedded' | 'daemon', Mpm]>([
  ['embedded', 'event'],
  ['embedded', 'prefork'],
  ['daemon', 'event'],
  ['daemon', 'prefork'],
])('%s mode under %s', (mode, mpm) => {
  let httpd: Httpd;

  beforeAll(async () => {
    httpd = await startHttpd({
      module: await buildModule(),
      mpm,
      apps: path.join(__dirname, 'apps'),
      configuration:
        (mode === 'daemon' ? daemons : oneProcess) +
        (mode === 'embedded' && mpm === 'prefork' ? 'MaxRequestWorkers 1\n' : '') +
        configuration,
      modules: ['env', 'reqtimeout'],
    });
    await writeFile(path.join(httpd.apps, 'data.bin'), data, 'latin1');
  });
  afterAll(() => httpd?.dispose());

  const get = (url: string) => request(httpd.port, url);

  describe('environ', () => {
    it('holds what PEP 3333 and mod_wsgi promise', async () => {
      const response = await request(httpd.port, '/environ/a%20b/caf%c3%a9?q=1&r=%20', {
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
        SCRIPT_FILENAME: path.join(httpd.apps, 'environ.wsgi'),
        HTTP_HOST: 'lab.example',
        HTTP_X_HEAD: 'caf\u00e9',
        FROM_SETENV: 'caf\u00c3\u00a9',
        'wsgi.version': '(1, 0)',
        'wsgi.url_scheme': 'http',
        'wsgi.multithread': mode === 'daemon' || mpm === 'event' ? 'True' : 'False',
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
        'mod_wsgi.listener_port': String(httpd.port),
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
      const { body } = await request(httpd.port, '/environ/x', { headers });
      expect(JSON.parse(body).environ).not.toHaveProperty(key);
    });

    it('keeps REQUEST_METHOD HEAD, and the body stays home', async () => {
      const response = await request(httpd.port, '/environ', { method: 'HEAD' });
      expect(response.status).toBe(200);
      expect(response.raw).toBe('');
      expect(Number(header(response, 'Content-Length'))).toBeGreaterThan(500);
    });
  });

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
      const connection = await Connection.open(httpd.port);
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
      const text = await exchange(httpd.port, `${pair}\r\n${pair}Connection: close\r\n\r\n`);
      expect(text.match(/HTTP\/1.1 200/g)).toHaveLength(2);
    });

    it('closes the connection behind a body that is shorter than promised', async () => {
      const pair = 'GET /responses/content_length_too_short HTTP/1.1\r\nHost: lab.example\r\n\r\n';
      const text = await exchange(httpd.port, pair + pair);
      expect(text).toMatch(/Content-Length: 50\r\n[\s\S]*\r\n\r\nhello$/);
      await httpd.waitForLog(/Content length mismatch, expected 50, response generated 5/);
    });
  });

  describe('errors', () => {
    it('answers 500 and logs the traceback', async () => {
      const response = await get('/responses/raise_before');
      expect(response.status).toBe(500);
      expect(response.body).toContain('Internal Server Error');
      const log = await httpd.waitForLog(/ValueError: raised before start_response: seen in the frame/);
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
      const log = await httpd.waitForLog(/RuntimeError: the effect \\xc3\\xbc/);
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
      await httpd.waitForLog(logged);
    });

    it.each([
      ['raise_midway', 'chunked', /ValueError: raised midway\n/],
      ['raise_midway_length', '100', /ValueError: raised midway of a known length/],
    ])('cuts the connection at %s, so that the client sees it', async (name, framing, logged) => {
      const one = `GET /responses/${name} HTTP/1.1\r\nHost: lab.example\r\n\r\n`;
      const start = Date.now();
      const text = await exchange(httpd.port, one + one);
      expect(Date.now() - start).toBeLessThan(1_000);
      expect(text).toContain(framing);
      expect(text).toMatch(/part1(\r\n)?$/);
      expect(text.match(/HTTP\/1.1/g)).toHaveLength(1);
      await httpd.waitForLog(logged);
    });

    it('gives the response whole when only close() raises', async () => {
      expect(await get('/responses/raise_in_close')).toMatchObject({
        status: 200,
        body: 'whole',
        whole: true,
      });
      await httpd.waitForLog(/ValueError: raised in close/);
    });

    it('lets exc_info replace a response that has not begun', async () => {
      const response = await get('/responses/exc_info_before');
      expect(response).toMatchObject({ status: 503, reason: 'Error page', body: 'error page' });
      expect(header(response, 'X-First')).toBeUndefined();
    });

    it('raises the exception of exc_info when the response has begun', async () => {
      const response = await get('/responses/exc_info_after');
      expect(response).toMatchObject({ status: 200, body: 'part1', whole: false });
      await httpd.waitForLog(/ValueError: too late for an error page/);
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

  describe('refusals', () => {
    it('start_response and write', async () => {
      const { body } = await get('/refusals/start');
      expect(body.split('\n')).toEqual([
        'TypeError: must be str, not bytes',
        'ValueError: status code must be a 3 digit integer: 2000 OK',
        'ValueError: status code must be a 3 digit integer: 20',
        'ValueError: no space following status code: 200OK',
        'ValueError: control character in status reason phrase: 200 O',
        'K',
        "UnicodeEncodeError: 'latin-1' codec can't encode character '\\u20ac' in position 4: ordinal not in range(256)",
        'TypeError: headers must be a list, not tuple',
        'TypeError: each header must be a 2-tuple, not list',
        'ValueError: each header must be a 2-tuple, got length 3',
        'ValueError: header name is empty',
        'ValueError: control character in header name: a',
        '',
        'ValueError: space character in header name: a b',
        'ValueError: invalid character in header name: a:b',
        'TypeError: must be str, not bytes',
        'ValueError: carriage return/line feed character in header value: b\r',
        'Injected: 1',
        'ValueError: control character in header value: b\0c',
        "UnicodeEncodeError: 'latin-1' codec can't encode character '\\u20ac' in position 0: ordinal not in range(256)",
        "ValueError: invalid Content-Length header value: '12x'",
        "ValueError: invalid Content-Length header value: '-1'",
        "RuntimeError: start_response() argument 'exc_info' must be a 3-tuple or None",
        'TypeError: start_response() takes 2 or 3 positional arguments (1 given)',
        'TypeError: write() argument must be bytes, not str',
        'TypeError: write() argument must be bytes, not NoneType',
      ]);
    });

    it('file_wrapper', async () => {
      const { body } = await get('/refusals/wrapper');
      expect(body.split('\n')).toEqual([
        'TypeError: blksize must be an int, not str',
        'ValueError: blksize must not be negative',
        'TypeError: file wrapper read() must return bytes, not str',
        'ValueError: I/O operation on closed file',
        '5 BytesIO',
      ]);
    });

    it('wsgi.input', async () => {
      const { body } = await get('/refusals/input');
      expect(body.split('\n')).toEqual([
        "TypeError: 'NoneType' object cannot be interpreted as an integer",
        "TypeError: 'str' object cannot be interpreted as an integer",
        'TypeError: read() takes at most 1 argument (2 given)',
        'close,readlines',
      ]);
    });

    it('everything of a request that is over', async () => {
      await get('/refusals/keep');
      const { body } = await get('/refusals/use');
      expect(body.split('\n')).toEqual([
        'RuntimeError: read() called on wsgi.input after request completed',
        'RuntimeError: readline() called on wsgi.input after request completed',
        'RuntimeError: readlines() called on wsgi.input after request completed',
        'RuntimeError: close() called on wsgi.input after request completed',
        'RuntimeError: iteration of wsgi.input attempted after request completed',
        'RuntimeError: iteration of wsgi.input attempted after request completed',
        'RuntimeError: write() called on wsgi.errors after request completed',
        'RuntimeError: flush() called on wsgi.errors after request completed',
        'RuntimeError: start_response() called after request completed',
        'RuntimeError: write() called after request completed',
      ]);
    });

    it('streams are log streams', async () => {
      const { body } = await get('/refusals/streams');
      expect(body.split('\n')).toEqual([
        'OSError: wsgi.errors log object has no file descriptor',
        '<wsgi.errors> False utf-8',
        '<stderr> TextIOWrapper',
        'usable',
        'usable',
        '18',
      ]);
      await httpd.waitForLog(/\] from a memoryview\n/);
    });
  });

  describe('request bodies', () => {
    const lines = 'first\nsecond line\nthird';
    const post = async (way: string, body: string, headers = {}) =>
      JSON.parse((await request(httpd.port, `/body/${way}`, { method: 'POST', body, headers })).body);

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
        expect(await exchange(httpd.port, plain)).toContain(expected);
        const chunk = size ? [Buffer.from(`${size.toString(16)}\r\n`), bytes, Buffer.from('\r\n')] : [];
        const chunked = [
          Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`),
          ...chunk,
          Buffer.from('0\r\n\r\n'),
        ];
        expect(await exchange(httpd.port, Buffer.concat(chunked))).toContain(expected);
      },
    );

    it('arrives unchanged from many clients at once', async () => {
      const bodies = Array.from({ length: 10 }, () => randomBytes(300_000));
      const texts = await Promise.all(
        bodies.map((body) =>
          exchange(
            httpd.port,
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
        const connection = await Connection.open(httpd.port);
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
      const file = path.join(httpd.apps, 'read-errors.txt');
      await rm(file, { force: true });
      const connection = await Connection.open(httpd.port);
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
        request(httpd.port, url, { method: 'POST', headers, body });
      expect((await post('/limited/read', {}, 'x'.repeat(1001))).status).toBe(413);
      expect((await post('/limited/read', {}, 'x'.repeat(1000))).status).toBe(200);
      const chunked = { 'Transfer-Encoding': 'chunked' };
      expect((await post('/unchunked/read', chunked, '1\r\nx\r\n0\r\n\r\n')).status).toBe(411);
      expect((await post('/body/read', { 'Transfer-Encoding': 'gzip, chunked' }, '')).status).toBe(501);
      await httpd.waitForLog(/WSGI0139: Request requires chunked transfer encoding/);
    });

    it.each([
      ['malformed', '/body/failing', 'zz\r\nx\r\n', 400],
      ['too long', '/limited/failing', `7d0\r\n${'x'.repeat(2000)}\r\n0\r\n\r\n`, 413],
    ])(
      'answers a chunked body that is %s with a page that matches the status',
      async (_, url, body, status) => {
        const response = await request(httpd.port, url, {
          method: 'POST',
          headers: { 'Transfer-Encoding': 'chunked' },
          body,
        });
        expect(response.status).toBe(status);
        expect(response.body).not.toContain('OSError');
        expect(response.whole).toBe(true);
        const errors = await readFile(path.join(httpd.apps, 'read-errors.txt'), 'utf8');
        expect(errors).toMatch(/mod_wsgi request data read error: [A-Z]/);
        expect(errors).not.toContain('Unknown error');
      },
    );
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
      const response = await request(httpd.port, '/files/whole', { method: 'HEAD' });
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
      const log = await httpd.waitForLog(/end of long/);
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

  describe('clients that hang up', () => {
    it.each(['endless', 'endless_iterable'])('in the middle of /%s', async (name) => {
      const connection = await Connection.open(httpd.port);
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
      expect(await httpd.errorLog()).not.toContain('client connection closed');
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
      await httpd.waitForLog(logged);
    });

    it('a script in a folder that is mounted is one', async () => {
      expect((await get('/folder/validated.wsgi/generator')).body).toBe('generated:');
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
      const response = await request(httpd.port, `/validated/${way}`, { method, body });
      expect(response).toMatchObject({ status: 200, body: expected });
    });
  });
});

// Latin-1 text, every byte value in it, longer than one buffer of anything.
const data = Array.from({ length: 300_000 }, (_, index) => String.fromCharCode((index * 7) % 256)).join('');
