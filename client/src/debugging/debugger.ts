import path from 'node:path';
import * as vscode from 'vscode';
import {
  COVERAGE_EVENT,
  type CoverageEventBody,
  READY_EVENT,
  type ReadyEventBody,
} from '../../../common/src/debug-events';
import { registerDebugCommand } from '../applications/code-lens';
import type { Applications } from '../applications/find';
import type { Coverage } from '../coverage';
import { apxsSetting } from '../settings';
import { Addresses } from './addresses';
import { registerDebugCommands } from './commands';
import { ModWsgiConfigurationProvider } from './configuration';
import { DEBUG_TYPE } from './debug-type';
import { watchExceptionStops } from './exception-stops';
import { registerInlineValues } from './inline-values';
import { offerMissingParts } from './missing-parts';
import { RequestFilter } from './request-filter';

/** Registers the debug type: its configurations, its adapter, and what its sessions tell beyond the protocol. */
export const registerDebugger = (
  context: vscode.ExtensionContext,
  applications: Applications,
  coverage: Coverage,
): void => {
  const filter = new RequestFilter();
  const addresses = new Addresses();
  context.subscriptions.push(filter, addresses);
  registerDebugCommand(context, applications);
  registerDebugCommands(context, filter, addresses);
  watchExceptionStops(context);
  offerMissingParts(context);
  registerInlineValues(context);
  const provider = new ModWsgiConfigurationProvider(applications);
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, provider),
    vscode.debug.registerDebugConfigurationProvider(
      DEBUG_TYPE,
      provider,
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
      createDebugAdapterDescriptor: () => adapter(context.extensionPath),
    }),
    vscode.debug.onDidReceiveDebugSessionCustomEvent((event) => onSessionEvent(event, coverage, addresses)),
  );
};

/** The adapter runs in the editor's own Node: nobody needs one on the PATH. */
const adapter = (extensionPath: string): vscode.DebugAdapterExecutable => {
  const apxs = apxsSetting();
  return new vscode.DebugAdapterExecutable(
    process.execPath,
    [path.join(extensionPath, 'dist', 'debug-adapter.js')],
    { env: { ELECTRON_RUN_AS_NODE: '1', ...(apxs && { APXS: apxs }) } },
  );
};

const onSessionEvent = (
  { session, event, body }: vscode.DebugSessionCustomEvent,
  coverage: Coverage,
  addresses: Addresses,
): void => {
  if (session.type !== DEBUG_TYPE) return;
  if (event === COVERAGE_EVENT) coverage.publish(session, (body as CoverageEventBody).files);
  if (event === READY_EVENT) {
    addresses.set(session, (body as ReadyEventBody).url);
    if (session.configuration.openBrowser) void addresses.open(session);
  }
};
