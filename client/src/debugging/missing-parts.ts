import * as vscode from 'vscode';
import type { UserErrorBody } from '../../../common/src/debug-events';
import { DEBUG_TYPE } from './debug-type';

/** Why a session did not start. */
interface Problem {
  readonly session: vscode.DebugSession;
  readonly error: UserErrorBody;
}

/** A button of the question, and what it does. */
interface Remedy {
  readonly title: string;
  readonly run: (problem: Problem) => Thenable<unknown>;
}

const again = (title: string, changes: object): Remedy => ({
  title,
  run: ({ session: { configuration, workspaceFolder } }) =>
    vscode.debug.startDebugging(workspaceFolder, { ...configuration, ...changes }),
});

const execute = (title: string, command: string, ...args: readonly unknown[]): Remedy => ({
  title,
  run: () => vscode.commands.executeCommand(command, ...args),
});

/** Typed, not run: installing something is the user's decision to the last key. */
const typeInTerminal: Remedy = {
  title: 'Install in Terminal',
  run: async ({ error: { command = '' } }) => {
    const terminal = vscode.window.createTerminal('mod_wsgi');
    terminal.show();
    terminal.sendText(command, false);
  },
};

const chooseInterpreter: Remedy = {
  title: 'Choose Interpreter',
  run: () =>
    vscode.extensions.getExtension('ms-python.python')
      ? vscode.commands.executeCommand('python.setInterpreter')
      : vscode.commands.executeCommand('workbench.action.openSettings', 'mod_wsgi.python'),
};

const openLaunchJson = execute('Open launch.json', 'workbench.action.debug.configure');
const buildModule = execute(
  'Build Module',
  'workbench.action.tasks.runTask',
  'mod_wsgi: build native module',
);
const takeFreePort = again('Use a Free Port', { port: 0 });
const useInstalled = again('Use the Installed mod_wsgi', { runtime: 'installed' });
const withoutCoverage = again('Start Without Coverage', { coverage: false });

/** What can be done at once about an error, by its code. */
const REMEDIES: Readonly<Record<string, readonly Remedy[]>> = {
  'python-missing': [chooseInterpreter],
  'python-broken': [chooseInterpreter],
  'module-wrong-python': [chooseInterpreter],
  'module-missing': [buildModule],
  'native-build-failed': [buildModule, useInstalled],
  'port-busy': [takeFreePort],
  'port-privileged': [takeFreePort],
  'host-not-here': [openLaunchJson],
  'host-unknown': [openLaunchJson],
  'program-missing': [openLaunchJson],
  'cwd-missing': [openLaunchJson],
  'launch-attribute': [openLaunchJson],
  'launch-no-program': [openLaunchJson],
  'option-unknown': [openLaunchJson],
  'option-value': [openLaunchJson],
  'user-missing': [openLaunchJson],
  'coverage-missing': [withoutCoverage],
};

/** The buttons of the question about an error, in their order. */
const remediesOf = ({ code, command }: UserErrorBody): readonly Remedy[] => [
  ...(command ? [typeInTerminal] : []),
  ...(REMEDIES[code] ?? []),
];

/** Asks what to do when a session does not start because something is missing or wrong on the user's side. */
export const offerMissingParts = (context: vscode.ExtensionContext): void => {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
      createDebugAdapterTracker: (session) => ({
        onDidSendMessage: (message: FailedStart) => {
          const error = isFailedStart(message) ? message.body?.error?.variables : undefined;
          if (error) void offer({ session, error });
        },
      }),
    }),
  );
};

/** The answer to a request that starts a session, as far as it matters here. */
interface FailedStart {
  readonly type: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly body?: { readonly error?: { readonly variables?: UserErrorBody } };
}

const isFailedStart = ({ type, command = '', success }: FailedStart): boolean =>
  type === 'response' && success === false && ['launch', 'attach', 'restart'].includes(command);

const offer = async (problem: Problem): Promise<void> => {
  const remedies = remediesOf(problem.error);
  const { message, action } = problem.error;
  const titles = remedies.map(({ title }) => title);
  const answer = await vscode.window.showErrorMessage(`${message} ${action}`, ...titles);
  await remedies.find(({ title }) => title === answer)?.run(problem);
};
