import * as vscode from 'vscode';
import { chooseApplication } from './choose';
import { applicationIn } from './find';
import { configurationOf } from './launch';

const COMMAND = 'mod_wsgi.debugApplication';

/** Registers "Debug with mod_wsgi": above the line that makes an application, in menus and in the palette. */
export const registerDebugCommand = (context: vscode.ExtensionContext): void => {
  context.subscriptions.push(
    vscode.commands.registerCommand(COMMAND, debugApplication),
    vscode.languages.registerCodeLensProvider({ language: 'python', scheme: 'file' }, { provideCodeLenses }),
  );
};

/** @param file of the application; without one it is found as F5 finds it */
const debugApplication = async (file?: vscode.Uri): Promise<void> => {
  const application = (file && (await applicationIn(file.fsPath))) ?? (await chooseApplication());
  if (!application) return;
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(application.file));
  await vscode.debug.startDebugging(folder, configurationOf(application));
};

const provideCodeLenses = async (document: vscode.TextDocument): Promise<vscode.CodeLens[]> => {
  if (!vscode.workspace.getConfiguration('mod_wsgi', document).get<boolean>('codeLens')) return [];
  const application = await applicationIn(document.fileName);
  if (!application) return [];
  const command = { title: '$(debug-alt) Debug with mod_wsgi', command: COMMAND, arguments: [document.uri] };
  return [new vscode.CodeLens(new vscode.Range(application.line, 0, application.line, 0), command)];
};
