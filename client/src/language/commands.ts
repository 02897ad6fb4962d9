import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  EXPLAIN_URL,
  type ExplainUrlParams,
  type Explanation,
  SHOW_CONFIGURATION,
  WHICH_PYTHON,
} from '../../../common/src/language-requests';
import { isConfiguration } from './languages';
import type { Pages } from './pages';

/** Registers the commands that show what the language server knows as pages. */
export const registerLanguageCommands = (
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  pages: Pages,
): void => {
  const register = (name: string, run: (uri: string, detail?: string) => Promise<void>): void => {
    const withDocument = async (uri = activeDocument(), detail?: string) => {
      if (uri !== undefined) await run(uri, detail);
    };
    context.subscriptions.push(vscode.commands.registerCommand(`mod_wsgi.${name}`, withDocument));
  };
  const ask = (method: string, uri: string, more: Partial<ExplainUrlParams> = {}) =>
    client.sendRequest<Explanation | null>(method, { textDocument: { uri }, ...more });

  register('explainUrl', async (uri, given) => {
    const url = given ?? (await askUrl());
    const page = url === undefined ? null : await ask(EXPLAIN_URL, uri, { url });
    if (page) await pages.showMarkdown(`Explain ${url}`, page.markdown);
  });
  register('showConfiguration', async (uri) => {
    const page = await ask(SHOW_CONFIGURATION, uri);
    if (page) await pages.showConfiguration('Effective configuration', page.markdown);
  });
  register('whichPython', async (uri) => {
    const page = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Looking which Python Apache runs' },
      () => ask(WHICH_PYTHON, uri),
    );
    if (page) await pages.showMarkdown('Which Python is this', page.markdown);
  });
};

/** The configuration file in the active editor; the user is told where there is none. */
export const activeDocument = (): string | undefined => {
  const document = vscode.window.activeTextEditor?.document;
  if (document && isConfiguration(document)) return document.uri.toString();
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
