import * as vscode from 'vscode';
import { CONFIGURATION_LANGUAGES } from '../language/languages';
import { chooseApplication } from './choose';
import type { Applications } from './find';
import { configurationOf } from './launch';

const COMMAND = 'mod_wsgi.debugApplication';

/** Where applications are made or mounted. */
const LANGUAGES = ['python', ...CONFIGURATION_LANGUAGES].map((language) => ({ language, scheme: 'file' }));

/** Registers "Debug with mod_wsgi": above the line that makes or mounts an application, in menus and in the palette. */
export const registerDebugCommand = (context: vscode.ExtensionContext, applications: Applications): void => {
  /** @param line of the application, from 0; without a file it is found as F5 finds it */
  const debug = async (file?: vscode.Uri, line?: number): Promise<void> => {
    const given = file && (await applications.at(file.fsPath, line));
    const application = given ?? (await chooseApplication(applications));
    if (!application) return;
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(application.file));
    await vscode.debug.startDebugging(folder, configurationOf(application));
  };
  const provideCodeLenses = async (document: vscode.TextDocument): Promise<vscode.CodeLens[]> => {
    if (!vscode.workspace.getConfiguration('mod_wsgi', document).get<boolean>('codeLens')) return [];
    return (await applications.in(document.fileName)).map(({ line }) => lensAt(document.uri, line));
  };
  context.subscriptions.push(
    vscode.commands.registerCommand(COMMAND, debug),
    vscode.languages.registerCodeLensProvider(LANGUAGES, { provideCodeLenses }),
  );
};

const lensAt = (file: vscode.Uri, line: number): vscode.CodeLens =>
  new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
    title: '$(debug-alt) Debug with mod_wsgi',
    command: COMMAND,
    arguments: [file, line],
  });
