import { writeFileSync } from 'node:fs';
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

const FLASK = `\
from flask import Flask, render_template

app = Flask(__name__)

@app.route("/")
def index():
    return render_template("books.html", books=["Emma", "Dracula"])
`;

/** A project in one file; models and queries are looked at, not sent. */
const DJANGO = `\
import os

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    ROOT_URLCONF=__name__,
    SECRET_KEY="for the test",
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [os.path.join(os.path.dirname(__file__), "templates")],
    }],
)

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import models
from django.shortcuts import render
from django.urls import path

class Book(models.Model):
    title = models.CharField(max_length=99)

    class Meta:
        app_label = "shop"

    def __str__(self):
        raise AssertionError("a debugger must not ask for it")

def index(request):
    book = Book(id=7, title="Emma")
    wanted = Book.objects.filter(title="Emma")
    names = ["Emma", "Dracula"]
    return render(request, "books.html", {"books": names})  # in view

urlpatterns = [path("", index)]
`;

describe('templates', () => {
  it.each([
    { framework: 'Flask', source: FLASK, mark: '{# in loop #}' },
    { framework: 'Django', source: DJANGO, mark: '{# in loop #}' },
  ])("breakpoints in $framework's stop", async ({ framework, source, mark }) => {
    const program = workspace.write('app.py', source);
    const template = workspace.write(
      'templates/books.html',
      '<ul>\n{% for book in books %}\n<li>{{ book }}{# in loop #}</li>\n{% endfor %}\n</ul>\n',
    );
    const session = await Session.begin(workspace);
    const { client } = session;
    await session.launch({ python: EXAMPLES_PYTHON, program, cwd: workspace.root }, async () => {
      const line = markedLine(template, mark);
      await client.setBreakpointsRequest({ source: { path: template }, breakpoints: [{ line }] });
      if (framework !== 'Django') return;
      const inView = { line: markedLine(program, '# in view') };
      await client.setBreakpointsRequest({ source: { path: program }, breakpoints: [inView] });
    });
    let { stop, answer } = await session.getAndStop('/');
    if (framework === 'Django') {
      const { book, request, wanted } = await session.locals(Session.focused(stop));
      expect(book?.value).toBe("Book(id=7, title='Emma')");
      expect(request?.value).toBe('GET /');
      expect(wanted?.value).toMatch(/^QuerySet of Book, not fetched: SELECT .* WHERE .*title/);
      stop = await session.step('continue', stop);
    }
    const frame = Session.focused(stop);
    expect(frame).toMatchObject({ line: markedLine(template, mark), source: { path: template } });
    expect(await session.evaluate('book', frame)).toBe("'Emma'");
    expect((await session.locals(frame)).books?.value).toBe("['Emma', 'Dracula']");
    const second = await session.step('continue', stop);
    expect(await session.evaluate('book', Session.focused(second))).toBe("'Dracula'");
    await session.continue(second);
    expect((await answer)?.text).toContain('<li>Dracula</li>');
    await session.stop();
  });
});

const RELOADED = `\
import os

from prices import price_of

def app(environ, start_response):
    start_response("200 OK", [])
    return [("%d %d" % (price_of("apple"), os.getpid())).encode()]
`;

describe('autoReload', () => {
  it('takes over a changed module between two requests, and the server stays', async () => {
    const program = workspace.write('app.py', RELOADED);
    const prices = workspace.write('prices.py', 'def price_of(article):\n    return 3\n');
    const session = await Session.begin(workspace);
    await session.launch({ python: EXAMPLES_PYTHON, program, autoReload: true });
    const [before, process] = (await session.get('/')).text.split(' ');
    expect(before).toBe('3');
    await expect
      .poll(
        async () => {
          writeFileSync(prices, `def price_of(article):\n    return 4  # ${Date.now()}\n`);
          return (await session.get('/')).text;
        },
        { timeout: 30_000, interval: 1_000 },
      )
      .toBe(`4 ${process}`);
    await session.stop();
  });
});
