import * as vscode from 'vscode';
import type { ExplainLines } from '../language/log-explanations';
import { DEBUG_TYPE } from './debug-type';

/**
 * Lines of the error log that a person should read, as the debug adapter passes them on: of mod_wsgi, which numbers them from 6.0 on, without
 * module and level, of others with them. Apache tells its life at the lower levels.
 */
const SEVERE = /^(?:mod_wsgi \(pid=\d+|WSGI\d{4}: |\[[\w-]*:(?:emerg|alert|crit|error|warn)\] )/;

/** An output event of the protocol, as far as it matters here. */
interface OutputMessage {
  readonly event?: string;
  readonly body?: { readonly output?: string };
}

/** Says in the debug console what a message of the error log means, the first time that it comes in a session. */
export const explainInDebugConsole = (context: vscode.ExtensionContext, explain: ExplainLines): void => {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
      createDebugAdapterTracker: () => {
        const told = new Set<string>();
        return {
          onDidSendMessage: ({ event, body }: OutputMessage) => {
            if (event === 'output') void tell(body?.output ?? '', told, explain);
          },
        };
      },
    }),
  );
};

const tell = async (output: string, told: Set<string>, explain: ExplainLines): Promise<void> => {
  const lines = output.split('\n').filter((line) => SEVERE.test(line));
  if (lines.length === 0) return;
  for (const { id, title, markdown } of await explain(lines)) {
    if (told.has(id)) continue;
    told.add(id);
    const advice = /^\*\*What to do\*\*: (.*)$/m.exec(markdown)?.[1];
    vscode.debug.activeDebugConsole.appendLine(
      ['ⓘ', title, advice && `→ ${advice}`].filter(Boolean).join(' '),
    );
  }
};
