import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import * as vscode from 'vscode';
import { readyAddress } from '../support/debugging';
import { inWorkspace, openFile, positionOf } from '../support/documents';
import { httpGet } from '../support/http';
import { click, notifications, pictureAsIs, textsOf } from '../support/page';
import { whileDebugging } from '../support/suite';
import { waitFor } from '../support/wait';

whileDebugging('applications of the workspace', (watcher) => {
  it('have a code lens where they are made, which starts them', async () => {
    const { document } = await openFile('plain', 'app.wsgi');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      10,
    );
    const lens = lenses.find(({ command }) => command?.title.includes('Debug with mod_wsgi'));
    assert.equal(lens?.range.start.line, positionOf(document, 'def application').line);
    await vscode.commands.executeCommand(lens?.command?.command ?? '', ...(lens?.command?.arguments ?? []));
    assert.equal((await httpGet(`${await readyAddress(watcher())}count?to=2`)).body, '1\n2\n');
  });

  it('have no code lens where none is made', async () => {
    const { document } = await openFile('django', 'bookshop', 'views.py');
    assert.deepEqual(await lensesOf(document), []);
  });

  it('are offered in the Run view without a launch.json', async () => {
    const script = inWorkspace('flask', 'wsgi.py');
    writeFileSync(inWorkspace('apache', 'here.conf'), `WSGIScriptAlias /cart ${script}\n`);
    const { document } = await openFile('apache', 'here.conf');
    assert.deepEqual(await lensesOf(document), [{ title: '$(debug-alt) Debug with mod_wsgi', line: 0 }]);
    await vscode.commands.executeCommand('workbench.action.quickOpen', 'debug ');
    const rows = () => textsOf('.quick-input-list .monaco-list-row');
    await waitFor('the debuggers that can make configurations', async () =>
      (await rows()).some((row) => row.includes('mod_wsgi (Apache)')),
    );
    await click('.quick-input-list .monaco-list-row:has-text("mod_wsgi (Apache)")');
    const names = [
      'Django project django',
      'flask/app.py',
      'flask/wsgi.py',
      'plain/app.wsgi',
      '/cart of apache/here.conf',
    ];
    await waitFor('the configurations, each once', async () => {
      const offered = await rows();
      return names.every((name) => offered.filter((row) => row.includes(`mod_wsgi: ${name}`)).length === 1);
    });
    await pictureAsIs('dynamic-configurations');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  it('are started on another port by a button, where theirs is taken', async () => {
    const taken = net.createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as net.AddressInfo).port));
    });
    try {
      const hasStarted = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
        type: 'mod_wsgi',
        request: 'launch',
        name: 'port that is taken',
        program: inWorkspace('plain', 'app.wsgi'),
        port,
      });
      assert.equal(hasStarted, false);
      await waitFor('the question', async () =>
        (await notifications()).some((text) => text.includes('Use a Free Port')),
      );
      await pictureAsIs('question');
      await click('.notification-list-item .monaco-button:has-text("Use a Free Port")');
      const url = await readyAddress(watcher());
      assert.notEqual(Number(new URL(url).port), port);
    } finally {
      taken.close();
    }
  });
});

/** The code lenses that start something. */
const lensesOf = async ({ uri }: vscode.TextDocument): Promise<{ title: string; line: number }[]> => {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    20,
  );
  return found.flatMap(({ command, range }) =>
    command?.command === 'mod_wsgi.debugApplication'
      ? [{ title: command.title, line: range.start.line }]
      : [],
  );
};
