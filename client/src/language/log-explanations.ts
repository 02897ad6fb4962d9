import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  EXPLAIN_LOG,
  type ExplainLogParams,
  type LogExplanation,
  type LogExplanations,
} from '../../../common/src/language-requests';
import type { Pages } from './pages';

/** What messages of Apache and mod_wsgi mean, as the language server's table says. */
export type ExplainLines = (lines: readonly string[]) => Promise<readonly LogExplanation[]>;

/** Asks the language server. */
export const explainLinesBy =
  (client: BaseLanguageClient): ExplainLines =>
  async (lines) => {
    const params: ExplainLogParams = { lines };
    return (await client.sendRequest<LogExplanations>(EXPLAIN_LOG, params)).messages;
  };

/** A link in a terminal, and what a click on it shows. */
interface Link extends vscode.TerminalLink {
  readonly open: () => Promise<void>;
}

/** `Syntax error on line 7 of /etc/apache2/sites-enabled/shop.conf:`; the editor finds the other forms by itself. */
const CONFIGURATION_PLACE = /on line (\d+) of (\/[^\s:]+)/g;

/** Registers links in terminals: messages that are known lead to their explanation, places in configurations to the line. */
export const registerTerminalLinks = (
  context: vscode.ExtensionContext,
  explain: ExplainLines,
  pages: Pages,
): void => {
  context.subscriptions.push(
    vscode.window.registerTerminalLinkProvider({
      provideTerminalLinks: async ({ line }): Promise<Link[]> => [
        ...configurationPlaces(line),
        ...(await explain([line])).map((explanation) => explanationLink(explanation, pages)),
      ],
      handleTerminalLink: ({ open }: Link) => open(),
    }),
  );
};

const explanationLink = ({ start, end, title, markdown }: LogExplanation, pages: Pages): Link => ({
  startIndex: start,
  length: end - start,
  tooltip: title,
  open: () => pages.showMarkdown(title, markdown),
});

const configurationPlaces = (text: string): Link[] =>
  [...text.matchAll(CONFIGURATION_PLACE)].map(({ 0: whole, 1: line = '1', 2: file = '', index }) => ({
    startIndex: index,
    length: whole.length,
    tooltip: 'Open the line',
    open: () => openLine(file, Number(line) - 1),
  }));

const openLine = async (file: string, line: number): Promise<void> => {
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(line, 0, line, 0),
  });
};
