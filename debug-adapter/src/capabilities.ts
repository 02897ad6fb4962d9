import type { DebugProtocol } from '@vscode/debugprotocol';
import { EXCEPTION_FILTERS } from './exception-filters';

/**
 * What the adapter can do. Whether there is debugpy for the live part is known only when the application is being
 * loaded; where there is none, these requests are refused with what to install.
 */
export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsTerminateRequest: true,
  supportsRestartRequest: true,
  supportTerminateDebuggee: true,
  supportsExceptionInfoRequest: true,
  supportsExceptionFilterOptions: true,
  supportsRestartFrame: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsDelayedStackTraceLoading: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsFunctionBreakpoints: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.'],
  supportsStepInTargetsRequest: true,
  supportsGotoTargetsRequest: true,
  exceptionBreakpointFilters: [...EXCEPTION_FILTERS],
};
