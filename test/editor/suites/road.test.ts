import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { evaluate, localsOf, readyAddress, stoppedAt } from '../support/debugging';
import { failingLine, inWorkspace, openFile, positionOf } from '../support/documents';
import { httpGet } from '../support/http';
import { countOf, notifications, picture, press, textsOf } from '../support/page';
import { isRunning, processesListeningOn } from '../support/processes';
import { whileDebugging } from '../support/suite';
import { waitFor } from '../support/wait';

/** Each example's page `/fail` raises at `# raises here`; on the way there is a line to stop and step at. */
const APPLICATIONS = [
  {
    name: 'Flask',
    open: ['flask', 'app.py'],
    raising: ['flask', 'app.py'],
    breakpoint: { file: ['flask', 'app.py'], at: 'amount += quantity', condition: 'article == "durian"' },
    atBreakpoint: { article: "'durian'", quantity: '2' },
    step: { command: 'stepInto', to: 'return PRICES[article]' },
    atException: { article: "'durian'" },
    expression: { text: 'sorted(PRICES)', value: "['apples', 'bread', 'cheese']" },
    explained: undefined,
  },
  {
    // F5 on any file of the project starts the project.
    name: 'Django',
    open: ['django', 'bookshop', 'orders.py'],
    raising: ['django', 'bookshop', 'orders.py'],
    breakpoint: { file: ['django', 'bookshop', 'views.py'], at: 'order = Order(', condition: undefined },
    atBreakpoint: {},
    step: { command: 'stepOver', to: 'return JsonResponse({"customer"' },
    atException: { prices: '[9.5, 7.25]' },
    expression: { text: 'self.discount', value: "'1.50'" },
    explained: undefined,
  },
  {
    name: 'plain WSGI',
    open: ['plain', 'app.wsgi'],
    raising: ['plain', 'app.wsgi'],
    breakpoint: { file: ['plain', 'app.wsgi'], at: 'total += float', condition: 'position == 2' },
    atBreakpoint: { position: '2', total: '41.5' },
    step: { command: undefined, to: '' },
    atException: { reading: "'n/a'" },
    expression: { text: 'readings[position]', value: "'n/a'" },
    // The frameworks catch the exception; here it comes to mod_wsgi, whose message is explained.
    explained: 'ⓘ Unhandled exception',
  },
] as const;

/** The names whose values are shown beside the code, as the editor asks for them at a stop. */
const showsInlineValues = async (
  document: vscode.TextDocument,
  line: number,
  frameId: number,
  names: readonly string[],
): Promise<void> => {
  const stoppedLocation = document.lineAt(line).range;
  const values = await vscode.commands.executeCommand<vscode.InlineValueVariableLookup[]>(
    'vscode.executeInlineValueProvider',
    document.uri,
    new vscode.Range(0, 0, document.lineCount, 0),
    { frameId, stoppedLocation },
  );
  const shown = values.map(({ variableName }) => variableName);
  assert.ok(
    names.length > 0 ? names.some((name) => shown.includes(name)) : shown.length > 0,
    `no value of ${names.join(', ')} among ${shown.join(', ')}`,
  );
};

whileDebugging('the whole road', (watcher) => {
  for (const application of APPLICATIONS) {
    it(`${application.name}: F5, breakpoint, step, inspect, exception, evaluate, continue, 500, stop, nothing left`, async () => {
      // A file that the editor has to load at the stop is at times shown without the exception: a race within the editor.
      const { document } = await openFile(...application.raising);
      const { file, at, condition } = application.breakpoint;
      const { document: stopping } = await openFile(...file);
      await openFile(...application.open);
      const line = positionOf(stopping, at).line;
      const place = new vscode.Location(stopping.uri, new vscode.Position(line, 0));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place, true, condition)]);

      await press('F5');
      const session = await waitFor('a debug session', () => watcher().started[0], 60_000);
      const url = await readyAddress(watcher());
      const server = processesListeningOn(Number(new URL(url).port));
      assert.notDeepEqual(server, []);
      assert.equal((await httpGet(url)).status, 200);

      const response = httpGet(`${url}fail`);
      const stop = await stoppedAt(stopping, line);
      await hasLocals(session, stop.frameId, application.atBreakpoint);
      await showsLocals(Object.keys(application.atBreakpoint));
      await showsInlineValues(stopping, line, stop.frameId, Object.keys(application.atBreakpoint));
      await picture(`breakpoint-${application.open[0]}`);

      const { command, to } = application.step;
      if (command !== undefined) {
        await vscode.commands.executeCommand(`workbench.action.debug.${command}`);
        await stoppedAt(stopping, positionOf(stopping, to).line);
      }
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await waitFor('the exception to be shown', async () => (await countOf('.exception-widget .title')) > 0);
      const { frameId } = await stoppedAt(document, failingLine(document) - 1);
      await hasLocals(session, frameId, application.atException);
      const { text, value } = application.expression;
      assert.equal(await evaluate(session, frameId, text), value);
      await showsLocals(Object.keys(application.atException));
      await picture(`post-mortem-${application.open[0]}`);

      await vscode.commands.executeCommand('workbench.action.debug.continue');
      assert.equal((await response).status, 500);
      if (application.explained) await explainsInConsole(application.explained);
      await watcher().stop();
      await waitFor('every process of the server to be gone', () => !server.some(isRunning), 5_000);
    });
  }

  it('a mistake in the launch configuration is told with what to do', async () => {
    const hasStarted = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: 'mod_wsgi',
      request: 'launch',
      name: 'wrong',
      program: inWorkspace('nowhere.wsgi'),
    });
    assert.equal(hasStarted, false);
    const refused = watcher().messages.find(({ type, success }) => type === 'response' && success === false);
    assert.match(refused?.message ?? '', /^There is no WSGI script .*nowhere\.wsgi\./);
    assert.match(refused?.message ?? '', /Correct "program" in launch\.json\.$/);
    await waitFor('the question with its button', async () =>
      (await notifications()).some(
        (text) => text.includes('There is no WSGI script') && text.includes('Open launch.json'),
      ),
    );
  });
});

/** The frame has these local variables, shown as these values, and may have more. */
const hasLocals = async (
  session: vscode.DebugSession,
  frameId: number,
  expected: Readonly<Record<string, string>>,
): Promise<void> => {
  const locals = await localsOf(session, frameId);
  for (const [name, value] of Object.entries(expected)) assert.equal(locals[name], value, name);
};

/** The debug console says what a message of mod_wsgi means. Only rows that are in view can be read: it gets all the room. */
const explainsInConsole = async (text: string): Promise<void> => {
  await vscode.commands.executeCommand('workbench.debug.action.focusRepl');
  await vscode.commands.executeCommand('workbench.action.toggleMaximizedPanel');
  await waitFor('the explanation in the debug console', async () =>
    (await textsOf('.repl .monaco-list-row')).some((row) => row.includes(text)),
  );
  await vscode.commands.executeCommand('workbench.action.toggleMaximizedPanel');
};

const showsLocals = (names: readonly string[]): Promise<unknown> =>
  waitFor('the variables view to show the locals', async () => {
    const rows = await textsOf('.debug-variables .monaco-list-row');
    return names.every((name) => rows.some((row) => row.includes(name)));
  });
