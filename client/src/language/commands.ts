import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { EXPLAIN_URL, type Explanation, SHOW_CONFIGURATION } from '../../../common/src/language-requests';

/** Registers the commands that show what the language server knows as pages. */
export const registerLanguageCommands = (context: vscode.ExtensionContext, client: LanguageClient): void => {
  const register = (name: string, run: (uri?: string, url?: string) => Promise<void>): void => {
    context.subscriptions.push(vscode.commands.registerCommand(name, run));
  };
  register('mod_wsgi.explainUrl', async (uri, url) => {
    const document = uri ?? activeDocument();
    const asked = url ?? (await askUrl());
    if (document === undefined || asked === undefined) return;
    const params = { textDocument: { uri: document }, url: asked };
    await show(await client.sendRequest<Explanation | null>(EXPLAIN_URL, params), 'markdown');
  });
  register('mod_wsgi.showConfiguration', async (uri) => {
    const document = uri ?? activeDocument();
    if (document === undefined) return;
    const params = { textDocument: { uri: document } };
    await show(await client.sendRequest<Explanation | null>(SHOW_CONFIGURATION, params), 'plaintext');
  });
};

const activeDocument = (): string | undefined => {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === 'apacheconf') return document.uri.toString();
  void vscode.window.showInformationMessage(
    'Open a file of the Apache configuration first: the answer is about it.',
  );
  return undefined;
};

const askUrl = (): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: 'Explain URL',
    prompt: 'Which virtual host, mount, process and interpreter answer this URL?',
    value: 'http://localhost/',
  });

/** Shows a page beside the configuration; Markdown as the editor's preview shows it. */
const show = async (page: Explanation | null, language: 'markdown' | 'plaintext'): Promise<void> => {
  if (!page) return;
  const document = await vscode.workspace.openTextDocument({ content: page.markdown, language });
  if (language === 'markdown')
    await vscode.commands.executeCommand('markdown.showPreviewToSide', document.uri);
  else await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
};
