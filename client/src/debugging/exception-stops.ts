import * as vscode from 'vscode';
import { DEBUG_TYPE } from './debug-type';

/** Context key: what has the focus has stopped at an exception. */
const KEY = 'mod_wsgi.stoppedAtException';

/** A message of the protocol, as far as it matters here. */
interface Message {
  readonly type: string;
  readonly event?: string;
  readonly body?: { readonly reason?: string; readonly threadId?: number };
}

/** Keeps a context key for the menus, since the editor has none for why a thread has stopped. */
export const watchExceptionStops = (context: vscode.ExtensionContext): void => {
  /** Threads that have stopped at an exception, as `session thread`. */
  const stopped = new Set<string>();
  const keyOf = (session: vscode.DebugSession, threadId: number | undefined) => `${session.id} ${threadId}`;
  const update = () => {
    const item = vscode.debug.activeStackItem;
    void vscode.commands.executeCommand(
      'setContext',
      KEY,
      !!item && stopped.has(keyOf(item.session, item.threadId)),
    );
  };
  const onMessage = (session: vscode.DebugSession, { type, event, body }: Message): void => {
    if (type !== 'event' || !(event === 'stopped' || event === 'continued')) return;
    const key = keyOf(session, body?.threadId);
    if (event === 'stopped' && body?.reason === 'exception') stopped.add(key);
    else stopped.delete(key);
    update();
  };
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
      createDebugAdapterTracker: (session) => ({
        onDidSendMessage: (message: Message) => onMessage(session, message),
      }),
    }),
    vscode.debug.onDidChangeActiveStackItem(update),
    vscode.debug.onDidTerminateDebugSession(({ id }) => {
      for (const key of stopped) if (key.startsWith(`${id} `)) stopped.delete(key);
      update();
    }),
  );
};
