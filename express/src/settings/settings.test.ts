import { describe, expect, it } from 'vitest';
import { parseArguments } from '../command-line/parse';
import { readSettings } from './index';

const settings = (...words: string[]) => readSettings(parseArguments(words), '/project');

describe('readSettings', () => {
  it('fills in the defaults of the table', () => {
    expect(settings('app.wsgi')).toMatchObject({
      application: { type: 'script', entry: '/project/app.wsgi', callable: 'application' },
      workingDirectory: '/project',
      python: undefined,
      host: undefined,
      port: 8000,
      threads: 5,
      serverRoot: undefined,
      mpms: ['worker', 'event', 'prefork'],
      debugMode: false,
      logLevel: 'warn',
    });
  });

  it.each<[string[], object]>([
    [['--entry-point=b.wsgi', 'a.wsgi'], { application: { entry: '/project/b.wsgi' } }],
    [
      ['--application-type=static', '--document-root=d'],
      { application: { type: 'static', entry: '/project/d' } },
    ],
    [['x.ini', '--application-type=paste'], { application: { type: 'paste', entry: '/project/x.ini' } }],
    [['a.wsgi', '--mount-point=/app/'], { application: { mountPoint: '/app' } }],
    [
      ['a.wsgi', '--ssl-port=443', '--ssl-certificate=c'],
      { tls: { port: 443, certificate: '/project/c.crt', key: '/project/c.key' } },
    ],
    [['a.wsgi', '--lang=C.UTF-8'], { interpreter: { locale: 'C.UTF-8' } }],
    [
      ['a.wsgi', '--url-alias', '/a', 'x', '--url-alias=/a/b', 'y'],
      {
        files: {
          aliases: [
            { url: '/a/b', target: '/project/y' },
            { url: '/a', target: '/project/x' },
          ],
        },
      },
    ],
    [['a.wsgi', '--trust-proxy=FE80::/10'], { proxy: { trustedProxies: ['fe80::/10'] } }],
    [
      ['a.wsgi', '--add-handler', 'foo', 'h.py'],
      { files: { handlers: [{ extension: '.foo', script: '/project/h.py' }] } },
    ],
    [['a.wsgi', '--header-timeout=45'], { requests: { headers: { timeout: 45, maximum: 0 } } }],
    [['a.wsgi', '--body-max-timeout=16'], { requests: { body: { timeout: 15, maximum: 16 } } }],
    [['a.wsgi', '--embedded-mode'], { reloadsScript: false }],
    [['a.wsgi', '--reload-on-changes'], { reloadsScript: true, reloadsOnChanges: true }],
    [
      ['a.wsgi', '--service-script', 'clock', 'c.py', '--service-user', 'clock', 'me'],
      { services: [{ name: 'clock', script: '/project/c.py', user: 'me', group: undefined }] },
    ],
  ])('%j', (words, expected) => {
    expect(settings(...words)).toMatchObject(expected);
  });

  it('makes paths absolute and leaves the name of a program to PATH', () => {
    expect(
      settings(
        'app.wsgi',
        '--working-directory=sub',
        '--python=venv/bin/python',
        '--server-root=../r',
        '--python-path=lib',
      ),
    ).toMatchObject({
      workingDirectory: '/project/sub',
      python: '/project/venv/bin/python',
      serverRoot: '/r',
      pythonPath: ['/project/lib'],
    });
    expect(settings('app.wsgi', '--python=python3.12').python).toBe('python3.12');
  });

  it.each([
    '--debug-mode',
    '--enable-debugger',
    '--debugger-startup',
    '--enable-coverage',
    '--enable-profiler',
    '--enable-recorder',
  ])('%s means debug mode, with prefork', (flag) => {
    expect(settings('app.wsgi', flag)).toMatchObject({ debugMode: true, mpms: ['prefork', 'worker'] });
  });

  it('keeps the MPM that was chosen', () => {
    expect(settings('app.wsgi', '--debug-mode', '--server-mpm=event').mpms).toEqual(['event']);
  });

  it('takes a module by its dotted name', () => {
    expect(settings('my.site.wsgi', '--application-type=module').application).toEqual({
      type: 'module',
      entry: 'my.site.wsgi',
      callable: 'application',
      isDjangoProject: false,
      mountPoint: '/',
      interpreter: '%{GLOBAL}',
    });
  });

  it.each([
    [[], 'names no application'],
    [['a.wsgi', 'b.wsgi'], '"b.wsgi" is one word too many'],
    [['--application-type=static'], 'does not say which'],
    [['a.wsgi', '--application-type=static', '--document-root=d'], 'one word too many'],
    [['a.wsgi', '--body-max-timeout=15'], '--body-max-timeout does not accept "15": the time that it limits'],
    [['a.wsgi', '--header-timeout=45', '--header-max-timeout=30'], '--header-timeout, is 45'],
    [['a.wsgi', '--https-port=8443'], 'needs a certificate and its private key'],
    [['a.wsgi', '--auth-group-script=g.py'], 'nothing tells who the user is'],
    [['a.wsgi', '--server-name=a b'], '--server-name does not accept "a b"'],
    [['a.wsgi', '--trust-proxy-header=X_Real_IP'], 'does not accept "X_Real_IP"'],
    [['a.wsgi', '--trust-proxy=proxy.example'], '--trust-proxy does not accept'],
    [['a.wsgi', '--trust-proxy=10.0.0.0/33'], '--trust-proxy does not accept'],
    [['a.wsgi', '--proxy-mount-point', '/x', 'localhost:80'], 'does not accept "localhost:80"'],
    [['a.wsgi', '--error-document', 'abc', '/x'], '--error-document does not accept "abc"'],
    [['a.wsgi', '--setenv', 'A B', 'c'], '--setenv does not accept "A B"'],
    [['a.wsgi', '--service-user', 'clock', 'me'], 'names the service "clock", and there is none'],
    [['a.wsgi', '--error-log-name=../x'], '--error-log-name does not accept "../x"'],
    [['a.wsgi', '--locale=C; id'], '--locale does not accept'],
    [['a.wsgi', '--shell-executable=/bin/a\nid'], '--shell-executable does not accept'],
    [['a/b.py', '--application-type=module'], '"a/b.py" is not the name of a Python module'],
    [['a.wsgi', '--newrelic-environment=staging'], 'the command line names none'],
    [['a.wsgi', '--callable-object=%{ENV:X}'], '--callable-object does not accept "%{ENV:X}"'],
  ])('%j is refused', (words, message) => {
    expect(() => settings(...words)).toThrow(message);
  });
});
