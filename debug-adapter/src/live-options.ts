import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { AttachAttributes, LaunchAttributes } from '../../common/src/launch-attributes';
import type { LiveOptions } from './debugpy-engine';

/**
 * How live debugging is to behave, by a launch configuration.
 *
 * @param cwd the application's working directory.
 */
export const liveOptionsOf = (attributes: LaunchAttributes, cwd: string): LiveOptions => ({
  justMyCode: attributes.justMyCode ?? true,
  templates: templatesOf(attributes, () => isDjango(attributes, cwd)),
  reloadFrom: attributes.autoReload ? [...new Set([cwd, ...programFolder(attributes)])] : [],
});

/** How it is to behave in a process that runs anyway. */
export const liveOptionsOfAttach = (attributes: AttachAttributes, isDjangoThere: boolean): LiveOptions => ({
  justMyCode: attributes.justMyCode ?? true,
  templates: templatesOf(attributes, () => isDjangoThere),
  reloadFrom: [],
});

/** A file is of one kind to debugpy; where both are asked for, it takes it for Django's. */
const templatesOf = (
  { django, jinja }: Pick<LaunchAttributes, 'django' | 'jinja'>,
  isDjangoProject: () => boolean,
): LiveOptions['templates'] => {
  if (django ?? (!jinja && isDjangoProject())) return 'django';
  return (jinja ?? true) ? 'jinja' : 'none';
};

/** A project has its manage.py beside its packages, and a WSGI script that asks Django for the application. */
const isDjango = ({ program }: LaunchAttributes, cwd: string): boolean =>
  existsSync(path.join(cwd, 'manage.py')) ||
  (program !== undefined && existsSync(program) && /\bdjango\b/.test(readFileSync(program, 'utf8')));

const programFolder = ({ program }: LaunchAttributes): string[] =>
  program ? [path.dirname(path.resolve(program))] : [];
