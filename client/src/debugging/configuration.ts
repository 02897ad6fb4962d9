import path from 'node:path';
import * as vscode from 'vscode';
import { chooseApplication } from '../applications/choose';
import type { Applications } from '../applications/find';
import { configurationOf, portableConfigurationOf } from '../applications/launch';
import { debugpyOfPythonDebugger, selectedPython } from '../python';
import { DEBUG_TYPE } from './debug-type';

const THIS_FILE: vscode.DebugConfiguration = {
  type: DEBUG_TYPE,
  request: 'launch',
  name: 'mod_wsgi: this file',
  program: '${file}',
};

/** Makes F5 work without a launch.json, and completes what a launch.json leaves open. */
export class ModWsgiConfigurationProvider implements vscode.DebugConfigurationProvider {
  constructor(private readonly applications: Applications) {}

  /** What "Add configuration" and the Run view offer: one entry for each application of the folder. */
  async provideDebugConfigurations(
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<vscode.DebugConfiguration[]> {
    const all = await this.applications.all();
    // Asked without a folder, the editor means what belongs to none of those that are open.
    const inFolder = all.filter(
      ({ file }) => vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) === folder,
    );
    if (inFolder.length > 0)
      return inFolder.map((application) => portableConfigurationOf(application, folder));
    return folder || !vscode.workspace.workspaceFolders ? [THIS_FILE] : [];
  }

  /** F5 with no launch.json arrives here with nothing in it. */
  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (configuration.type) return configuration;
    const application = await chooseApplication(this.applications);
    return application && configurationOf(application);
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    const program: string | undefined = configuration.program;
    const base = folder?.uri.fsPath ?? (program && path.dirname(program)) ?? process.cwd();
    const resolved = { ...configuration };
    for (const name of PATHS) {
      if (configuration[name]) resolved[name] = path.resolve(base, configuration[name]);
    }
    return configuration.request === 'attach' ? resolved : completeLaunch(resolved, base);
  }
}

/** Attributes that are paths; relative ones begin at the folder that is open. */
const PATHS = ['program', 'cwd', 'expressPath', 'modulePath', 'debugpyPath', 'socketFolder', 'tokenFile'];

/** What the editor knows better than the adapter: the folder that is open, and what other extensions have chosen. */
const completeLaunch = async (
  launch: vscode.DebugConfiguration,
  base: string,
): Promise<vscode.DebugConfiguration> => {
  const { program, module, cwd, python, debugpyPath } = launch;
  const selected = python ?? (await selectedPython(vscode.Uri.file(program ?? base)));
  const debugpy = debugpyPath ?? debugpyOfPythonDebugger();
  return {
    ...launch,
    ...(selected && { python: selected }),
    ...(debugpy && { debugpyPath: debugpy }),
    // A module is imported from the folder that is open, unless it says otherwise.
    ...(module && !cwd && { cwd: base }),
  };
};
