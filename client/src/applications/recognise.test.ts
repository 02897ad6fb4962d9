import { describe, expect, it } from 'vitest';
import { type Application, applicationsOf } from './application';
import { djangoProject } from './django';
import { asgiFramework, recogniseApplication } from './recognise';

/** Text of a file → its framework and callable; undefined for no application. */
const FILES: readonly (readonly [title: string, text: string, expected: string | undefined])[] = [
  ['Flask', 'from flask import Flask\n\napp = Flask(__name__)\n', 'Flask, line 2'],
  ['Flask under another name', 'import flask\nshop = flask.Flask("shop")\n', 'Flask shop, line 1'],
  ['a Flask factory', 'from flask import Flask\ndef create_app(config=None):\n    pass\n', 'Flask, line 1'],
  ['an annotated one', 'from flask import Flask\nsite: Flask = Flask(__name__)\n', 'Flask site, line 1'],
  ['Bottle', 'import bottle\nweb = bottle.default_app()\n', 'Bottle web, line 1'],
  ['Falcon', 'import falcon\napi = falcon.App()\n', 'Falcon api, line 1'],
  [
    'Pyramid',
    'from pyramid.config import Configurator\nwsgi = config.make_wsgi_app()\n',
    'Pyramid wsgi, line 1',
  ],
  [
    "Django's wsgi.py",
    'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
    'Django, line 1',
  ],
  ['a function', '"""Text"""\ndef application(environ, start_response):\n', 'WSGI application, line 1'],
  ['a wrapped one', 'application = Middleware(other)\n', 'WSGI application, line 0'],
  ['an imported one', 'from shop import app as application\n', 'WSGI application, line 0'],
  ['a name that begins alike', 'applications = []\napplication_name = "x"\n', undefined],
  ['a comparison', 'application == other\n', undefined],
  ['a use of Flask that makes none', 'from flask import request\n\nprint(request.path)\n', undefined],
  ['an indented one', 'def test():\n    app = Flask(__name__)\n', undefined],
  ['Celery', 'from celery import Celery\napp = Celery("tasks")\n', undefined],
  ['FastAPI', 'from fastapi import FastAPI\napp = FastAPI()\n', undefined],
  ['an extension of Flask alone', 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n', undefined],
];

const shown = (application: Application | undefined): string | undefined =>
  application &&
  `${[application.kind, application.launch.callable].filter(Boolean).join(' ')}, line ${application.line}`;

describe('recogniseApplication', () => {
  for (const [title, text, expected] of FILES)
    it(title, () => expect(shown(recogniseApplication('/srv/shop/main.py', text))).toBe(expected));

  it('takes every .wsgi file for a script', () =>
    expect(recogniseApplication('/srv/shop/shop.wsgi', '')).toMatchObject({
      kind: 'WSGI script',
      launch: { program: '/srv/shop/shop.wsgi' },
    }));

  it('starts a module of a package under its own name, so that it can import its neighbours', () =>
    expect(
      recogniseApplication('/srv/shop/web/__init__.py', 'from flask import Flask\ndef create_app(): ...', {
        module: 'shop.web',
        root: '/srv',
      }),
    ).toMatchObject({ folder: '/srv/shop', launch: { module: 'shop.web', cwd: '/srv' } }));

  it('tells an ASGI framework by its name', () => {
    expect(asgiFramework('from fastapi import FastAPI\n')).toBe('fastapi');
    expect(asgiFramework('import flask\n')).toBeUndefined();
  });
});

describe('djangoProject', () => {
  const MANAGE = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bookshop.settings")\n';
  const find = (files: Record<string, string>) =>
    djangoProject('/srv/manage.py', async (file) => files[file]);

  it('is served by what its settings name', async () =>
    expect(
      (
        await find({
          '/srv/manage.py': MANAGE,
          '/srv/bookshop/settings.py': 'WSGI_APPLICATION = "bookshop.servers.site"\n',
          '/srv/bookshop/servers.py': '',
        })
      )?.launch,
    ).toEqual({ program: '/srv/bookshop/servers.py', callable: 'site' }));

  it('is served by wsgi.py where the settings name nothing', async () =>
    expect((await find({ '/srv/manage.py': MANAGE, '/srv/bookshop/wsgi.py': '' }))?.launch).toEqual({
      program: '/srv/bookshop/wsgi.py',
    }));

  it('is none without the file, or where manage.py is another tool', async () => {
    expect(await find({ '/srv/manage.py': MANAGE })).toBeUndefined();
    expect(await find({ '/srv/manage.py': 'import sys\n', '/srv/bookshop/wsgi.py': '' })).toBeUndefined();
  });
});

describe('applicationsOf', () => {
  const application = (file: string, folder: string, program = file): Application => ({
    kind: '',
    file,
    folder,
    line: 0,
    launch: { program },
  });
  const django = application('/w/books/manage.py', '/w/books', '/w/books/shop/wsgi.py');
  const first = application('/w/flask/app.py', '/w/flask');
  const second = application('/w/flask/wsgi.py', '/w/flask');
  const mounts = ['/', '/two'].map((url) => ({ ...application('/w/shop.conf', '/w', second.file), url }));
  const all = [django, first, second, ...mounts];

  it('is the one that the file defines', () =>
    expect(applicationsOf('/w/flask/wsgi.py', all)).toEqual([second]));
  it('is the project that the file serves', () =>
    expect(applicationsOf('/w/books/shop/wsgi.py', all)).toEqual([django]));
  it('is the project around the file', () =>
    expect(applicationsOf('/w/books/shop/orders.py', all)).toEqual([django]));
  it('can be several', () => expect(applicationsOf('/w/flask/prices.py', all)).toEqual([first, second]));
  it('are all that a configuration mounts', () =>
    expect(applicationsOf('/w/shop.conf', all)).toEqual(mounts));
  it('is none elsewhere', () => expect(applicationsOf('/v/books/x.py', all)).toEqual([]));
});
