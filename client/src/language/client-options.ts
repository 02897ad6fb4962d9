import * as vscode from 'vscode';
import type { LanguageClientOptions } from 'vscode-languageclient';
import { SERVED_LANGUAGES } from './languages';

export const SERVER_ID = 'mod_wsgi';
export const SERVER_NAME = 'mod_wsgi Language Server';

/** How the language server is run, wherever it runs. */
export const clientOptions = (context: vscode.ExtensionContext): LanguageClientOptions => {
  const outputChannel = vscode.window.createOutputChannel(SERVER_NAME, { log: true });
  context.subscriptions.push(outputChannel);
  return {
    documentSelector: [...SERVED_LANGUAGES],
    outputChannel,
    initializationOptions: () => ({
      explain: true,
      trusted: vscode.workspace.isTrusted,
      pages: vscode.Uri.joinPath(context.extensionUri, 'docs', 'rules').toString(),
    }),
  };
};
