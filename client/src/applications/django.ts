import path from 'node:path';
import type { Application } from './application';

/** Reads a file; undefined where there is none. */
export type ReadFile = (file: string) => Promise<string | undefined>;

const SETTINGS_MODULE = /DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']/;
const WSGI_APPLICATION = /^WSGI_APPLICATION\s*=\s*["']([\w.]+)\.(\w+)["']/m;

/**
 * The Django project of a `manage.py`, where that is what the file is: its settings name the WSGI application, and `startproject` puts that into
 * `wsgi.py` beside them.
 *
 * @returns undefined where the file is another's, or the application's file is not there
 */
export const djangoProject = async (managePy: string, read: ReadFile): Promise<Application | undefined> => {
  if (path.basename(managePy) !== 'manage.py') return undefined;
  const settings = SETTINGS_MODULE.exec((await read(managePy)) ?? '')?.[1];
  if (!settings) return undefined;
  const folder = path.dirname(managePy);
  const fileOf = (module: string) => `${path.join(folder, ...module.split('.'))}.py`;
  const named = WSGI_APPLICATION.exec((await read(fileOf(settings))) ?? '');
  const [module, callable] = named?.[1]
    ? [named[1], named[2] ?? 'application']
    : [`${settings.split('.')[0]}.wsgi`, 'application'];
  const program = fileOf(module);
  if ((await read(program)) === undefined) return undefined;
  return {
    kind: 'Django project',
    file: managePy,
    folder,
    line: 0,
    launch: { program, ...(callable !== 'application' && { callable }) },
  };
};
