import path from 'node:path';
import * as vscode from 'vscode';

/** Files that are WSGI scripts by their names. */
export const SCRIPT_FILES = '**/{*.wsgi,wsgi.py,app.py}';
const NOT_SCRIPTS = '**/{node_modules,site-packages,.venv,venv,env,.git}/**';
const MAXIMUM = 50;

/** A name that says what the file is; any other Python file must show it in its text. */
const SCRIPT_NAME = /(\.wsgi|^wsgi\.py|^app\.py)$/;

const DEFINES_APPLICATION =
  /^(?:application|app)\s*(?::[^=\n]+)?=|^(?:async\s+)?def\s+(?:application|app|create_app|make_app)\b/m;

/** Whether a document can be started as a WSGI application. */
export const isWsgiScript = (document: vscode.TextDocument): boolean =>
  document.uri.scheme === 'file' &&
  (SCRIPT_NAME.test(path.basename(document.fileName)) ||
    (document.languageId === 'python' && DEFINES_APPLICATION.test(document.getText())));

/** The workspace's WSGI scripts, by their names, in the order of their paths. */
export const findWsgiScripts = async (): Promise<vscode.Uri[]> => {
  const found = await vscode.workspace.findFiles(SCRIPT_FILES, NOT_SCRIPTS, MAXIMUM);
  return found.sort((a, b) => a.fsPath.localeCompare(b.fsPath));
};
