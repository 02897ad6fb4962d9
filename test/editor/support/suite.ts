// The set-up that suites share: what mocha runs around each test, said once.
import * as vscode from 'vscode';
import { DebugWatcher } from './debugging';
import { extension } from './documents';

/** A mocha suite in a window where the extension has started. */
export const inEditor = (title: string, body: () => void): void => {
  describe(title, () => {
    before(() => extension().activate());
    afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
    body();
  });
};

/**
 * A suite whose tests debug: each has its own watcher, and none leaves a session or a breakpoint behind.
 *
 * @param body is given the watcher of the test that runs
 */
export const whileDebugging = (title: string, body: (watcher: () => DebugWatcher) => void): void => {
  inEditor(title, () => {
    let watcher: DebugWatcher;
    beforeEach(async () => {
      watcher = new DebugWatcher();
      // The view opens by itself at a stop, but then not always with the locals unfolded.
      await vscode.commands.executeCommand('workbench.view.debug');
    });
    afterEach(async () => {
      if (vscode.debug.activeDebugSession) await watcher.stop();
      watcher.dispose();
      vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    });
    body(() => watcher);
  });
};
