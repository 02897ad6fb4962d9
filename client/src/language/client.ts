import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { looksLikeApache } from '../../../common/src/apache-content';
import { registerLanguageCommands } from './commands';

const LANGUAGE = 'apacheconf';

/** Languages the editor gives to such a file when it knows no better. */
const UNSPECIFIC_LANGUAGES: ReadonlySet<string> = new Set(['plaintext', 'properties', 'ini']);

/** Names that Apache's files share with those of others. */
const SHARED_NAME = /\.conf$|[\\/]sites-(?:available|enabled)[\\/][^\\/]+$/;

/**
 * Starts the language server for Apache configuration. It reads text and starts no program, so that it also serves
 * workspaces that are not trusted. It stops with the extension.
 *
 * @returns once the server has answered
 */
export const startLanguageClient = async (context: vscode.ExtensionContext): Promise<LanguageClient> => {
  claimApacheFiles(context);
  const module = context.asAbsolutePath('dist/server.js');
  const channel = vscode.window.createOutputChannel('mod_wsgi Language Server', { log: true });
  const client = new LanguageClient(
    'mod_wsgi',
    'mod_wsgi Language Server',
    { module, transport: TransportKind.ipc },
    {
      documentSelector: [{ language: LANGUAGE }],
      outputChannel: channel,
      initializationOptions: { explain: true, trusted: vscode.workspace.isTrusted },
    },
  );
  context.subscriptions.push(channel, client);
  await client.start();
  registerLanguageCommands(context, client);
  return client;
};

/**
 * Gives the language to opened files that are Apache's by their content, where the name cannot tell. Each file
 * is judged once: whoever then chooses another language keeps it.
 */
const claimApacheFiles = (context: vscode.ExtensionContext): void => {
  const judged = new Set<string>();
  const claim = async (document: vscode.TextDocument): Promise<void> => {
    const key = document.uri.toString();
    if (!UNSPECIFIC_LANGUAGES.has(document.languageId) || !SHARED_NAME.test(document.fileName)) return;
    if (judged.has(key)) return;
    judged.add(key);
    if (looksLikeApache(document.getText()))
      await vscode.languages.setTextDocumentLanguage(document, LANGUAGE);
  };
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(claim));
  for (const document of vscode.workspace.textDocuments) void claim(document);
};
