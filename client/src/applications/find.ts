import path from 'node:path';
import * as vscode from 'vscode';
import { type Application, sameStart } from './application';
import { djangoProject } from './django';
import type { FindMounts } from './mounts';
import { type PackagePlace, recogniseApplication } from './recognise';

/** Files that may define an application, by the names that people give them. Patterns in patterns are not understood. */
export const APPLICATION_FILES =
  '**/{*.wsgi,*_app.py,*_wsgi.py,__init__.py,api.py,app.py,application.py,main.py,manage.py,run.py,server.py,site.py,web.py,wsgi.py}';
const NOT_THEIRS = '**/{node_modules,site-packages,.venv,venv,env,.tox,.git,tests,test}/**';
const MAXIMUM = 500;

/** The web applications of the workspace, looked for when somebody asks. */
export class Applications {
  /** @param findMounts what the open Apache configurations mount */
  constructor(private readonly findMounts: FindMounts) {}

  /** All: projects first, then what files define, then mounts; each group in the order of its paths. */
  async all(): Promise<Application[]> {
    const uris = await vscode.workspace.findFiles(APPLICATION_FILES, NOT_THEIRS, MAXIMUM);
    const files = uris.map(({ fsPath }) => fsPath).sort();
    const [projects, defined, mounted] = await Promise.all([
      Promise.all(files.map((file) => djangoProject(file, readFile))),
      Promise.all(files.map(applicationIn)),
      this.findMounts(),
    ]);
    const found = [...projects, ...defined].filter((application) => application !== undefined);
    return [
      ...found.filter((one, index) => found.findIndex((other) => sameStart(one, other)) === index),
      ...mounted,
    ];
  }

  /** Those that a file defines or mounts, in the order of their lines. */
  async in(file: string): Promise<Application[]> {
    const defined = await applicationIn(file);
    if (defined) return [defined];
    return (await this.findMounts()).filter((mount) => mount.file === file);
  }

  /** The one that a file defines or mounts. @param line from 0; the first one's where absent */
  async at(file: string, line?: number): Promise<Application | undefined> {
    const found = await this.in(file);
    return found.find((application) => application.line === line) ?? found[0];
  }
}

/** The application that a file defines, as the editor shows the file, saved or not. */
export const applicationIn = async (file: string): Promise<Application | undefined> => {
  if (!/\.(?:py|wsgi)$/.test(file)) return undefined;
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
