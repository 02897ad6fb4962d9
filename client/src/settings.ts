import * as vscode from 'vscode';

const setting = (name: string, scope?: vscode.ConfigurationScope): string | undefined =>
  vscode.workspace.getConfiguration('mod_wsgi', scope).get<string>(name) || undefined;

/** The interpreter that the user has set, for a folder or file. */
export const pythonSetting = (scope?: vscode.ConfigurationScope): string | undefined =>
  setting('python', scope);

/** The apxs that the user has set. */
export const apxsSetting = (scope?: vscode.ConfigurationScope): string | undefined => setting('apxs', scope);
