import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { clientOptions, SERVER_ID, SERVER_NAME } from './client-options';

/**
 * The client of a language server that is a process of its own. It reads text and starts no program unless the workspace is
 * trusted and it is asked to. It is to be started, or starts with the first request; it stops with the extension.
 */
export const languageClient = (context: vscode.ExtensionContext): LanguageClient => {
  const server = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc };
  const client = new LanguageClient(SERVER_ID, SERVER_NAME, server, clientOptions(context));
  context.subscriptions.push(
    client,
    // The server is told once whether it may start programs.
    vscode.workspace.onDidGrantWorkspaceTrust(() => client.restart()),
  );
  return client;
};
