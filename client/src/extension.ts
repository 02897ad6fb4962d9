import * as vscode from 'vscode';
import { Applications } from './applications/find';
import { mountsBy } from './applications/mounts';
import { registerBuildTasks } from './build-task';
import { registerCoverage } from './coverage';
import { explainInDebugConsole } from './debugging/console-explanations';
import { registerCopyAgent } from './debugging/copy-agent';
import { registerDebugger } from './debugging/debugger';
import { registerAskApache } from './language/ask-apache';
import { registerLanguageCommands } from './language/commands';
import { registerGenerateSite } from './language/generate-site';
import { claimApacheFiles } from './language/languages';
import { explainLinesBy, registerTerminalLinks } from './language/log-explanations';
import { languageClient } from './language/node-client';
import { Pages } from './language/pages';

/**
 * Wires the parts to the editor. Language features work everywhere; what starts a program waits for the workspace's
 * trust.
 */
export const activate = async (context: vscode.ExtensionContext): Promise<void> => {
  claimApacheFiles(context);
  const pages = new Pages();
  context.subscriptions.push(pages);
  const client = languageClient(context);
  const applications = new Applications(mountsBy(client));
  whenTrusted(context, () => {
    registerDebugger(context, applications, registerCoverage(context, applications));
    registerBuildTasks(context);
    registerCopyAgent(context);
  });
  await client.start();
  registerLanguageCommands(context, client, pages);
  registerGenerateSite(context, client, applications);
  registerAskApache(context, client, pages);
  const explain = explainLinesBy(client);
  registerTerminalLinks(context, explain, pages);
  explainInDebugConsole(context, explain);
};

const whenTrusted = (context: vscode.ExtensionContext, register: () => void): void => {
  if (vscode.workspace.isTrusted) register();
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(register));
};
