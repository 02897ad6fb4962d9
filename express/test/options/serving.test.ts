import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findProgram } from '../../../common/src/executables';
import { serve } from '../support/launcher';
import { moduleRows, python } from '../support/machine';
import { ask, describeWithBoth, facts, modulesThatKnow, project } from './support';

const FILES = {
  'docs/hello.txt': 'a file of the document root',
  'docs/style.css': 'body {}'.repeat(200),
  'docs/.htpasswd': 'secret',
  'docs/sub/index.html': '<p>the index</p>',
  'docs/sub/.htaccess':
    'ErrorDocument 403 "closed by htaccess"\n<Files closed.txt>\nRequire all denied\n</Files>\n',
  'docs/sub/closed.txt': 'closed',
  'docs/page.hello': 'world',
  'docs/run.cgi': '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\nfrom cgi"\n',
  'docs/odd.type': 'odd',
  'docs/lib/a.txt': 'hidden by the alias',
  'docs/qu "o" \\t/a.txt': 'hidden by the alias',
  'assets/a.txt': 'a file of the alias',
  'one.txt': 'one file',
  types: 'text/x-odd type\ntext/css css\ntext/plain txt\n',
  'rules.conf': 'RewriteRule "^/old/(.*)$" "/new/$1" [R=302,L]\n',
  'hello.py':
    'def handle_request(environ, start_response):\n    start_response("200 OK", [("Content-Type", "text/plain")])\n    return [b"handled " + open(environ["SCRIPT_FILENAME"], "rb").read()]\n',
  'own.conf': 'Header always set X-Own yes\n<Location "/own">\n    Redirect 307 "/elsewhere"\n</Location>\n',
  'variables.sh': 'echo printed\nFROM_SCRIPT="set by the script"\n',
};

describe.each(await modulesThatKnow('WSGIHandlerScript'))(
  'files and the application, with the $name module',
  ({ module, missing }) => {
    it.skipIf(!module)(`are served side by side${module ? '' : ` (left out: ${missing})`}`, async () => {
      const cwd = project(FILES);
      const server = await serve(
        [
          ...[
            'app.wsgi',
            '--document-root=docs',
            '--url-alias',
            '/lib',
            'assets',
            '--url-alias',
            '/one',
            'one.txt',
            '--url-alias',
            '/qu "o" \\t',
            'assets',
          ],
          ...['--directory-index=index.html', '--allow-override=All', '--mime-types=types', '--with-cgi'],
          ...['--rewrite-rules=rules.conf', '--add-handler', '.hello', 'hello.py', '--include-file=own.conf'],
          ...[
            '--error-document',
            '404',
            '/from-the-application',
            '--setenv',
            'wsgi_options.file',
            path.join(cwd, 'one.txt'),
          ],
          ...[
            '--setenv',
            'HOSTILE',
            'a "b" \\ %{x} $HOME',
            '--passenv=FROM_TEST',
            '--envvars-script=variables.sh',
          ],
          ...['--locale=C.UTF-8', '--compress-responses', '--limit-request-body=1000', '--enable-sendfile'],
          ...['--server-status', '--map-head-to-get=On', '--chunked-request', '--working-directory=.'],
          ...['--access-log', '--access-log-format=%m %U%q "%>s"', '--error-log-format=own: %M'],
          ...[
            '--error-log-name=errors',
            '--access-log-name=requests',
            '--log-directory=logs',
            '--log-level=info',
          ],
        ],
        {
          cwd,
          ...(module ? { module } : {}),
          environment: { FROM_TEST: 'passed', MOD_WSGI_EXPRESS_SUPERVISED: '1' },
        },
      );
      const { port } = server;
      const got = await facts(port, '/from-the-application');
      expect(got.environ).toMatchObject({
        FROM_TEST: 'passed',
        HOSTILE: 'a "b" \\ %{x} $HOME',
        SCRIPT_NAME: '',
      });
      expect(got.variables).toMatchObject({ FROM_SCRIPT: 'set by the script', LC_ALL: 'C.UTF-8' });
      expect(got.cwd).toBe(cwd);

      const page = async (url: string) => {
        const { status, body, headers } = await ask(port, url);
        return [status, body, headers['content-type']?.split(';')[0]];
      };
      expect(await page('/hello.txt')).toEqual([200, 'a file of the document root', 'text/plain']);
      expect(await page('/odd.type')).toEqual([200, 'odd', 'text/x-odd']);
      expect(await page('/sub/')).toEqual([200, '<p>the index</p>', undefined]);
      expect((await page('/sub/closed.txt')).slice(0, 2)).toEqual([403, 'closed by htaccess']);
      expect((await page('/.htpasswd'))[0]).toBe(403);
      for (const url of ['/lib/a.txt', `${encodeURI('/qu "o" ')}%5Ct/a.txt`])
        expect((await page(url)).slice(0, 2)).toEqual([200, 'a file of the alias']);
      // The status of an error page that the application makes is its own.
      expect((await page('/lib/nothing'))[1]).toContain('"REDIRECT_STATUS": "404"');
      expect((await page('/one')).slice(0, 2)).toEqual([200, 'one file']);
      expect((await page('/file')).slice(0, 2)).toEqual([200, 'one file']);
      expect((await page('/run.cgi')).slice(0, 2)).toEqual([200, 'from cgi']);
      expect((await page('/page.hello')).slice(0, 2)).toEqual([200, 'handled world']);
      expect((await page('/..%2f..%2f..%2fetc/passwd'))[1]).not.toContain('root:');
      expect((await page('/app.wsgi'))[2]).toBe('application/json');
      expect((await ask(port, '/old/x')).headers.location).toMatch(/\/new\/x$/);
      expect((await ask(port, '/own')).headers['x-own']).toBe('yes');
      expect((await ask(port, '/server-status?auto')).body).toContain('ServerVersion: Apache');
      const compressed = await ask(port, '/style.css', { headers: { 'accept-encoding': 'gzip' } });
      expect(compressed.headers['content-encoding']).toBe('gzip');
      expect((await ask(port, '/', { method: 'POST', body: 'x'.repeat(1001) })).status).toBe(413);
      const chunked = await ask(port, '/', {
        method: 'POST',
        body: 'hello',
        headers: { 'transfer-encoding': 'chunked' },
      });
      expect(JSON.parse(chunked.body)).toMatchObject({ length: 5 });
      expect((await ask(port, '/', { method: 'HEAD' })).status).toBe(200);

      await server.stop();
      const log = (name: string) => readFileSync(path.join(cwd, 'logs', name), 'utf8');
      expect(log('requests')).toContain('GET /server-status?auto "200"');
      expect(log('errors')).toMatch(/^own: .*resuming normal operations/m);
    });
  },
);

describe.each(moduleRows)('the $name module', ({ module, missing }) => {
  const reason = module ? '' : ` (left out: ${missing})`;
  const using = module ? { module } : {};

  it.skipIf(!module)(`serves an application under a mount point, and files beside it${reason}`, async () => {
    const cwd = project({ 'docs/a.txt': 'a file', 'docs/app/b.txt': 'a file below the mount point' });
    const server = await serve(
      [
        '--entry-point=app.wsgi',
        '--mount-point=/app',
        '--document-root=docs',
        '--application-group=mine',
        '--directory-listing',
      ],
      { cwd, ...using },
    );
    const got = await facts(server.port, '/app/x/y?z=1');
    expect(got.environ).toMatchObject({ SCRIPT_NAME: '/app', PATH_INFO: '/x/y', QUERY_STRING: 'z=1' });
    expect(got.interpreter).toBe('mine');
    expect((await ask(server.port, '/a.txt')).body).toBe('a file');
    expect((await ask(server.port, '/app/b.txt')).body).toBe('a file below the mount point');
    expect((await ask(server.port, '/nothing')).status).toBe(404);
    expect((await ask(server.port, '/')).body).toContain('Index of /');
  });

  it.skipIf(!module)(`runs embedded in processes of a number${reason}`, async () => {
    const server = await serve(
      [
        'app.wsgi',
        '--embedded-mode',
        '--processes=2',
        '--maximum-requests=3',
        '--server-metrics',
        '--http2',
        '--disable-reloading',
      ],
      { cwd: project(), ...using },
    );
    const pids = new Set<number>();
    for (let request = 0; request < 8; request++) pids.add((await facts(server.port)).pid);
    expect(pids.size).toBeGreaterThan(2);
    expect(await facts(server.port)).toMatchObject({ multiprocess: true, group: '' });
  });

  const hasPaste = existsSync(path.join(python.sitePackages, 'paste', 'deploy'));
  const withoutPaste = hasPaste ? '' : ' (left out: the Python of the tests has no PasteDeploy)';
  it.skipIf(!module || !hasPaste)(`loads a PasteDeploy file${reason}${withoutPaste}`, async () => {
    const cwd = project({
      'site.ini': '[app:main]\npaste.app_factory = shop:make_app\ngreeting = hello\n',
      'lib/shop.py': `def make_app(global_config, greeting):
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [greeting.encode()]
    return application
`,
    });
    const server = await serve(['site.ini', '--application-type=paste', '--python-path=lib'], {
      cwd,
      ...using,
    });
    expect((await ask(server.port, '/')).body).toBe('hello');
  });
});

describe.each(await modulesThatKnow('WSGIDaemonProcess'))(
  'process groups of the $name module',
  ({ module, missing }) => {
    it.skipIf(!module)(
      `are named, numbered and replaced as asked${module ? '' : ` (left out: ${missing})`}`,
      async () => {
        const cwd = project({ 'lib/x.py': '' });
        const server = await serve(
          [
            ...['app.wsgi', '--processes=2', '--threads=2', '--maximum-requests=2', '--graceful-timeout=1'],
            ...[
              '--process-group=own "group"',
              '--python-path=lib',
              '--socket-prefix=/tmp',
              '--process-name=my-apache',
            ],
            ...['--startup-log', '--startup-log-name=first', '--server-root=root', '--pid-file=my.pid'],
            '--server-metrics',
          ],
          { cwd, ...(module ? { module } : {}) },
        );
        const pids = new Set<number>();
        // A process that is to be replaced may go on until it has nothing to do.
        await expect
          .poll(async () => pids.add((await facts(server.port)).pid).size, { timeout: 10_000 })
          .toBeGreaterThanOrEqual(3);
        const got = await facts(server.port);
        expect(got).toMatchObject({ group: 'own "group"', multiprocess: true });
        expect(got.path.slice(0, 2)).toEqual([cwd, path.join(cwd, 'lib')]);
        const pid = readFileSync(path.join(cwd, 'my.pid'), 'utf8').trim();
        expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toMatch(/^my-apache\0/);
        expect(existsSync(path.join(cwd, 'root', 'first'))).toBe(true);
        await server.stop();
        expect(readdirSync('/tmp').filter((name) => name.startsWith(`wsgi.${pid}.`))).toEqual([]);
      },
    );

    it.skipIf(!module)(
      'are named HOST:PORT, and a request that takes too long in the queue is answered',
      async () => {
        const server = await serve(
          ['app.wsgi', '--threads=1', '--queue-timeout=1', '--connect-timeout=3', '--request-timeout=20'],
          { cwd: project(), ...(module ? { module } : {}) },
        );
        expect((await facts(server.port)).group).toBe(`127.0.0.1:${server.port}`);
        const slow = ask(server.port, '/slow');
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect((await ask(server.port, '/')).status).toBe(504);
        expect((await slow).status).toBe(200);
      },
    );

    it.skipIf(!module)('services run beside them', async () => {
      const cwd = project({
        'clock.py': `import os, pwd, time
open(os.path.join(os.getcwd(), "out", "clock"), "w").write(pwd.getpwuid(os.getuid()).pw_name)
print("a line of the service", flush=True)
time.sleep(60)
`,
        'out/x': '',
      });
      execFileSync('chmod', ['777', path.join(cwd, 'out')]);
      const isRoot = process.getuid?.() === 0;
      const server = await serve(
        [
          ...[
            'app.wsgi',
            '--server-root=root',
            '--service-script',
            'clock',
            'clock.py',
            '--service-log-file',
            'clock',
            'clock.log',
          ],
          ...(isRoot ? ['--service-user', 'clock', 'nobody', '--service-group', 'clock', 'nogroup'] : []),
        ],
        { cwd, ...(module ? { module } : {}) },
      );
      expect((await ask(server.port, '/')).status).toBe(200);
      const clock = path.join(cwd, 'out', 'clock');
      const log = path.join(cwd, 'root', 'clock.log');
      await expect
        .poll(() => existsSync(clock) && readFileSync(clock, 'utf8'), { timeout: 5000 })
        .toBe(isRoot ? 'nobody' : process.env.USER);
      await expect
        .poll(() => readFileSync(log, 'utf8'), { timeout: 5000 })
        .toContain('a line of the service');
    });
  },
);

it.each(await modulesThatKnow('WSGIErrorOverride'))(
  "replaces the application's errors with the $name module",
  async ({ module, missing }) => {
    if (!module) return expect(missing).not.toBe('');
    const cwd = project({ 'docs/sorry.txt': 'a page of your own' });
    const words = ['app.wsgi', '--document-root=docs', '--error-document', '500', '/sorry.txt'];
    const server = await serve([...words, '--error-override'], { cwd, module });
    expect(await ask(server.port, '/error')).toMatchObject({ status: 500, body: 'a page of your own' });
  },
);

describe('without an application', () => {
  it('serves and lists files alone', async () => {
    const cwd = project({ 'docs/a.txt': 'a file', 'docs/x/b.txt': '' });
    const server = await serve(
      ['--application-type=static', '--document-root=docs', '--directory-listing', '--keep-alive-timeout=1'],
      { cwd },
    );
    expect((await ask(server.port, '/a.txt')).body).toBe('a file');
    expect((await ask(server.port, '/')).body).toMatch(/Index of \/[\s\S]*a\.txt/);
    expect((await ask(server.port, '/nothing')).status).toBe(404);
  });
});

const behindProxies = await modulesThatKnow('WSGITrustedProxies');

describeWithBoth('proxies behind the server', (using) => {
  /** A server that tells what it was asked. */
  const backend = async (): Promise<number> => {
    const server = http.createServer((request, response) => {
      response.setHeader('location', `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/moved`);
      response.end(JSON.stringify({ url: request.url, headers: request.headers }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
    return (server.address() as net.AddressInfo).port;
  };

  it('pass requests on, by URL path and by host name', async () => {
    const behind = `http://127.0.0.1:${await backend()}`;
    const server = await serve(
      [
        ...[
          'app.wsgi',
          '--proxy-mount-point',
          '/api',
          `${behind}/v1`,
          '--proxy-url-alias',
          '/api/v2',
          `${behind}/two`,
        ],
        ...['--proxy-virtual-host', 'other.example', behind, '--proxy-timeout=3'],
      ],
      { cwd: project(), ...using },
    );
    const { port } = server;
    const reply = await ask(port, '/api/x');
    expect(JSON.parse(reply.body)).toMatchObject({
      url: '/v1/x',
      headers: {
        'x-forwarded-port': String(port),
        'x-forwarded-scheme': 'http',
        'x-forwarded-prefix': '/api',
      },
    });
    expect(JSON.parse((await ask(port, '/api/v2/y')).body)).toMatchObject({ url: '/two/y' });
    const other = await ask(port, '/z', { headers: { host: 'other.example' } });
    expect(JSON.parse(other.body)).toMatchObject({ url: '/z' });
    expect(other.headers.location).toBe('http://other.example/moved');
    expect((await facts(port, '/apiary')).environ.PATH_INFO).toBe('/apiary');
  });
});

it.each(behindProxies)(
  'proxies in front are believed by the $name module',
  async ({ module, missing, name }) => {
    if (!module) return expect(missing, name).not.toBe('');
    const words = ['--trust-proxy-header=X-Forwarded-For', '--trust-proxy-header', 'X-Forwarded-Proto'];
    const request = { headers: { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' } };
    const server = await serve(['app.wsgi', ...words, '--trust-proxy=127.0.0.0/8'], {
      cwd: project(),
      module,
    });
    expect((await facts(server.port, '/', request)).environ).toMatchObject({
      REMOTE_ADDR: '192.0.2.7',
      'wsgi.url_scheme': 'https',
    });
    const wary = await serve(['app.wsgi', ...words, '--trust-proxy=192.0.2.99'], {
      cwd: project(),
      module,
    });
    expect((await facts(wary.port, '/', request)).environ).toMatchObject({
      REMOTE_ADDR: '127.0.0.1',
      'wsgi.url_scheme': 'http',
    });
  },
);

describeWithBoth('connections and logs', (using) => {
  it('ends connections of clients that are too slow', async () => {
    const server = await serve(
      ['app.wsgi', '--header-timeout=1', '--header-max-timeout=2', '--body-timeout=1', '--socket-timeout=5'],
      { cwd: project(), ...using },
    );
    const talk = (text: string): Promise<string> =>
      new Promise((resolve) => {
        let answer = '';
        const socket = net.connect(server.port, '127.0.0.1', () => socket.write(text));
        socket.on('data', (chunk) => {
          answer += chunk;
        });
        socket.on('close', () => resolve(answer));
      });
    const begun = Date.now();
    const [headers, body] = await Promise.all([
      talk('GET / HTTP/1.1\r\n'),
      talk('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100\r\n\r\n0123456789'),
    ]);
    expect(headers).toMatch(/^HTTP\/1\.1 408 /);
    expect(body).toMatch(/^HTTP\/1\.1 (?:408|500) /);
    expect(Date.now() - begun).toBeLessThan(4500);
  });

  it('rotates its logs', async () => {
    const cwd = project();
    const program = findProgram('rotatelogs');
    const server = await serve(
      [
        ...['app.wsgi', '--log-directory=logs', '--rotate-logs', '--max-log-size=1', '--access-log'],
        ...(program ? [`--rotatelogs-executable=${program}`] : []),
      ],
      { cwd, ...using },
    );
    const logs = path.join(cwd, 'logs');
    await ask(server.port, '/');
    // Apache writes its line when the answer is out, and would not any more when it is told to stop.
    await expect.poll(() => readdirSync(logs).some((name) => name.startsWith('access_log'))).toBe(true);
    await server.stop();
    const names = readdirSync(logs);
    for (const [name, line] of [
      ['access_log', /"GET \/ HTTP\/1\.1" 200/],
      ['error_log', /SIGTERM, shutting down/],
    ] as const) {
      const rotated = names.find((file) => file.startsWith(name)) ?? '';
      expect(rotated).toMatch(/\.\d{4}-\d\d-\d\d-\d\d_\d\d_\d\d$/);
      expect(readFileSync(path.join(logs, rotated), 'utf8')).toMatch(line);
    }
  });

  it('waits for as many connections as asked with --keep-alive-timeout', async () => {
    const server = await serve(['app.wsgi', '--keep-alive-timeout=1'], { cwd: project(), ...using });
    const agent = new http.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const connection = await new Promise<string | undefined>((resolve) =>
      http.get({ agent, port: server.port, host: '127.0.0.1' }, (response) => {
        response.resume();
        resolve(String(response.headers['keep-alive']));
      }),
    );
    expect(connection).toBe('timeout=1');
  });
});

it('lets no connection that is only kept open wait in the way of others', async () => {
  const server = await serve(['app.wsgi', '--embedded-mode', '--threads=1'], { cwd: project() });
  const begun = Date.now();
  // Each browser keeps its connection open; the only thread has to come free for the next one.
  for (let browser = 0; browser < 4; browser++) {
    const socket = net.connect(server.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject));
  }
  // With the two seconds of daemon mode it would be six.
  expect(Date.now() - begun).toBeLessThan(5_000);
});

it('expands variables of the environment in its words', async () => {
  const cwd = project();
  writeFileSync(path.join(cwd, 'other.wsgi'), readFileSync(path.join(cwd, 'app.wsgi')));
  const server = await serve(['$NAME.wsgi', '--setenv', 'A', `\${VALUE} $UNSET_HERE`], {
    cwd,
    environment: { NAME: 'other', VALUE: 'it works' },
  });
  expect((await facts(server.port)).environ.A).toBe('it works $UNSET_HERE');
});
