import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { DebugWatcher, stoppedFrame } from '../support/debugging';
import { extension, failingLine, inWorkspace, openFile, positionOf } from '../support/documents';
import { httpGet } from '../support/http';
import { countOf, press, screenshot } from '../support/page';
import { waitFor } from '../support/wait';

/** Each example's page `/fail` raises at `# raises here`; the locals there say why. */
const APPLICATIONS = [
  {
    name: 'Flask',
    open: ['flask', 'app.py'],
    raising: ['flask', 'app.py'],
    frame: 'price_of',
    locals: { article: "'durian'" },
  },
  {
    name: 'Django',
    open: ['django', 'bookshop', 'wsgi.py'],
    raising: ['django', 'bookshop', 'orders.py'],
    frame: 'total',
    locals: { prices: '[9.5, 7.25]' },
  },
  {
    name: 'plain WSGI',
    open: ['plain', 'app.wsgi'],
    raising: ['plain', 'app.wsgi'],
    frame: 'average',
    locals: { reading: "'n/a'" },
  },
] as const;

interface Variable {
  readonly name: string;
  readonly value: string;
}

describe('the whole road', () => {
  let watcher: DebugWatcher;

  before(() => extension().activate());
  beforeEach(() => {
    watcher = new DebugWatcher();
  });
  afterEach(async () => {
    if (vscode.debug.activeDebugSession) await watcher.stop();
    watcher.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const readyUrl = async (): Promise<string> => (await watcher.outputMatching(/Ready: (http\S+)/))[1] ?? '';

  for (const application of APPLICATIONS) {
    it(`${application.name}: F5, request, post mortem, continue, 500, stop, nothing left`, async () => {
      await openFile(...application.open);
      await press('F5');
      const session = await waitFor('a debug session', () => watcher.started[0], 60_000);
      const url = await readyUrl();
      assert.equal((await httpGet(url)).status, 200);

      const response = httpGet(`${url}fail`);
      const { frameId, threadId } = await stoppedFrame();
      const raising = await vscode.workspace.openTextDocument(inWorkspace(...application.raising));
      const editor = await waitFor('the editor to show the failing frame', () => {
        const active = vscode.window.activeTextEditor;
        return active?.document.fileName === raising.fileName ? active : undefined;
      });
      await waitFor(
        'the failing line to be selected',
        () => editor.selection.active.line + 1 === failingLine(raising),
      );
      const locals = await localsOf(session, frameId);
      for (const [name, value] of Object.entries(application.locals)) assert.equal(locals.get(name), value);
      const { stackFrames } = await session.customRequest('stackTrace', { threadId });
      assert.ok(stackFrames.some(({ name }: { name: string }) => name === application.frame));
      if (application.name === 'Flask') {
        await waitFor('the exception to be shown', () => countOf('.exception-widget .title'));
        await screenshot('post-mortem');
      }

      await vscode.commands.executeCommand('workbench.action.debug.continue');
      assert.equal((await response).status, 500);
      await watcher.stop();
      assert.deepEqual(apacheProcesses(), []);
    });
  }

  it('Flask: the lines that ran are coloured, requests included', async () => {
    const { document } = await openFile('flask', 'app.py');
    await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: 'mod_wsgi',
      request: 'launch',
      name: 'Flask with coverage',
      program: document.fileName,
      coverage: true,
    });
    const url = await readyUrl();
    assert.equal((await httpGet(`${url}cart`)).status, 200);
    await watcher.stop();
    await openFile('flask', 'app.py');
    await waitFor('the covered lines to be coloured', () => countOf('.coverage-deco-hit'));
    await waitFor('the missed lines to be coloured', () => countOf('.coverage-deco-miss'));
    const measured = watcher.events('mod_wsgi.coverage')[0] as {
      files: Record<string, { executed: number[]; missing: number[] }>;
    };
    const lines = measured.files[document.fileName];
    const lineOf = (text: string) => positionOf(document, text).line + 1;
    assert.ok(
      lines?.executed.includes(lineOf('return jsonify(cart=cart')),
      'a line that only the request ran',
    );
    assert.ok(lines?.missing.includes(lineOf('greeting = "Hello')), 'a line of a page nobody asked for');
    const editor = vscode.window.activeTextEditor;
    editor?.revealRange(
      new vscode.Range(positionOf(document, '@app.get("/")'), positionOf(document, 'def total')),
    );
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    await screenshot('coverage');
  });

  it('Flask: "Run with Coverage" of the Testing view measures until the session is stopped', async () => {
    const { document } = await openFile('flask', 'wsgi.py');
    const run = vscode.commands.executeCommand('testing.coverageCurrentFile');
    await waitFor('a debug session', () => watcher.started[0], 60_000);
    assert.equal((await httpGet(`${await readyUrl()}hello/Ada`)).status, 200);
    await watcher.stop();
    await run;
    const measured = watcher.events('mod_wsgi.coverage')[0] as { files: Record<string, unknown> };
    assert.ok(document.fileName in measured.files);
  });

  it('a mistake in the configuration is told with what to do', async () => {
    const started = await vscode.debug
      .startDebugging(vscode.workspace.workspaceFolders?.[0], {
        type: 'mod_wsgi',
        request: 'launch',
        name: 'wrong',
        program: inWorkspace('nowhere.wsgi'),
      })
      .then(
        (result) => result,
        () => false,
      );
    assert.equal(started, false);
    await waitFor('the message', () => countOf('.monaco-dialog-box'));
    await screenshot('launch-error');
    await press('Escape');
  });
});

const localsOf = async (session: vscode.DebugSession, frameId: number): Promise<Map<string, string>> => {
  const { scopes } = await session.customRequest('scopes', { frameId });
  const { variables } = await session.customRequest('variables', {
    variablesReference: scopes[0].variablesReference,
  });
  return new Map((variables as Variable[]).map(({ name, value }) => [name, value]));
};

/** Apaches of a debug session that are still running. */
const apacheProcesses = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((command) => /^\S*(apache2|httpd)\b.*mod-wsgi-\w+\/server/.test(command));
