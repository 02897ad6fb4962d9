import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { clientOptions, SERVER_ID, SERVER_NAME } from './client-options';

/**
 * Starts the language server as a process of its own. It reads text and starts no program unless the workspace is trusted
 * and it is asked to. It stops with the extension.
 *
 * @returns once the server has answered
 */
export const startLanguageClient = async (context: vscode.ExtensionContext): Promise<LanguageClient> => {
  const server = { module: context.asAbsolutePath('dist/server.js'), transport: TransportKind.ipc };
  const client = new LanguageClient(SERVER_ID, SERVER_NAME, server, clientOptions(context));
  context.subscriptions.push(
    client,
    // The server is told once whether it may start programs.
    vscode.workspace.onDidGrantWorkspaceTrust(() => client.restart()),
  );
  await client.start();
  return client;
};
