import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { readyAddress, stoppedAt } from '../support/debugging';
import { failingLine, openFile, positionOf } from '../support/documents';
import { httpGet } from '../support/http';
import { picture, pictureAsIs, press, textsOf, type } from '../support/page';
import { whileDebugging } from '../support/suite';
import { waitFor } from '../support/wait';

whileDebugging('a stopped request', (watcher) => {
  it('can be ignored, sent again, chosen by its path and met where it begins', async () => {
    const { document } = await openFile('flask', 'app.py');
    await press('F5');
    await waitFor('a debug session', () => watcher().started[0], 60_000);
    const url = await readyAddress(watcher());
    const failing = failingLine(document) - 1;

    // Replay: the stopped request is answered, and the same stops again.
    const first = httpGet(`${url}fail`);
    await stoppedAt(document, failing);
    await picture('stopped-request');
    await vscode.commands.executeCommand('mod_wsgi.replayRequest');
    assert.equal((await first).status, 500);
    await stoppedAt(document, failing);

    // Ignore and continue: this exception stops nobody any more.
    await vscode.commands.executeCommand('mod_wsgi.ignoreException');
    await waitFor(
      'nothing to be stopped',
      () => !(vscode.debug.activeStackItem instanceof vscode.DebugStackFrame),
    );
    assert.equal((await httpGet(`${url}fail`)).status, 500);

    // Only stop for requests matching: the breakpoint counts in one page only, and the status bar says so.
    const line = positionOf(document, 'greeting = "Hello').line;
    const place = new vscode.Location(document.uri, new vscode.Position(line, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    const filtering = vscode.commands.executeCommand('mod_wsgi.filterRequests');
    await waitFor('the box', async () =>
      (await textsOf('.quick-input-widget .quick-input-title')).some((title) => /Only stop/.test(title)),
    );
    await type('/hello/Ada');
    await pictureAsIs('request-filter');
    await press('Enter');
    await filtering;
    assert.equal((await httpGet(`${url}hello/Bob`)).body, 'Hello, Bob!');
    const ada = httpGet(`${url}hello/Ada`);
    await stoppedAt(document, line);
    await waitFor('the filter in the status bar', async () =>
      (await textsOf('.statusbar-item')).some((text) => text.includes('/hello/Ada')),
    );
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    assert.equal((await ada).body, 'Hello, Ada!');

    // Run to the next request that may stop: where it enters the user's code, without a breakpoint there.
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.commands.executeCommand('mod_wsgi.runToNextRequest');
    const next = httpGet(`${url}hello/Ada`);
    await stoppedAt(document, line);
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    assert.equal((await next).status, 200);
  });
});
