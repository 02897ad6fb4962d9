import * as vscode from 'vscode';
import type { DebugRequestName, DebugRequests } from '../../../common/src/debug-requests';

/**
 * Asks a session's adapter for something that the protocol has no words for.
 *
 * @throws Error with a sentence for the user, where the adapter refuses
 */
export const ask = <Name extends DebugRequestName>(
  session: vscode.DebugSession,
  name: Name,
  args: DebugRequests[Name]['arguments'],
): Thenable<DebugRequests[Name]['body']> => session.customRequest(name, args);

/** A stopped thread, or a session without one: what a command of the debug toolbar or the call stack is about. */
export interface Subject {
  readonly session: vscode.DebugSession;
  readonly threadId: number | undefined;
}

/** What the call stack passes to the commands of its context menu. */
interface CallStackItem {
  readonly sessionId?: string;
  readonly threadId?: string;
}

/** What a command is about: the item whose menu was used, else what has the focus in the call stack. */
export const subjectOf = (item: CallStackItem | undefined): Subject | undefined => {
  const focused = vscode.debug.activeStackItem;
  const session = focused?.session ?? vscode.debug.activeDebugSession;
  if (!session) return undefined;
  // The editor's name of a thread ends in the adapter's number of it.
  const named = item?.sessionId === session.id ? /(\d+)$/.exec(item.threadId ?? '')?.[1] : undefined;
  return { session, threadId: named === undefined ? focused?.threadId : Number(named) };
};
