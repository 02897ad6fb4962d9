import path from 'node:path';
import * as vscode from 'vscode';
import type { Application } from './application';
import { djangoProject } from './django';
import { type PackagePlace, recogniseApplication } from './recognise';

/** Files that may define an application, by the names that people give them. Patterns in patterns are not understood. */
export const APPLICATION_FILES =
  '**/{*.wsgi,*_app.py,*_wsgi.py,__init__.py,api.py,app.py,application.py,main.py,manage.py,run.py,server.py,site.py,web.py,wsgi.py}';
const NOT_THEIRS = '**/{node_modules,site-packages,.venv,venv,env,.tox,.git,tests,test}/**';
const MAXIMUM = 500;

/** The workspace's applications: projects first, then by the order of their paths. */
export const findApplications = async (): Promise<Application[]> => {
  const uris = await vscode.workspace.findFiles(APPLICATION_FILES, NOT_THEIRS, MAXIMUM);
  const projects = await Promise.all(
    uris
      .filter(({ fsPath }) => path.basename(fsPath) === 'manage.py')
      .map(({ fsPath }) => djangoProject(fsPath, readFile)),
  );
  const found = [...projects, ...(await Promise.all(uris.map(({ fsPath }) => applicationIn(fsPath))))];
  const seen = new Set<string>();
  return found
    .filter((application) => application !== undefined)
    .sort((a, b) => rank(a) - rank(b) || a.file.localeCompare(b.file))
    .filter(({ file, launch: { program = file } }) => !seen.has(program) && seen.add(program));
};

const rank = ({ kind }: Application): number => (kind === 'Django project' ? 0 : 1);

/** The application that a file defines, as the editor shows the file, saved or not. */
export const applicationIn = async (file: string): Promise<Application | undefined> => {
  const text = await readFile(file);
  return text === undefined ? undefined : recogniseApplication(file, text, await packagePlace(file));
};

const readFile = async (file: string): Promise<string | undefined> => {
  const open = vscode.workspace.textDocuments.find(
    ({ fileName, uri }) => uri.scheme === 'file' && fileName === file,
  );
  if (open) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.file(file)));
  } catch {
    return undefined;
  }
};

/** Where a file is in a package; packages are folders with `__init__.py`, as far up as there is one. */
const packagePlace = async (file: string): Promise<PackagePlace | undefined> => {
  const names = path.basename(file) === '__init__.py' ? [] : [path.basename(file, '.py')];
  let root = path.dirname(file);
  while (await exists(path.join(root, '__init__.py'))) {
    names.unshift(path.basename(root));
    root = path.dirname(root);
  }
  return root === path.dirname(file) ? undefined : { module: names.join('.'), root };
};

const exists = async (file: string): Promise<boolean> => {
  try {
    await vscode.workspace.fs.stat(vscode.Uri.file(file));
    return true;
  } catch {
    return false;
  }
};
