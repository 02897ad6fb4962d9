import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  GENERATE_SITE,
  type GeneratedSite,
  type GenerateSiteParams,
} from '../../../common/src/language-requests';
import { chooseApplication } from '../applications/choose';
import type { Applications } from '../applications/find';
import { CONFIGURATION_LANGUAGE } from './languages';

/** Registers *Generate Site for This Application*: asks for what cannot be found out, and opens the file to be saved. */
export const registerGenerateSite = (
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  applications: Applications,
): void => {
  context.subscriptions.push(
    vscode.commands.registerCommand('mod_wsgi.generateSite', async (file?: vscode.Uri) => {
      const uri = file ?? (await applicationFile(applications));
      if (uri) await generate(client, uri);
    }),
  );
};

const generate = async (client: BaseLanguageClient, uri: vscode.Uri): Promise<void> => {
  const serverName = await vscode.window.showInputBox({
    title: 'Generate Site for This Application',
    prompt: 'The name of the site: what people type into the browser',
    value: 'www.example.com',
    validateInput: (name) =>
      /^[\w.-]*$/.test(name) ? undefined : 'A host name has letters, digits, dots and hyphens.',
  });
  if (serverName === undefined) return;
  const params: GenerateSiteParams = { uri: uri.toString(), ...(serverName && { serverName }) };
  const site = await client.sendRequest<GeneratedSite | null>(GENERATE_SITE, params);
  if (site) await show(site, uri);
  else
    void vscode.window.showWarningMessage(
      `No WSGI application was found in ${vscode.workspace.asRelativePath(uri)}.`,
    );
};

const applicationFile = async (applications: Applications): Promise<vscode.Uri | undefined> => {
  const application = await chooseApplication(applications);
  return application && vscode.Uri.file(application.launch.program ?? application.file);
};

/** Opens the text as an unsaved file of the proposed name in the application's workspace folder. */
const show = async ({ fileName, text, notes }: GeneratedSite, application: vscode.Uri): Promise<void> => {
  const folder =
    vscode.workspace.getWorkspaceFolder(application)?.uri ?? vscode.Uri.joinPath(application, '..');
  const uri = vscode.Uri.joinPath(folder, fileName).with({ scheme: 'untitled' });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.languages.setTextDocumentLanguage(document, CONFIGURATION_LANGUAGE);
  const editor = await vscode.window.showTextDocument(document);
  const everything = new vscode.Range(0, 0, document.lineCount, 0);
  await editor.edit((edit) => edit.replace(everything, text));
  if (notes.length > 0) void vscode.window.showInformationMessage(notes.join(' '));
};
