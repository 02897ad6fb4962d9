import path from 'node:path';
import * as vscode from 'vscode';
import { selectedPython } from './python';
import { findWsgiScripts, isWsgiScript } from './wsgi-scripts';

const TYPE = 'mod_wsgi';

/** Makes F5 work without a launch.json, and completes what a launch.json leaves open. */
export class ModWsgiConfigurationProvider implements vscode.DebugConfigurationProvider {
  /** What "Add configuration" and the Run view offer: one entry for each WSGI script of the workspace. */
  async provideDebugConfigurations(
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<vscode.DebugConfiguration[]> {
    const scripts = await findWsgiScripts();
    const inFolder = scripts.filter(
      (script) => !folder || vscode.workspace.getWorkspaceFolder(script) === folder,
    );
    return inFolder.length > 0
      ? inFolder.map((script) => launchOf(relativeToFolder(script)))
      : [{ ...launchOf('${file}'), name: 'mod_wsgi: this file' }];
  }

  /** F5 with no launch.json arrives here with nothing in it. */
  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (configuration.type) return configuration;
    const script = await chooseScript();
    return (
      script && { ...launchOf(script.fsPath), name: `mod_wsgi: ${vscode.workspace.asRelativePath(script)}` }
    );
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    const program: string | undefined = configuration.program;
    const base = folder?.uri.fsPath ?? (program && path.dirname(program)) ?? process.cwd();
    const resolved = { ...configuration };
    for (const name of ['program', 'cwd', 'expressPath', 'modulePath']) {
      if (configuration[name]) resolved[name] = path.resolve(base, configuration[name]);
    }
    // A module is imported from the folder that is open, unless it says otherwise.
    if (configuration.module && !configuration.cwd) resolved.cwd = base;
    if (!configuration.python) {
      const python = await selectedPython(program ? vscode.Uri.file(resolved.program) : folder?.uri);
      if (python) resolved.python = python;
    }
    return resolved;
  }
}

const launchOf = (program: string): vscode.DebugConfiguration => ({
  type: TYPE,
  request: 'launch',
  name: `mod_wsgi: ${program.replace('${workspaceFolder}/', '')}`,
  program,
});

const relativeToFolder = (script: vscode.Uri): string =>
  `\${workspaceFolder}/${vscode.workspace.asRelativePath(script, false)}`;

/** The open file if it is an application, else the workspace's only one, else the one that is picked. */
const chooseScript = async (): Promise<vscode.Uri | undefined> => {
  const open = vscode.window.activeTextEditor?.document;
  if (open && isWsgiScript(open)) return open.uri;
  const scripts = await findWsgiScripts();
  if (scripts.length <= 1) return scripts[0] ?? explainNoScript();
  const picked = await vscode.window.showQuickPick(
    scripts.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
    { title: 'Debug with mod_wsgi', placeHolder: 'Which WSGI application?' },
  );
  return picked?.uri;
};

const explainNoScript = async (): Promise<undefined> => {
  const create = 'Create launch.json';
  const answer = await vscode.window.showErrorMessage(
    'No WSGI application was found. Open the file that defines it (application, app or create_app) and press F5, or name it in launch.json.',
    create,
  );
  if (answer === create) await vscode.commands.executeCommand('debug.addConfiguration');
  return undefined;
};
