import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { type PathContent, READ_PATH, type ReadPathParams } from '../../../common/src/editor-files';
import { clientOptions, SERVER_ID, SERVER_NAME } from './client-options';

/** The type of the browser's workers, as far as they are handed on: the client is compiled for Node's types. */
declare const Worker: new (address: string) => ConstructorParameters<typeof LanguageClient>[2];

/** Longer files are no configurations. */
const LONGEST_FILE = 8 * 1024 * 1024;

/**
 * Starts the language server in a web worker, and reads for it what stands around the documents.
 *
 * @returns once the server has answered
 */
export const startWebLanguageClient = async (context: vscode.ExtensionContext): Promise<LanguageClient> => {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server-web.js');
  const client = new LanguageClient(
    SERVER_ID,
    SERVER_NAME,
    new Worker(script.toString(true)),
    clientOptions(context),
  );
  context.subscriptions.push(
    client,
    client.onRequest<PathContent | null, Error>(READ_PATH, ({ uri }: ReadPathParams) =>
      readPath(vscode.Uri.parse(uri)),
    ),
  );
  await client.start();
  return client;
};

const readPath = async (uri: vscode.Uri): Promise<PathContent | null> => {
  try {
    const { type, mtime, size } = await vscode.workspace.fs.stat(uri);
    const stamp = `${mtime} ${size}`;
    if (type & vscode.FileType.Directory) {
      const names = (await vscode.workspace.fs.readDirectory(uri)).map(([name]) => name);
      return { kind: 'folder', stamp: `${stamp} ${names.join('/')}`, names };
    }
    if (size > LONGEST_FILE) return { kind: 'file', stamp };
    return { kind: 'file', stamp, text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
  } catch {
    // Nothing is there, or it may not be read: for the server that is the same.
    return null;
  }
};
