// Debug sessions as the editor sees them.
import * as vscode from 'vscode';
import { READY_EVENT, type ReadyEventBody } from '../../../common/src/debug-events';
import { waitFor } from './wait';

/** The part of a DAP message that suites look at. */
interface AdapterMessage {
  readonly type: string;
  readonly event?: string;
  readonly body?: unknown;
}

/** Watches every debug session of a window from construction to {@link dispose}. */
export class DebugWatcher implements vscode.Disposable {
  readonly started: vscode.DebugSession[] = [];
  readonly ended: vscode.DebugSession[] = [];
  /** Every message of the latest session's debug adapter, in order. */
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

  /** Presses F5, by its command, and waits for the session. The messages of earlier sessions are forgotten. */
  async start(ms = 60_000): Promise<vscode.DebugSession> {
    const before = this.started.length;
    this.messages.length = 0;
    await vscode.commands.executeCommand('workbench.action.debug.start');
    return waitFor('a debug session to start', () => this.started[before], ms);
  }

  /** The bodies of all events of a kind so far. */
  events(kind: string): unknown[] {
    return this.messages.filter(({ event }) => event === kind).map(({ body }) => body);
  }

  /** The body of the latest event of a kind, undefined where none has come. */
  latestOf(kind: string): unknown {
    return this.events(kind).at(-1);
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

/** Waits until the server of a just started session answers; its address, with a slash at the end. */
export const readyAddress = async (watcher: DebugWatcher, ms = 120_000): Promise<string> => {
  const body = await waitFor('the server to be ready', () => watcher.latestOf(READY_EVENT), ms);
  return new URL('/', (body as ReadyEventBody).url).href;
};

/** The part of a DAP stack frame that suites look at. */
interface StackFrame {
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

/** The stack of the thread that a frame belongs to, innermost first. */
export const stackOf = async ({
  session,
  threadId,
}: vscode.DebugStackFrame): Promise<readonly StackFrame[]> =>
  (await session.customRequest('stackTrace', { threadId })).stackFrames;

/** The local variables of a frame: name → value as it is shown. */
export const variablesOf = async ({
  session,
  frameId,
}: vscode.DebugStackFrame): Promise<ReadonlyMap<string, string>> => {
  const { scopes } = await session.customRequest('scopes', { frameId });
  const { variables } = await session.customRequest('variables', {
    variablesReference: scopes[0].variablesReference,
  });
  return new Map(variables.map(({ name, value }: { name: string; value: string }) => [name, value]));
};
