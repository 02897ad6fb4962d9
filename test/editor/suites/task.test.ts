import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { inEditor } from '../support/suite';

inEditor('the task "build native module"', () => {
  const ownTasks = () => vscode.tasks.fetchTasks({ type: 'mod_wsgi' });

  /** Runs a task and waits for the exit code of its process. */
  const run = (task: vscode.Task): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const subscription = vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution.task.name !== task.name) return;
        subscription.dispose();
        resolve(event.exitCode);
      });
      vscode.tasks.executeTask(task).then(undefined, reject);
    });

  it('is offered, with what it was found to need', async () => {
    const [task] = await ownTasks();
    assert.equal(task?.name, 'build native module');
    assert.equal(task?.group, vscode.TaskGroup.Build);
    assert.deepEqual(task?.problemMatchers, ['$mod_wsgi-build', '$mod_wsgi-gcc']);
  });

  it('builds the module where F5 looks for it', async () => {
    const [task] = await ownTasks();
    assert.ok(task?.execution instanceof vscode.ProcessExecution);
    assert.equal(await run(task), 0);
    const [, folder = ''] = task.execution.args.map((word) => /^BUILD=(.*)/.exec(word)).find(Boolean) ?? [];
    assert.ok(existsSync(path.join(folder, 'mod_wsgi.so')), folder);
  });
});
