// Debug sessions as the editor sees them.
import * as vscode from 'vscode';
import { waitFor } from './wait';

/** The part of a DAP message that suites look at. */
interface AdapterMessage {
  readonly type: string;
  readonly event?: string;
  /** Of a response: whether the request was carried out, and why not. */
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

/** Watches every debug session of a window from construction to {@link dispose}. */
export class DebugWatcher implements vscode.Disposable {
  readonly started: vscode.DebugSession[] = [];
  readonly ended: vscode.DebugSession[] = [];
  /** Every message that the debug adapters have sent, in order. */
  readonly messages: AdapterMessage[] = [];
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.debug.onDidStartDebugSession((session) => this.started.push(session)),
      vscode.debug.onDidTerminateDebugSession((session) => this.ended.push(session)),
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: () => ({
          onDidSendMessage: (message: AdapterMessage) => this.messages.push(message),
        }),
      }),
    ];
  }

  /** Presses F5, by its command, and waits for the session. */
  async start(ms = 60_000): Promise<vscode.DebugSession> {
    const before = this.started.length;
    await vscode.commands.executeCommand('workbench.action.debug.start');
    return waitFor('a debug session to start', () => this.started[before], ms);
  }

  /** The bodies of all events of a kind so far. */
  events(kind: string): unknown[] {
    return this.messages.filter(({ event }) => event === kind).map(({ body }) => body);
  }

  /** All output events' text so far, joined. */
  output(): string {
    return this.events('output')
      .map((body) => (body as { output?: string }).output ?? '')
      .join('');
  }

  /** Waits for something in the debug console and returns what the expression matched. */
  outputMatching(pattern: RegExp, ms = 60_000): Promise<RegExpExecArray> {
    return waitFor(`${pattern} in the debug console`, () => pattern.exec(this.output()), ms);
  }

  /** Ends the active session with the editor's Stop and waits until it is gone. */
  async stop(ms = 30_000): Promise<void> {
    const before = this.ended.length;
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    await waitFor('the debug session to end', () => this.ended.length > before, ms);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** Waits until the editor shows a stopped frame and returns that frame. */
export const stoppedFrame = (ms = 60_000): Promise<vscode.DebugStackFrame> =>
  waitFor(
    'the editor to stop in a frame',
    () => {
      const item = vscode.debug.activeStackItem;
      return item instanceof vscode.DebugStackFrame ? item : undefined;
    },
    ms,
  );

/** Waits until the server is up and returns its address, as the debug console shows it. The first one builds the module. */
export const readyAddress = async (watcher: DebugWatcher): Promise<string> =>
  (await watcher.outputMatching(/Ready: (http\S+)/, 180_000))[1] ?? '';

/** Waits until the editor has stopped in a line and shows it, and returns the frame. @param line from 0 */
export const stoppedAt = async (
  document: vscode.TextDocument,
  line: number,
): Promise<vscode.DebugStackFrame> => {
  await waitFor(
    `the editor to show line ${line + 1} of ${document.fileName}`,
    () => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.fileName === document.fileName && editor.selection.active.line === line;
    },
    60_000,
  );
  return stoppedFrame();
};

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The local variables of a frame, by name, as the editor shows them. */
export const localsOf = async (
  session: vscode.DebugSession,
  frameId: number,
): Promise<Readonly<Record<string, string>>> => {
  const { scopes } = await session.customRequest('scopes', { frameId });
  const { variables } = await session.customRequest('variables', {
    variablesReference: scopes[0].variablesReference,
  });
  return Object.fromEntries((variables as Variable[]).map(({ name, value }) => [name, value]));
};

/** What the debug console answers to an expression. */
export const evaluate = async (
  session: vscode.DebugSession,
  frameId: number,
  expression: string,
): Promise<string> =>
  (await session.customRequest('evaluate', { expression, frameId, context: 'repl' })).result;
