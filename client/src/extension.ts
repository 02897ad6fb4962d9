import * as vscode from 'vscode';
import { registerBuildTasks } from './build-task';
import { registerCoverage } from './coverage';
import { registerDebugger } from './debugging/debugger';
import { startLanguageClient } from './language/client';

/**
 * Wires the parts to the editor. Language features work everywhere; what starts a program waits for the workspace's
 * trust.
 */
export const activate = async (context: vscode.ExtensionContext): Promise<void> => {
  whenTrusted(context, () => {
    const coverage = registerCoverage(context);
    registerDebugger(context, coverage);
    registerBuildTasks(context);
  });
  await startLanguageClient(context);
};

const whenTrusted = (context: vscode.ExtensionContext, register: () => void): void => {
  if (vscode.workspace.isTrusted) register();
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(register));
};
