import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { DebugWatcher } from '../support/debugging';
import { diagnosticsOf, inWorkspace, openFile } from '../support/documents';
import { notifications } from '../support/page';
import { inEditor } from '../support/suite';
import { pause, waitFor } from '../support/wait';

inEditor('a workspace that is not trusted', () => {
  it('is really not trusted', () => assert.equal(vscode.workspace.isTrusted, false));

  it('has its configuration files checked', async () => {
    const { document } = await openFile('apache', 'shop-with-mistakes.conf');
    await diagnosticsOf(document, 'the problems of shop-with-mistakes.conf', (found) => found.length > 0);
  });

  it('has a sentence instead of an Apache that is asked', async () => {
    await openFile('apache', 'shop.conf');
    await vscode.commands.executeCommand('mod_wsgi.askApache');
    await waitFor('the refusal', async () =>
      (await notifications()).some((text) =>
        text.includes('Apache is not asked in a workspace that is not trusted'),
      ),
    );
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
