import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { DebugWatcher } from '../support/debugging';
import { diagnosticsOf, inWorkspace, openFile } from '../support/documents';
import { inEditor } from '../support/suite';
import { pause } from '../support/wait';

inEditor('a workspace that is not trusted', () => {
  it('is really not trusted', () => assert.equal(vscode.workspace.isTrusted, false));

  it('has its configuration files checked', async () => {
    const { document } = await openFile('apache', 'shop-with-mistakes.conf');
    await diagnosticsOf(document, 'the problems of shop-with-mistakes.conf', (found) => found.length > 0);
  });

  it('starts no Apache on F5', async () => {
    const watcher = new DebugWatcher();
    try {
      await openFile('plain', 'app.wsgi');
      // Resolves only when the user has answered the question about trust, which nobody does here.
      void vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
        type: 'mod_wsgi',
        request: 'launch',
        name: 'untrusted',
        program: inWorkspace('plain', 'app.wsgi'),
      });
      await pause(5_000);
      assert.deepEqual(
        watcher.started.map(({ name }) => name),
        [],
      );
    } finally {
      watcher.dispose();
    }
  });
});
