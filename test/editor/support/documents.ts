import path from 'node:path';
import * as vscode from 'vscode';
import { waitFor } from './wait';

/** The name by which VS Code knows the extension: publisher and name of its manifest. */
const EXTENSION_ID = 'mod-wsgi.mod-wsgi';

/** The extension; its providers are there once its `activate()` has ended. */
export const extension = (): vscode.Extension<unknown> => {
  const found = vscode.extensions.getExtension(EXTENSION_ID);
  if (!found) throw new Error(`${EXTENSION_ID} is not loaded in this window`);
  return found;
};

/** The absolute path of a file in the window's workspace. */
export const inWorkspace = (...parts: string[]): string => {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('the window has no workspace folder');
  return path.join(folder.uri.fsPath, ...parts);
};

/** Opens a file of the workspace in an editor that stays open: a preview, and its problems, go with the next file. */
export const openFile = async (...parts: string[]): Promise<vscode.TextEditor> =>
  vscode.window.showTextDocument(await vscode.workspace.openTextDocument(inWorkspace(...parts)), {
    preview: false,
  });

/**
 * The place of a text in a document.
 *
 * @throws Error where the document does not have it: the example has changed
 */
export const positionOf = (document: vscode.TextDocument, text: string): vscode.Position => {
  const offset = document.getText().indexOf(text);
  if (offset < 0) throw new Error(`${document.fileName} has no "${text}"`);
  return document.positionAt(offset);
};

/** Line number, from 1, of the line that carries the examples' marker for the failing line. */
export const failingLine = (document: vscode.TextDocument): number =>
  positionOf(document, '# raises here').line + 1;

/** Waits for a document's diagnostics to satisfy the condition and returns them. */
export const diagnosticsOf = (
  document: vscode.TextDocument,
  what: string,
  enough: (diagnostics: vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> =>
  waitFor(what, () => {
    const diagnostics = vscode.languages.getDiagnostics(document.uri);
    return enough(diagnostics) ? diagnostics : undefined;
  });
