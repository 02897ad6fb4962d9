import { existsSync } from 'node:fs';
import path from 'node:path';
import { PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';
import { pythonSetting } from './settings';

/**
 * The interpreter to run an application with: the setting, else the environment that the Python extension has
 * selected. Undefined leaves the search to the adapter, which looks for an environment beside the application.
 */
export const selectedPython = async (scope: vscode.Uri | undefined): Promise<string | undefined> =>
  pythonSetting(scope) ?? (await environmentOfPythonExtension(scope));

const environmentOfPythonExtension = async (scope: vscode.Uri | undefined): Promise<string | undefined> => {
  if (!vscode.extensions.getExtension('ms-python.python')) return undefined;
  try {
    const { environments } = await PythonExtension.api();
    const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(scope));
    return environment?.executable.uri?.fsPath;
  } catch {
    // An extension that fails to start is its own business; the adapter still looks for an environment.
    return undefined;
  }
};

/** The folder with the debugpy that the Python Debugger extension brings along; undefined where it is not installed. */
export const debugpyOfPythonDebugger = (): string | undefined => {
  const extension = vscode.extensions.getExtension('ms-python.debugpy');
  const folder = extension && path.join(extension.extensionPath, 'bundled', 'libs');
  return folder && existsSync(path.join(folder, 'debugpy')) ? folder : undefined;
};
