import type * as vscode from 'vscode';
import { registerLanguageCommands } from './language/commands';
import { claimApacheFiles } from './language/languages';
import { Pages } from './language/pages';
import { startWebLanguageClient } from './language/web-client';

/** The extension where there is no machine behind the editor, as on vscode.dev: the language features alone. */
export const activate = async (context: vscode.ExtensionContext): Promise<void> => {
  claimApacheFiles(context);
  const pages = new Pages();
  context.subscriptions.push(pages);
  registerLanguageCommands(context, await startWebLanguageClient(context), pages);
};
