import path from 'node:path';
import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../debugging/debug-type';
import type { Application, ApplicationLaunch } from './application';

/** What an application is called in lists: by its file as the workspace names it, and what tells it from others there. */
export const nameOf = ({ kind, file, url }: Application): string => {
  const shown = vscode.workspace.asRelativePath(file);
  if (url !== undefined) return `${url} of ${shown}`;
  if (path.basename(file) !== 'manage.py') return shown;
  const folder = path.dirname(shown);
  return folder === '.' ? kind : `${kind} ${folder}`;
};

/** A launch configuration that starts an application now. */
export const configurationOf = (application: Application): vscode.DebugConfiguration => ({
  type: DEBUG_TYPE,
  request: 'launch',
  name: `mod_wsgi: ${nameOf(application)}`,
  ...application.launch,
});

/** The same for launch.json: paths below a folder are written relative to it, so that the file can be shared. */
export const portableConfigurationOf = (
  application: Application,
  folder: vscode.WorkspaceFolder | undefined,
): vscode.DebugConfiguration => {
  const configuration = configurationOf(application);
  for (const name of PATHS) {
    const value = application.launch[name];
    if (value !== undefined) configuration[name] = portable(value, folder?.uri.fsPath);
  }
  return configuration;
};

const PATHS = ['program', 'cwd', 'python'] as const satisfies readonly (keyof ApplicationLaunch)[];

const portable = (file: string, folder: string | undefined): string => {
  if (folder === undefined) return file;
  const relative = path.relative(folder, file);
  if (relative === '') return '${workspaceFolder}';
  return relative.startsWith('..') ? file : `\${workspaceFolder}/${relative.replaceAll(path.sep, '/')}`;
};
