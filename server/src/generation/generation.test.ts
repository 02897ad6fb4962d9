import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze } from '../analysis';
import { readConfiguration } from '../configuration/read';
import { memoryFiles } from '../model/fixtures/memory-files';
import { siteOf } from '../mounts/site';
import { check } from '../rules/check';
import { checkSite } from '../rules/check-site';
import { findApplication } from './application';
import { siteFor } from './request';
import { generateSite, layoutOf } from './site';

const VENV = {
  '/srv/shop/.venv/pyvenv.cfg': 'version = 3.12.1\n',
  '/srv/shop/.venv/lib/python3.12/os.py': '',
};

const SETTINGS = `
DEBUG = True
ALLOWED_HOSTS = []
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "collected" / "static"
MEDIA_URL = "https://cdn.example.com/media/"
MEDIA_ROOT = "/srv/media"
INSTALLED_APPS = ["rest_framework"]
`;

const DJANGO = {
  '/srv/shop/manage.py': '',
  '/srv/shop/shop/__init__.py': '',
  '/srv/shop/shop/settings.py': SETTINGS,
  '/srv/shop/shop/wsgi.py':
    'import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = get_wsgi_application()\n',
  ...VENV,
};

const FLASK = {
  '/srv/shop/app.py': 'from flask import Flask\napp = Flask(__name__)\n',
  '/srv/shop/static/shop.css': '',
  ...VENV,
};

const site = (files: Record<string, string>, at: string, choice = {}) => {
  const application = findApplication(memoryFiles(files), at);
  if (!application) throw new Error(`no application at ${at}`);
  return { application, ...generateSite(application, choice, layoutOf(memoryFiles(files))) };
};

/** What our own rules say of the text, on a machine with these files. */
const findings = (text: string, files: Record<string, string>) => {
  const root = '/etc/apache2/apache2.conf';
  const whole = `LoadModule wsgi_module modules/mod_wsgi.so\nServerName main.example.com\n${text}`;
  const all = memoryFiles({
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
    '/etc/apache2/modules/mod_wsgi.so': '',
    ...files,
    [root]: whole,
  });
  const analysis = analyze(whole, root);
  const configuration = readConfiguration(
    { files: all, analysisOf: (path) => (path === root ? analysis : undefined) },
    {
      root,
      rooted: true,
      local: true,
      serverRoot: '/etc/apache2',
      environment: new Map([['APACHE_LOG_DIR', '/var/log/apache2']]),
    },
  );
  const machine = { ...all, status: () => ({ mode: 0o40755, uid: 0, gid: 0 }) };
  const found = checkSite({
    site: siteOf(configuration),
    machine,
    version: undefined,
    profile: 'production',
    outsideOf: undefined,
  });
  return [...check(analysis), ...[...found.values()].flat()]
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule, message }) => `${rule}: ${message}`);
};

describe('finding the application', () => {
  test.each([
    [
      'a Django project by its folder',
      DJANGO,
      '/srv/shop',
      'django',
      '/srv/shop/shop/wsgi.py',
      'application',
    ],
    [
      'a Django project by its script',
      DJANGO,
      '/srv/shop/shop/wsgi.py',
      'django',
      '/srv/shop/shop/wsgi.py',
      'application',
    ],
    ['Flask by its module', FLASK, '/srv/shop/app.py', 'flask', '/srv/shop/app.py', 'app'],
    [
      'Flask behind a script',
      { ...FLASK, '/srv/shop/wsgi.py': 'from app import app as application\n' },
      '/srv/shop',
      'flask',
      '/srv/shop/wsgi.py',
      'application',
    ],
    [
      'a plain script',
      { '/srv/shop/shop.wsgi': 'def application(environ, start_response): ...\n' },
      '/srv/shop',
      'wsgi',
      '/srv/shop/shop.wsgi',
      'application',
    ],
  ])('%s', (_, files, at, framework, script, callable) => {
    const { application } = site(files as Record<string, string>, at);
    expect(application).toMatchObject({ framework, script, callable, root: '/srv/shop', name: 'shop' });
  });

  test.each(['/srv/nothing', '/srv/shop/gone.py'])('%s is none', (at) => {
    expect(findApplication(memoryFiles({ '/srv/shop/readme.txt': '' }), at)).toBeUndefined();
  });

  test('a factory needs a script, and the note says so', () => {
    const { notes } = site({ '/srv/shop/app.py': 'def create_app():\n    ...\n' }, '/srv/shop');
    expect(notes.join('\n')).toContain('application = create_app()');
  });

  test.each(['plain', 'flask', 'django'])('the example %s', (name) => {
    const folder = path.join(__dirname, '..', '..', '..', 'examples', name);
    const files = Object.fromEntries(
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.py') || file.endsWith('.wsgi'))
        .map((file) => [`/srv/${name}/${file}`, readFileSync(path.join(folder, file), 'utf8')]),
    );
    const { application, text } = site(files, `/srv/${name}`);
    expect(application.framework).toBe(name === 'plain' ? 'wsgi' : name);
    expect(findings(text, files)).toEqual([]);
  });
});

describe('a request', () => {
  const ask = (
    params: { serverName?: string; pythonHome?: string },
    path: string | undefined = '/srv/shop',
  ) => siteFor(path, { uri: `file://${path}`, ...params }, memoryFiles(FLASK));

  test('gives a file', () => {
    expect(ask({ serverName: 'shop.example.org' })).toMatchObject({
      fileName: 'shop.conf',
      framework: 'flask',
    });
  });

  test.each([
    ['not-a-server-name', { serverName: 'shop.org\nLoadModule evil' }, undefined],
    ['not-a-server-name', { serverName: 'http://shop.org/' }, undefined],
    ['not-a-path', { pythonHome: '/venv"\nLoadModule evil' }, undefined],
    ['not-a-path', {}, '/srv/a\nb'],
    ['no-application', {}, '/srv'],
  ])('%s: %j', (code, params, path) => {
    expect(() => ask(params, path)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the site', () => {
  test('Django: static files, Authorization, and what is left to do', () => {
    const { text, notes } = site(DJANGO, '/srv/shop', { serverName: 'shop.org' });
    expect(text).toContain('    ServerName shop.org\n');
    expect(text).toContain('    Alias /static/ /srv/shop/collected/static/\n');
    expect(text).not.toContain('cdn.example.com');
    expect(text).toContain('python-home=/srv/shop/.venv');
    expect(text).toContain('WSGIPassAuthorization On');
    for (const word of ['collectstatic', 'ALLOWED_HOSTS', 'DEBUG']) expect(notes.join('\n')).toContain(word);
  });

  test('Flask: its static folder and its callable', () => {
    const { text, notes } = site(FLASK, '/srv/shop');
    expect(text).toContain('Alias /static/ /srv/shop/static/');
    expect(text).toContain('callable-object=app');
    expect(notes[0]).toContain('shop.example.com');
  });

  test('a given environment counts; without any the note says what happens', () => {
    const files = { '/srv/shop/shop.wsgi': 'application = 1\n' };
    expect(site(files, '/srv/shop', { pythonHome: '/opt/my venv' }).text).toContain(
      'python-home="/opt/my venv"',
    );
    expect(site(files, '/srv/shop').notes.join('\n')).toContain('No virtual environment');
  });

  test("it is written for the system's layout", () => {
    const debian = { ...FLASK, '/etc/apache2/sites-available/': '' };
    expect(site(debian, '/srv/shop').text).toContain('_DIR}/shop-error.log');
    expect(site(debian, '/srv/shop').notes.join('\n')).toContain('a2ensite shop');
    expect(site({ ...FLASK, '/etc/httpd/conf.d/': '' }, '/srv/shop').text).toContain('ErrorLog logs/');
    expect(site(FLASK, '/srv/shop').text).not.toContain('ErrorLog');
  });

  test.each([
    ['Django', DJANGO],
    ['Flask', FLASK],
  ])('%s: our own rules find nothing wrong with it', (_, files) => {
    const all: Record<string, string> = { ...files, '/srv/shop/collected/static/a': '' };
    expect(findings(site(all, '/srv/shop').text, all)).toEqual([]);
  });
});
