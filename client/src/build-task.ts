import path from 'node:path';
import * as vscode from 'vscode';
import { cacheRoot } from '../../common/src/cache';
import { UserError } from '../../common/src/errors';
import { findHttpd } from '../../common/src/runtime/httpd';
import { buildCommand, nativeModulePath } from '../../common/src/runtime/native-module';
import { findPython } from '../../common/src/runtime/python';
import { selectedPython } from './python';
import { apxsSetting } from './settings';

const TASK_TYPE = 'mod_wsgi';

/** A task of tasks.json: what is left out is found on this machine. */
interface BuildTaskDefinition extends vscode.TaskDefinition {
  readonly task: 'build';
  readonly python?: string;
  readonly apxs?: string;
}

const DEFAULT: BuildTaskDefinition = { type: TASK_TYPE, task: 'build' };

/** Registers the tasks of type `mod_wsgi`. */
export const registerBuildTasks = (context: vscode.ExtensionContext): void => {
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider(TASK_TYPE, {
      provideTasks: async () => [await buildTask(DEFAULT)],
      resolveTask: (task) => buildTask(task.definition as BuildTaskDefinition, task),
    }),
  );
};

const buildTask = async (definition: BuildTaskDefinition, given?: vscode.Task): Promise<vscode.Task> => {
  const folder =
    typeof given?.scope === 'object' ? given.scope.uri : vscode.workspace.workspaceFolders?.[0]?.uri;
  const python = definition.python ?? (await selectedPython(folder));
  const apxs = definition.apxs ?? apxsSetting(folder);
  const buildDirectory = await moduleFolder(folder?.fsPath ?? process.cwd(), python, apxs);
  const { command, args, cwd } = buildCommand({ python, apxs, buildDirectory });
  const task = new vscode.Task(
    // The definition must stay as tasks.json has it, or the editor does not recognise its own task.
    definition,
    given?.scope ?? vscode.TaskScope.Workspace,
    given?.name ?? 'build native module',
    TASK_TYPE,
    new vscode.ProcessExecution(command, [...args], { cwd }),
    ['$mod_wsgi-build', '$mod_wsgi-gcc'],
  );
  task.group = vscode.TaskGroup.Build;
  task.detail = "Builds Apache's mod_wsgi module for this Python and this Apache";
  return task;
};

/** Where F5 looks for the module of this Python and this Apache; where either is missing, make will say so. */
const moduleFolder = async (cwd: string, python?: string, apxs?: string): Promise<string> => {
  try {
    const [foundPython, httpd] = await Promise.all([
      findPython({ cwd, ...(python && { python }) }),
      findHttpd({ ...(apxs && { apxs }) }),
    ]);
    return path.dirname(nativeModulePath(foundPython, httpd));
  } catch (error) {
    if (error instanceof UserError) return path.join(cacheRoot(), 'modules', 'unknown');
    throw error;
  }
};
