import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { readyAddress } from '../support/debugging';
import { openFile, positionOf } from '../support/documents';
import { httpGet } from '../support/http';
import { countOf, picture, textsOf } from '../support/page';
import { whileDebugging } from '../support/suite';
import { waitFor } from '../support/wait';

/** The body of the adapter's coverage event. */
interface Measured {
  readonly files: Readonly<Record<string, { readonly executed: number[]; readonly missing: number[] }>>;
}

whileDebugging('coverage', (watcher) => {
  const measured = (): Measured => watcher().events('mod_wsgi.coverage')[0] as Measured;

  it('of a session: the lines that ran are coloured, requests included', async () => {
    const { document } = await openFile('flask', 'app.py');
    await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: 'mod_wsgi',
      request: 'launch',
      name: 'Flask with coverage',
      program: document.fileName,
      coverage: true,
    });
    const address = await readyAddress(watcher());
    assert.equal((await httpGet(new URL('cart', address).href)).status, 200);
    await watcher().stop();

    const lines = measured().files[document.fileName];
    const lineOf = (text: string) => positionOf(document, text).line + 1;
    assert.ok(
      lines?.executed.includes(lineOf('return jsonify(cart=cart')),
      'a line that only the request ran',
    );
    assert.ok(lines?.missing.includes(lineOf('greeting = "Hello')), 'a line of a page nobody asked for');

    const { document: shown } = await openFile('flask', 'app.py');
    vscode.window.activeTextEditor?.revealRange(
      new vscode.Range(positionOf(shown, '@app.get("/")'), positionOf(shown, 'def total')),
    );
    for (const kind of ['hit', 'miss']) {
      await waitFor(`lines coloured as ${kind}`, async () => (await countOf(`.coverage-deco-${kind}`)) > 0);
    }
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    await waitFor("the workspace's applications in the Testing view", async () =>
      (await textsOf('.test-explorer .monaco-list-row')).some((text) => text.includes('flask/app.py')),
    );
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await picture('coverage');
  });

  it('by "Run with Coverage" of the Testing view lasts until the session is stopped', async () => {
    const { document } = await openFile('flask', 'wsgi.py');
    const run = vscode.commands.executeCommand('testing.coverageCurrentFile');
    const address = await readyAddress(watcher());
    assert.equal((await httpGet(new URL('hello/Ada', address).href)).status, 200);
    await watcher().stop();
    await run;
    assert.ok(document.fileName in measured().files);
  });
});
