import * as vscode from 'vscode';
import type { LanguageClientOptions } from 'vscode-languageclient';
import { SERVED_LANGUAGES } from './languages';
import { PAGE_SCHEME, placeCommand } from './pages';

export const SERVER_ID = 'mod_wsgi';
export const SERVER_NAME = 'mod_wsgi Language Server';

const isPage = ({ uri }: vscode.TextDocument): boolean => uri.scheme === PAGE_SCHEME;

/** How the language server is run, wherever it runs. */
export const clientOptions = (context: vscode.ExtensionContext): LanguageClientOptions => {
  const outputChannel = vscode.window.createOutputChannel(SERVER_NAME, { log: true });
  context.subscriptions.push(outputChannel);
  return {
    documentSelector: [...SERVED_LANGUAGES],
    outputChannel,
    // Our own pages are shown in the colours of a configuration, but they are none.
    middleware: {
      didOpen: (document, next) => (isPage(document) ? Promise.resolve() : next(document)),
      didChange: (event, next) => (isPage(event.document) ? Promise.resolve() : next(event)),
      // The page of a rule is shown as a page, not as the text of its file.
      provideDiagnostics: async (document, previous, token, next) => {
        const report = await next(document, previous, token);
        if (report?.kind !== 'full') return report;
        for (const { code } of report.items)
          if (typeof code === 'object') code.target = placeCommand(code.target.toString());
        return report;
      },
      didClose: (document, next) => (isPage(document) ? Promise.resolve() : next(document)),
    },
    initializationOptions: () => ({
      explain: true,
      trusted: vscode.workspace.isTrusted,
      pages: vscode.Uri.joinPath(context.extensionUri, 'docs', 'rules').toString(),
    }),
  };
};
