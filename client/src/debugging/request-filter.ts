import * as vscode from 'vscode';
import { DEBUG_TYPE } from './debug-type';
import { ask } from './requests';

const COMMAND = 'mod_wsgi.filterRequests';

/** Which requests a session stops in: asked for in a box, and shown in the status bar while it leaves some out. */
export class RequestFilter implements vscode.Disposable {
  private readonly status = vscode.window.createStatusBarItem(
    'mod_wsgi.requestFilter',
    vscode.StatusBarAlignment.Left,
  );
  private readonly patterns = new Map<string, readonly string[]>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.status.name = 'mod_wsgi: requests to stop in';
    this.status.command = COMMAND;
    this.subscriptions = [
      this.status,
      vscode.debug.onDidStartDebugSession(({ id, configuration: { requestFilter } }) => {
        if (Array.isArray(requestFilter)) this.patterns.set(id, requestFilter);
        this.show();
      }),
      vscode.debug.onDidChangeActiveDebugSession(() => this.show()),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        this.patterns.delete(id);
        this.show();
      }),
    ];
  }

  /** Asks for patterns and sets them; an empty answer stops in all requests again. */
  async edit(session: vscode.DebugSession): Promise<void> {
    const { patterns } = await ask(session, 'modWsgi/requestFilter', {});
    const answer = await vscode.window.showInputBox({
      title: 'Only stop for requests matching…',
      prompt:
        'Patterns of paths, separated by commas: /cart/**, POST /orders/*, !/static/**. Empty: stop in all.',
      placeHolder: '/cart/**',
      value: patterns.join(', '),
    });
    if (answer === undefined) return;
    const wanted = patternsIn(answer);
    const set = await ask(session, 'modWsgi/requestFilter', { patterns: wanted });
    this.patterns.set(session.id, set.patterns);
    this.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private show(): void {
    const session = vscode.debug.activeDebugSession;
    const patterns = session?.type === DEBUG_TYPE ? (this.patterns.get(session.id) ?? []) : [];
    if (patterns.length === 0) {
      this.status.hide();
      return;
    }
    this.status.text = `$(filter) ${patterns.join(', ')}`;
    this.status.tooltip = 'The session stops only in these requests. Click to change.';
    this.status.show();
  }
}

/** The patterns of an answer: separated by commas or line ends. */
const patternsIn = (answer: string): string[] =>
  answer
    .split(/[,\n]/)
    .map((pattern) => pattern.trim())
    .filter(Boolean);
