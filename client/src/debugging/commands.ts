import path from 'node:path';
import * as vscode from 'vscode';
import type { Addresses } from './addresses';
import { DEBUG_TYPE } from './debug-type';
import type { RequestFilter } from './request-filter';
import { ask, type Subject, subjectOf } from './requests';

type Run = (subject: Subject) => Promise<void>;

/** Registers what can be done with a stopped request beyond stepping: see the debug toolbar and the call stack's menu. */
export const registerDebugCommands = (
  context: vscode.ExtensionContext,
  filter: RequestFilter,
  addresses: Addresses,
): void => {
  const commands: Readonly<Record<string, Run>> = {
    ignoreException,
    forgetIgnoredExceptions,
    replayRequest,
    runToNextRequest,
    openInBrowser: ({ session }) => addresses.open(session),
    filterRequests: ({ session }) => filter.edit(session),
  };
  for (const [name, run] of Object.entries(commands))
    context.subscriptions.push(
      vscode.commands.registerCommand(`mod_wsgi.${name}`, (item) => withSubject(subjectOf(item), run)),
    );
};

const withSubject = async (subject: Subject | undefined, run: Run): Promise<void> => {
  if (subject?.session.type !== DEBUG_TYPE) {
    void vscode.window.showInformationMessage(
      'No mod_wsgi debug session is running: press F5 on an application.',
    );
    return;
  }
  try {
    await run(subject);
  } catch (error) {
    void vscode.window.showWarningMessage((error as Error).message);
  }
};

const ignoreException: Run = async (subject) => {
  const { session } = subject;
  const ignored = await ask(session, 'modWsgi/ignoreException', { threadId: stoppedThread(subject) });
  const undo = 'Stop There Again';
  const place = `${path.basename(ignored.path)}:${ignored.line}`;
  const answer = vscode.window.showInformationMessage(
    `${ignored.type} in ${place} is ignored until the session ends.`,
    undo,
  );
  // The answer may come much later, or never; the command is done.
  void answer.then((chosen) => (chosen === undo ? withSubject(subject, forgetIgnoredExceptions) : undefined));
};

const forgetIgnoredExceptions: Run = async ({ session }) => {
  const { forgotten } = await ask(session, 'modWsgi/forgetIgnoredExceptions', {});
  vscode.window.setStatusBarMessage(
    forgotten === 0 ? 'No exception was ignored' : `Stops again at ${forgotten} ignored exception(s)`,
    5_000,
  );
};

const replayRequest: Run = async ({ session, threadId }) => {
  const { request } = await ask(session, 'modWsgi/replayRequest', threadId === undefined ? {} : { threadId });
  vscode.window.setStatusBarMessage(`$(sync) Sent again: ${request}`, 5_000);
};

const runToNextRequest: Run = async ({ session }) => {
  await ask(session, 'modWsgi/runToNextRequest', {});
  vscode.window.setStatusBarMessage('$(debug-continue) Stops where the next request enters your code', 5_000);
};

const stoppedThread = ({ threadId }: Subject): number => {
  if (threadId === undefined)
    throw new Error('No request has stopped; choose a stopped one in the call stack.');
  return threadId;
};
