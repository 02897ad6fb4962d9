import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModule } from './build';
import { Connection, exchange, header, request } from './client';
import { type Httpd, startHttpd } from './httpd';

const names = ['environ', 'responses', 'body', 'files'];

describe('together with the rest of Apache', () => {
  let httpd: Httpd;

  beforeAll(async () => {
    httpd = await startHttpd({
      module: await buildModule(),
      apps: path.join(__dirname, 'apps'),
      modules: [
        'headers',
        'deflate',
        'filter',
        'env',
        'setenvif',
        'rewrite',
        'reqtimeout',
        'auth_basic',
        'authn_core',
        'authn_file',
        'authz_user',
        'authz_host',
      ],
      configuration: `
        WSGIApplicationGroup %{GLOBAL}
        WSGIScriptAlias /packed @APPS@/files.wsgi
        ${names.map((name) => `WSGIScriptAlias /${name} @APPS@/${name}.wsgi`).join('\n')}
        Header set X-On yes
        Header edit X-Twice ^1 one
        ErrorDocument 404 /environ/error-page
        RewriteEngine On
        RewriteRule ^/rewritten/(.*)$ /environ/$1 [PT,E=FROM_REWRITE:$1]
        SetEnvIf X-Https on HTTPS=on
        RequestReadTimeout body=1
        <Location /packed>
          SetOutputFilter DEFLATE
          SetInputFilter DEFLATE
        </Location>
        <Location /environ/private>
          AuthType Basic
          AuthName private
          AuthUserFile @FOLDER@/users
          Require valid-user
        </Location>`,
    });
    await writeFile(path.join(httpd.apps, 'data.bin'), 'x'.repeat(100_000));
    await writeFile(path.join(httpd.folder, 'users'), 'ann:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n');
  });
  afterAll(() => httpd?.dispose());

  const environ = async (url: string, headers = {}) =>
    JSON.parse((await request(httpd.port, url, { headers })).body).environ;

  it('mod_headers sees the headers without the condition "always"', async () => {
    const response = await request(httpd.port, '/responses/headers');
    expect(header(response, 'X-On')).toBe('yes');
    expect(response.headers).toEqual(expect.arrayContaining(['X-Twice: one', 'X-Twice: 2']));
  });

  it('an error document may be an application, and knows the first request', async () => {
    const response = await request(httpd.port, '/nowhere?x=1');
    const { environ } = JSON.parse(response.body);
    expect(environ.PATH_INFO[1]).toBe('/error-page');
    expect(environ.REQUEST_URI[1]).toBe('/nowhere?x=1');
    expect(environ.REDIRECT_STATUS[1]).toBe('404');
  });

  it('a rewritten URL keeps REQUEST_URI and passes its variables', async () => {
    const found = await environ('/rewritten/a%20b');
    expect([found.SCRIPT_NAME[1], found.PATH_INFO[1]]).toEqual(['/environ', '/a b']);
    expect(found.REQUEST_URI[1]).toBe('/rewritten/a%20b');
    expect(found.FROM_REWRITE[1]).toBe('a b');
  });

  it('HTTPS decides the scheme', async () => {
    expect((await environ('/environ', { 'X-Https': 'on' }))['wsgi.url_scheme'][1]).toBe('https');
    expect((await environ('/environ'))['wsgi.url_scheme'][1]).toBe('http');
  });

  it('a user whom Apache knows is REMOTE_USER', async () => {
    const headers = { Authorization: `Basic ${Buffer.from('ann:test').toString('base64')}` };
    const found = await environ('/environ/private', headers);
    expect([found.REMOTE_USER[1], found.AUTH_TYPE[1]]).toEqual(['ann', 'Basic']);
    expect(found).not.toHaveProperty('HTTP_AUTHORIZATION');
    expect((await request(httpd.port, '/environ/private')).status).toBe(401);
  });

  it('output filters see files and blocks', async () => {
    const response = await request(httpd.port, '/packed/whole', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(header(response, 'Content-Encoding')).toBe('gzip');
    expect(response.whole).toBe(true);
    expect(gunzipSync(Buffer.from(response.body, 'latin1')).toString()).toBe('x'.repeat(100_000));
  });

  it('HTTP/1.0 gets the body without chunks', async () => {
    const text = await exchange(httpd.port, 'GET /responses/generator HTTP/1.0\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\none,two$/);
    expect(text).not.toContain('Transfer-Encoding');
  });

  it('repeated slashes are one in the URL and in SCRIPT_NAME', async () => {
    const found = await environ('//environ///a//b');
    expect([found.SCRIPT_NAME[1], found.PATH_INFO[1]]).toEqual(['/environ', '/a/b']);
  });

  it('a body that does not come in time is an OSError of the application, which answers', async () => {
    const connection = await Connection.open(httpd.port);
    connection.send(
      'POST /body/failing HTTP/1.1\r\nHost: lab.example\r\nContent-Length: 100\r\n\r\n0123456789',
    );
    const text = await connection.end();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toContain('mod_wsgi request data read error: The timeout specified has expired');
    connection.close();
  });

  it('clients that are slow keep no other waiting', async () => {
    const reader = await Connection.open(httpd.port);
    reader.pause();
    reader.send('GET /responses/endless HTTP/1.1\r\nHost: lab.example\r\n\r\n');
    const writer = await Connection.open(httpd.port);
    writer.send('POST /body/read HTTP/1.1\r\nHost: lab.example\r\nContent-Length: 100\r\n\r\n0');
    const begin = Date.now();
    expect((await request(httpd.port, '/responses/one_item_list')).body).toBe('hello');
    expect(Date.now() - begin).toBeLessThan(500);
    reader.hangUp();
    writer.hangUp();
  });
});
