import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../common/src/ports';
import { type Launcher, serve } from '../support/launcher';
import { type Ask, ask, describeWithBoth, facts, modulesThatKnow, project } from './support';

const openssl = (cwd: string, ...args: string[]) => execFileSync('openssl', args, { cwd, stdio: 'pipe' });

/** An authority, a server's certificate and a client's, in a folder. */
const certificates = (cwd: string): void => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    cwd,
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-subj',
    '/CN=test authority',
    '-days',
    '2',
  );
  for (const name of ['server', 'client']) {
    openssl(
      cwd,
      'req',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}.example`,
    );
    openssl(
      cwd,
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.crt`,
      '-days',
      '2',
    );
  }
};

const withHost = (host: string): Ask => ({ headers: { host } });

describeWithBoth('a site with a name', (using) => {
  const start = (...words: string[]): Promise<Launcher> =>
    serve(['app.wsgi', ...words], { cwd: project(), ...using });

  it('answers to its names alone, and redirects its parent', async () => {
    const { port } = await start(
      '--server-name=www.site.example',
      '--server-alias=*.alias.example',
      '--server-alias=x.example',
    );
    const status = async (host: string) => (await ask(port, '/', withHost(host))).status;
    expect(await status('www.site.example')).toBe(200);
    expect(await status('any.alias.example')).toBe(200);
    expect(await status('x.example')).toBe(200);
    expect(await status('other.example')).toBe(403);
    expect(await status(`127.0.0.1:${port}`)).toBe(403);
    const parent = await ask(port, '/a?b', withHost('site.example'));
    expect([parent.status, parent.headers.location]).toEqual([301, `http://www.site.example:${port}/a?b`]);
    const { environ, variables } = await facts(port, '/', withHost('x.example'));
    expect(variables).toMatchObject({
      MOD_WSGI_SERVER_NAME: 'www.site.example',
      MOD_WSGI_SERVER_ALIASES: '*.alias.example x.example',
    });
    expect(environ.SERVER_NAME).toBe('x.example');
  });

  it('lets this machine in under any name with --allow-localhost', async () => {
    const { port } = await start('--server-name=site.example', '--allow-localhost');
    expect((await ask(port, '/', withHost('other.example'))).status).toBe(200);
  });
});

describeWithBoth('HTTPS', (using) => {
  const tls = { rejectUnauthorized: false };

  it('serves the site, tells the application, and redirects plain requests', async () => {
    const cwd = project();
    certificates(cwd);
    const secure = await freePort();
    const { port } = await serve(
      [
        ...[
          'app.wsgi',
          `--https-port=${secure}`,
          '--ssl-certificate=server',
          '--ssl-certificate-chain-file=ca.crt',
        ],
        ...['--https-only', '--hsts-policy=max-age=60', '--ssl-environment', '--http2'],
      ],
      { cwd, ...using },
    );
    const got = await facts(secure, '/x', { tls });
    expect(got.environ).toMatchObject({ 'wsgi.url_scheme': 'https', SSL_SERVER_S_DN_CN: 'server.example' });
    expect((await ask(secure, '/', { tls })).headers['strict-transport-security']).toBe('max-age=60');
    const plain = await ask(port, '/a%20b?c=d', withHost('127.0.0.1'));
    expect([plain.status, plain.headers.location]).toEqual([301, `https://127.0.0.1:${secure}/a%20b?c=d`]);
  });

  it('asks clients for certificates: everywhere, or below a path', async () => {
    const cwd = project();
    certificates(cwd);
    const own = {
      ...tls,
      cert: readFileSync(path.join(cwd, 'client.crt')),
      key: readFileSync(path.join(cwd, 'client.key')),
    };
    const files = [
      '--ssl-certificate-file=server.crt',
      '--ssl-certificate-key-file=server.key',
      '--ssl-ca-certificate-file=ca.crt',
    ];
    const everywhere = await freePort();
    await serve(['app.wsgi', `--ssl-port=${everywhere}`, ...files], { cwd, ...using });
    await expect(ask(everywhere, '/', { tls })).rejects.toThrow();
    expect((await ask(everywhere, '/', { tls: own })).status).toBe(200);

    const below = await freePort();
    const second = await serve(
      [
        'app.wsgi',
        `--https-port=${below}`,
        ...files,
        '--ssl-verify-client=/private',
        '--server-name=site.example',
        '--https-only',
      ],
      { cwd, ...using },
    );
    // A connection that exists already asks for a certificate in TLS 1.2 only, as far as Node knows.
    const named = (more: object) => ({
      ...withHost('site.example'),
      tls: { ...more, maxVersion: 'TLSv1.2' as const },
    });
    expect((await ask(below, '/public', named(tls))).status).toBe(200);
    const stranger = await ask(below, '/private', named(tls)).then(
      ({ status }) => status,
      () => 'cut off',
    );
    expect([403, 'cut off']).toContain(stranger);
    expect((await ask(below, '/private', named(own))).status).toBe(200);
    expect((await ask(below, '/', { tls })).status).toBe(403);
    const redirected = await ask(second.port, '/x', withHost('site.example'));
    expect(redirected.headers.location).toBe(`https://site.example:${below}/x`);
  });
});

describe.each(await modulesThatKnow('WSGIAuthUserScript'))(
  'scripts of the $name module',
  ({ module, missing }) => {
    const SCRIPTS = {
      'users.py': `import hashlib
def check_password(environ, user, password):
    return user == "me" and password == "open sesame"
def get_realm_hash(environ, user, realm):
    return hashlib.md5(("%s:%s:open sesame" % (user, realm)).encode()).hexdigest() if user == "me" else None
`,
      'groups.py': 'def groups_for_user(environ, user):\n    return ["staff"]\n',
      'hosts.py': 'def allow_access(environ, host):\n    return environ["REQUEST_URI"] != "/closed"\n',
      'docs/a.txt': 'a file',
      'docs/.htaccess': 'secret',
    };
    const authorization = (password: string): Ask => ({
      headers: { authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` },
    });
    const using = module ? { module } : {};

    it.skipIf(!module)(`decide who gets in${module ? '' : ` (left out: ${missing})`}`, async () => {
      const { port } = await serve(
        [
          ...[
            'app.wsgi',
            '--auth-user-script=users.py',
            '--auth-group-script=groups.py',
            '--auth-group=staff',
          ],
          ...['--host-access-script=hosts.py', '--document-root=docs', '--server-status'],
        ],
        { cwd: project(SCRIPTS), ...using },
      );
      const { status, headers } = await ask(port, '/');
      expect([status, headers['www-authenticate']]).toEqual([401, `Basic realm="127.0.0.1:${port}"`]);
      expect((await ask(port, '/', authorization('wrong'))).status).toBe(401);
      expect((await facts(port, '/', authorization('open sesame'))).environ.REMOTE_USER).toBe('me');
      expect((await ask(port, '/a.txt', authorization('open sesame'))).body).toBe('a file');
      expect((await ask(port, '/.htaccess', authorization('open sesame'))).status).toBe(403);
      expect((await ask(port, '/closed', authorization('open sesame'))).status).toBe(403);
      expect((await ask(port, '/server-status')).status).toBe(200);
    });

    it.skipIf(!module)('keep those out who are not in the group, and ask for a digest', async () => {
      const { port } = await serve(
        ['app.wsgi', '--auth-user-script=users.py', '--auth-group-script=groups.py'],
        {
          cwd: project(SCRIPTS),
          ...using,
        },
      );
      expect((await ask(port, '/', authorization('open sesame'))).status).toBe(401);
      const digest = await serve(['app.wsgi', '--auth-user-script=users.py', '--auth-type=Digest'], {
        cwd: project(SCRIPTS),
        ...using,
      });
      const curl = (password: string) =>
        execFileSync(
          'curl',
          [
            '-s',
            '-o',
            '/dev/null',
            '-w',
            '%{http_code}',
            '--digest',
            '-u',
            `me:${password}`,
            `http://127.0.0.1:${digest.port}/`,
          ],
          {
            encoding: 'utf8',
          },
        );
      expect(curl('open sesame')).toBe('200');
      expect(curl('wrong')).toBe('401');
    });
  },
);
