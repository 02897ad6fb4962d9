import { describe, expect, it } from 'vitest';
import { runToEnd, serve } from '../support/launcher';
import { hasEnvironment } from '../support/machine';
import { scratchFolder } from '../support/scratch';
import { ask, project } from './support';

const PROJECT = {
  'manage.py': `import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
`,
  'shop/__init__.py': '',
  'shop/settings.py': `from pathlib import Path
SECRET_KEY = "x"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.serving.site"
STATIC_URL = "static/"
STATIC_ROOT = Path(__file__).parent.parent / "collected"
`,
  'shop/urls.py': `from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("hello", lambda request: HttpResponse("hello from Django"))]
`,
  'shop/serving.py': `import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
site = get_wsgi_application()
`,
  'collected/style.css': 'body {}',
};

describe.skipIf(!hasEnvironment)(
  'a Django project (left out where the environment of set-up is missing)',
  () => {
    it('is served without naming an application, with its static files', async () => {
      const cwd = project(PROJECT);
      const server = await serve([], { cwd });
      expect(server.stdout).toContain('shop.serving (site)');
      expect((await ask(server.port, '/hello')).body).toBe('hello from Django');
      expect(await ask(server.port, '/static/style.css')).toMatchObject({ status: 200, body: 'body {}' });
      expect((await ask(server.port, '/static/none.css')).status).toBe(404);
    });

    it.each([
      [{ 'manage.py': 'print("no Django")\n' }, 'manage.py names no DJANGO_SETTINGS_MODULE'],
      [{ 'manage.py': PROJECT['manage.py'] }, "No module named 'shop'"],
      [{ ...PROJECT, 'shop/settings.py': 'SECRET_KEY = "x"\n' }, 'its settings have no WSGI_APPLICATION'],
    ])('that does not say what it is: %#', async (files, reason) => {
      const { status, stderr } = await runToEnd(['--port=0'], { cwd: project(files) });
      expect(status).toBe(1);
      expect(stderr).toContain(reason);
      expect(stderr).toContain('[django-project-unclear]');
    });

    it('is looked for only where no application is named', async () => {
      const { status, stderr } = await runToEnd(['--port=0'], { cwd: scratchFolder() });
      expect(status).toBe(2);
      expect(stderr).toContain('The command line names no application.');
    });
  },
);
