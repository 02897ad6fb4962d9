import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { DebugWatcher, readyAddress, stackOf, stoppedFrame, variablesOf } from '../support/debugging';
import { extension, failingLine, inWorkspace, openFile } from '../support/documents';
import { httpGet } from '../support/http';
import { press, screenshot } from '../support/page';
import { isRunning, processesListeningOn } from '../support/processes';
import { waitFor } from '../support/wait';

/** An example: what to open, a page that works, and what the stop at its failing page shows. */
interface Example {
  readonly name: string;
  readonly open: readonly string[];
  readonly page: string;
  readonly answer: RegExp;
  readonly failsIn: readonly string[];
  readonly failingFunction: string;
  /** Local name → its value as the variables view shows it. */
  readonly locals: Readonly<Record<string, RegExp>>;
  readonly evaluate: readonly [expression: string, value: string];
}

const examples: readonly Example[] = [
  {
    name: 'Flask',
    open: ['flask', 'app.py'],
    page: 'hello/ada',
    answer: /Hello, Ada!/,
    failsIn: ['flask', 'app.py'],
    failingFunction: 'price_of',
    locals: { article: /^'durian'$/ },
    evaluate: ['sorted(PRICES)[0]', "'apples'"],
  },
  {
    name: 'Django',
    open: ['django', 'bookshop', 'wsgi.py'],
    page: 'books/emma',
    answer: /Jane Austen/,
    failsIn: ['django', 'bookshop', 'orders.py'],
    failingFunction: 'total',
    locals: { prices: /9\.5, 7\.25/, self: /Order/ },
    evaluate: ['self.discount', "'1.50'"],
  },
  {
    name: 'plain WSGI',
    open: ['plain', 'app.wsgi'],
    page: 'count?to=2',
    answer: /^1\n2\n$/,
    failsIn: ['plain', 'app.wsgi'],
    failingFunction: 'average',
    locals: { position: /^2$/, reading: /^'n\/a'$/ },
    evaluate: ['readings[position]', "'n/a'"],
  },
];

describe('F5', () => {
  const watcher = new DebugWatcher();

  before(() => extension().activate());
  after(() => watcher.dispose());

  for (const example of examples) {
    describe(`on the ${example.name} example`, () => {
      let address = '';
      let server: number[] = [];
      let failing: ReturnType<typeof httpGet>;

      after(async () => {
        if (vscode.debug.activeDebugSession) await watcher.stop();
      });

      it('starts Apache, which answers', async () => {
        await openFile(...example.open);
        await watcher.start();
        address = await readyAddress(watcher);
        server = processesListeningOn(Number(new URL(address).port));
        assert.notEqual(server.length, 0);
        const { status, body } = await httpGet(new URL(example.page, address).href);
        assert.equal(status, 200);
        assert.match(body, example.answer);
      });

      it('stops in the failing frame', async () => {
        failing = httpGet(new URL('fail', address).href);
        const frame = await stoppedFrame();
        const document = await vscode.workspace.openTextDocument(inWorkspace(...example.failsIn));
        const [top] = await stackOf(frame);
        assert.ok(top, 'the stack is empty');
        assert.equal(top.source?.path, document.fileName);
        assert.equal(top.line, failingLine(document));
        assert.match(top.name, new RegExp(`\\b${example.failingFunction}\\b`));
      });

      it('shows the locals there', async () => {
        const variables = await variablesOf(await stoppedFrame());
        for (const [name, value] of Object.entries(example.locals))
          assert.match(variables.get(name) ?? '(none)', value);
      });

      it('evaluates there', async () => {
        const frame = await stoppedFrame();
        const [expression, value] = example.evaluate;
        const { result } = await frame.session.customRequest('evaluate', {
          expression,
          frameId: frame.frameId,
          context: 'repl',
        });
        assert.equal(result, value);
      });

      it('is shown to a person', async () => {
        await vscode.commands.executeCommand('workbench.view.debug');
        await screenshot(`stopped-${example.open[0]}`);
      });

      it('lets the client have its 500 on continue', async () => {
        await press('F5');
        assert.equal((await failing).status, 500);
      });

      it('leaves no process when it is stopped', async () => {
        await watcher.stop();
        await waitFor('every process of the server to end', () => !server.some(isRunning), 10_000);
      });
    });
  }
});
