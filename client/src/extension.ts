import * as vscode from 'vscode';
import { registerBuildTasks } from './build-task';
import { registerCoverage } from './coverage';
import { explainInDebugConsole } from './debugging/console-explanations';
import { registerDebugger } from './debugging/debugger';
import { registerAskApache } from './language/ask-apache';
import { registerLanguageCommands } from './language/commands';
import { registerGenerateSite } from './language/generate-site';
import { claimApacheFiles } from './language/languages';
import { explainLinesBy, registerTerminalLinks } from './language/log-explanations';
import { startLanguageClient } from './language/node-client';
import { Pages } from './language/pages';

/**
 * Wires the parts to the editor. Language features work everywhere; what starts a program waits for the workspace's
 * trust.
 */
export const activate = async (context: vscode.ExtensionContext): Promise<void> => {
  claimApacheFiles(context);
  const pages = new Pages();
  context.subscriptions.push(pages);
  whenTrusted(context, () => {
    registerDebugger(context, registerCoverage(context));
    registerBuildTasks(context);
  });
  const client = await startLanguageClient(context);
  registerLanguageCommands(context, client, pages);
  registerGenerateSite(context, client);
  registerAskApache(context, client, pages);
  const explain = explainLinesBy(client);
  registerTerminalLinks(context, explain, pages);
  explainInDebugConsole(context, explain);
};

const whenTrusted = (context: vscode.ExtensionContext, register: () => void): void => {
  if (vscode.workspace.isTrusted) register();
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(register));
};
