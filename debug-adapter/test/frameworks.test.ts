import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Session } from './client';
import { EXAMPLES_PYTHON } from './runtimes';
import { markedLine, Workspace } from './workspace';

let workspace: Workspace;

beforeEach(() => {
  workspace = new Workspace();
});

afterEach(async () => {
  expect(await workspace.close()).toEqual([]);
});

/** Every application fails at `# raises` for /fail and answers it with an error page; /meant is a deliberate 503. */
const FAILING = `\
def fail():
    prices = {"tea": 3}
    return prices["pie"]  # raises
`;

const SWALLOWING = [
  {
    name: "Flask's own error page",
    needs: 'flask',
    source: `${FAILING}
from flask import Flask, abort
app = Flask(__name__)
app.add_url_rule("/fail", view_func=fail)
app.add_url_rule("/meant", "meant", lambda: abort(503))
`,
    by: 'turned into an error page by Flask',
  },
  {
    name: 'an error handler of a Flask application',
    needs: 'flask',
    source: `${FAILING}
from flask import Flask, abort
app = Flask(__name__)
app.add_url_rule("/fail", view_func=fail)
app.add_url_rule("/meant", "meant", lambda: abort(503))

@app.errorhandler(LookupError)
def on_lookup(error):
    return "not here", 500
`,
    by: 'turned into an error page by an error handler of the application',
  },
  {
    name: 'Django',
    needs: 'django',
    source: `${FAILING}
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
urlpatterns = [
    path("fail", lambda request: fail()),
    path("meant", lambda request: HttpResponse("busy", status=503)),
]
app = get_wsgi_application()
`,
    by: 'turned into an error page by Django',
  },
  {
    name: 'an exception view of Pyramid',
    needs: 'pyramid',
    source: `${FAILING}
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPServiceUnavailable
from pyramid.response import Response

def meant(request):
    raise HTTPServiceUnavailable()

def on_error(error, request):
    return Response("sorry", status=500)

with Configurator() as config:
    config.add_route("fail", "/fail")
    config.add_view(lambda request: Response(fail()), route_name="fail")
    config.add_route("meant", "/meant")
    config.add_view(meant, route_name="meant")
    config.add_exception_view(on_error, context=Exception)
    app = config.make_wsgi_app()
`,
    by: "given to Pyramid's exception views",
  },
  {
    name: "Werkzeug's debugger",
    needs: 'werkzeug',
    source: `${FAILING}
from werkzeug.debug import DebuggedApplication

def plain(environ, start_response):
    if environ["PATH_INFO"] == "/meant":
        start_response("503 Busy", [])
        return [b"busy"]
    return [fail()]

app = DebuggedApplication(plain, evalex=False)
`,
    by: 'turned into an error page by debug_application() of werkzeug.debug',
  },
  {
    name: 'a middleware that answers while it handles the exception',
    needs: 'wsgiref',
    source: `${FAILING}
def plain(environ, start_response):
    if environ["PATH_INFO"] == "/meant":
        start_response("503 Busy", [])
        return [b"busy"]
    return [fail()]

def app(environ, start_response):
    try:
        return plain(environ, start_response)
    except Exception:
        start_response("500 Sorry", [])
        return [b"sorry"]
`,
    by: 'turned into an error page by app() of ',
  },
  {
    name: 'a middleware that hands the exception to start_response()',
    needs: 'wsgiref',
    source: `${FAILING}
import sys

def plain(environ, start_response):
    if environ["PATH_INFO"] == "/meant":
        start_response("503 Busy", [])
        return [b"busy"]
    start_response("200 OK", [])
    return [fail()]

class Catching:
    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        try:
            return self.application(environ, start_response)
        except Exception:
            failure = sys.exc_info()
        start_response("500 Sorry", [], failure)
        return [b"sorry"]

app = Catching(plain)
`,
    by: 'turned into an error page by __call__() of ',
  },
  {
    name: 'a middleware that answers after it has handled the exception',
    needs: 'wsgiref',
    source: `${FAILING}
def plain(environ, start_response):
    if environ["PATH_INFO"] == "/meant":
        start_response("503 Busy", [])
        return [b"busy"]
    return [fail()]

def app(environ, start_response):
    failure = None
    try:
        return plain(environ, start_response)
    except Exception as error:
        failure = error
    start_response("500 Sorry", [])
    return [str(failure).encode()]
`,
    by: 'turned into an error page by app() of ',
  },
] as const;

const lacks = (module: string): boolean => {
  try {
    execFileSync(EXAMPLES_PYTHON, ['-c', `import ${module}`], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
};

describe.each([
  { engine: 'debugpy', live: true },
  { engine: 'the agent alone', live: false },
])('with $engine, an exception stops where it was raised although it becomes an error page', ({ live }) => {
  it.for(SWALLOWING)('by $name', async ({ needs, source, by }, context) => {
    if (lacks(needs)) context.skip(`${needs} is not installed here`);
    const program = workspace.write('app.py', source);
    const session = await Session.begin(workspace);
    await session.launch({ python: EXAMPLES_PYTHON, program, live });
    const { stop, answer } = await session.getAndStop('/fail');
    expect(stop.text).toBe("KeyError: 'pie'");
    expect(Session.focused(stop)).toMatchObject({ name: 'fail', line: markedLine(program, '# raises') });
    const { body } = await session.client.exceptionInfoRequest({ threadId: stop.threadId });
    expect(body.description).toContain(by);
    await session.continue(stop);
    expect((await answer)?.status).toBe(500);

    let stops = 0;
    session.client.on('stopped', () => {
      stops++;
    });
    expect((await session.get('/meant')).status).toBe(503);
    await session.client.setExceptionBreakpointsRequest({ filters: ['uncaught'] });
    expect((await session.get('/fail')).status).toBe(500);
    expect(stops, 'a response that is meant, and a filter that is off').toBe(0);
    await session.stop();
  });
});
