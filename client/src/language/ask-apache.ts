import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { type ApacheOpinion, ASK_APACHE, type AskApacheParams } from '../../../common/src/language-requests';
import { activeDocument } from './commands';
import { CONFIGURATIONS } from './languages';
import type { Pages } from './pages';

const COMMAND = 'mod_wsgi.askApache';
const ON_SAVE = 'configuration.checkOnSave';

/** How each verdict looks in the language status. */
const VERDICTS: Readonly<
  Record<
    ApacheOpinion['verdict'],
    { readonly text: string; readonly severity: vscode.LanguageStatusSeverity }
  >
> = {
  accepted: { text: '$(check) Apache accepts it', severity: vscode.LanguageStatusSeverity.Information },
  refused: { text: '$(error) Apache refuses it', severity: vscode.LanguageStatusSeverity.Error },
  unavailable: { text: 'Apache was not asked', severity: vscode.LanguageStatusSeverity.Warning },
};

/** Registers *Ask Apache*, and the status that says what Apache has answered and whether it is asked after each save. */
export const registerAskApache = (
  context: vscode.ExtensionContext,
  client: BaseLanguageClient,
  pages: Pages,
): void => {
  const status = vscode.languages.createLanguageStatusItem('mod_wsgi.apache', CONFIGURATIONS);
  status.name = "Apache's opinion";
  status.text = 'Apache was not asked';
  status.command = { title: 'Ask', command: COMMAND };
  const showSetting = () => {
    const isOn = vscode.workspace.getConfiguration('mod_wsgi').get<boolean>(ON_SAVE);
    status.detail = isOn ? 'asked after each save' : 'asked on request';
  };
  showSetting();

  const ask = async (uri = activeDocument()): Promise<void> => {
    if (uri === undefined) return;
    status.busy = true;
    try {
      const params: AskApacheParams = { textDocument: { uri } };
      const opinion = await client.sendRequest<ApacheOpinion | null>(ASK_APACHE, params);
      if (!opinion) return;
      const { text, severity } = VERDICTS[opinion.verdict];
      status.text = `${text} (${new Date().toLocaleTimeString()})`;
      status.severity = severity;
      const details = 'Show Details';
      // The answer may never come; the command is done.
      void tell(opinion, details).then((chosen) =>
        chosen === details ? pages.showMarkdown("Apache's opinion", opinion.markdown) : undefined,
      );
    } finally {
      status.busy = false;
    }
  };
  context.subscriptions.push(
    status,
    vscode.commands.registerCommand(COMMAND, ask),
    vscode.workspace.onDidChangeConfiguration(
      (event) => event.affectsConfiguration(`mod_wsgi.${ON_SAVE}`) && showSetting(),
    ),
  );
};

const tell = ({ verdict, summary }: ApacheOpinion, details: string): Thenable<string | undefined> =>
  verdict === 'accepted'
    ? vscode.window.showInformationMessage(summary, details)
    : vscode.window.showWarningMessage(summary, details);
