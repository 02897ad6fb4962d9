import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../common/src/errors';
import { runProgram } from '../../../common/src/run-program';
import type { Python } from '../../../common/src/runtime/python';
import type { Settings } from '../settings';

/** Prints what a server has to know about a Django project, as its own settings say it. */
const DESCRIBE = `
import json
from django.conf import settings
print(json.dumps({
    'application': settings.WSGI_APPLICATION or '',
    'staticUrl': settings.STATIC_URL or '',
    'staticRoot': str(settings.STATIC_ROOT or ''),
}))
`;

interface DjangoProject {
  /** The dotted name of the application: module and variable. */
  readonly application: string;
  readonly staticUrl: string;
  readonly staticRoot: string;
}

const failed = (folder: string, why: string): UserError =>
  new UserError({
    code: 'django-project-unclear',
    message: `The command line names no application, and the Django project in ${folder} does not tell: ${why}.`,
    action: 'Name the application, e.g. mysite/wsgi.py, or the interpreter of the project with --python.',
  });

/** The settings module that manage.py names, unless the environment names another. */
const settingsModule = (folder: string): string => {
  const named = process.env.DJANGO_SETTINGS_MODULE;
  const found = /DJANGO_SETTINGS_MODULE["'\]]*\s*[,=]\s*["']([\w.]+)["']/.exec(
    readFileSync(path.join(folder, 'manage.py'), 'utf8'),
  )?.[1];
  const module = named || found;
  if (!module) throw failed(folder, 'manage.py names no DJANGO_SETTINGS_MODULE');
  return module;
};

const describe = async (settings: Settings, python: Python): Promise<DjangoProject> => {
  const { workingDirectory: folder, pythonPath } = settings;
  const inherited = process.env.PYTHONPATH;
  const { exitCode, stdout, stderr } = await runProgram(python.executable, ['-c', DESCRIBE], {
    cwd: folder,
    timeoutMs: 30_000,
    environment: {
      DJANGO_SETTINGS_MODULE: settingsModule(folder),
      PYTHONPATH: [folder, ...pythonPath, ...(inherited ? [inherited] : [])].join(':'),
    },
  });
  if (exitCode !== 0) throw failed(folder, stderr.trim().split('\n').at(-1) ?? 'Python ended');
  return JSON.parse(stdout.split('\n').at(-1) ?? '') as DjangoProject;
};

/**
 * Completes settings that name no application from those of the Django project in the working directory: the
 * application is `WSGI_APPLICATION`, and the files that `collectstatic` has collected are served by Apache.
 *
 * @returns the settings as they are where an application is named.
 * @throws UserError `django-project-unclear`.
 */
export const withDjangoProject = async (settings: Settings, python: Python): Promise<Settings> => {
  if (!settings.application.isDjangoProject) return settings;
  const { workingDirectory, files } = settings;
  const { application, staticUrl, staticRoot } = await describe(settings, python);
  const dot = application.lastIndexOf('.');
  if (dot <= 0) throw failed(workingDirectory, 'its settings have no WSGI_APPLICATION');
  const url = staticUrl.startsWith('/') ? staticUrl : `/${staticUrl}`;
  const target = path.resolve(workingDirectory, staticRoot);
  const isServed = staticRoot !== '' && url !== '/' && !staticUrl.includes('://') && existsSync(target);
  return {
    ...settings,
    application: {
      ...settings.application,
      entry: application.slice(0, dot),
      callable: application.slice(dot + 1),
    },
    files: isServed ? { ...files, aliases: [...files.aliases, { url, target }] } : files,
  };
};
