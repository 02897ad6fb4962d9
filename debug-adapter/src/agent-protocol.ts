/**
 * The control channel's messages as the agent (debug-adapter/agent) sends and takes them. Numbers `id` and `reference`
 * live as long as the stop they belong to. A `frame` is one of the agent's own stops, or as debugpy numbers it.
 */

import type { CoverageSnapshot } from '../../common/src/debug-events';
import type { IgnoredException } from '../../common/src/debug-requests';

export const PROTOCOL_VERSION = 1;

/** Whose code a frame is: the user's, an installed or standard library's, or what runs the application. */
export type FrameOrigin = 'user' | 'library' | 'launcher';

export interface AgentFrame {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly origin: FrameOrigin;
}

export interface AgentScope {
  readonly name: string;
  readonly kind: 'locals' | 'globals' | 'exception' | 'request' | 'returnValue';
  readonly reference: number;
  readonly named: number;
}

export interface AgentValue {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  /** 0 where the value has no children. */
  readonly reference: number;
  readonly named: number;
  readonly indexed: number;
  /** Python that yields the value in its frame, if there is any. */
  readonly expression?: string | null;
}

export interface AgentEvaluation extends AgentValue {
  /** What the code wrote to its standard output. */
  readonly printed: string;
}

export interface AgentCompletions {
  /** How many characters before the cursor they replace. */
  readonly length: number;
  readonly items: readonly { readonly name: string; readonly kind: AgentCompletionKind }[];
}

/** As the protocol names them. */
export type AgentCompletionKind = 'class' | 'function' | 'keyword' | 'module' | 'property' | 'variable';

export interface AgentException {
  readonly message: string;
  readonly typeName: string;
  readonly fullTypeName: string;
  readonly stackTrace: string;
  readonly innerException: readonly AgentException[];
}

/** An exception filter that is switched on. */
export interface ChosenFilter {
  readonly name: string;
  readonly condition?: string;
}

/** A pattern of the request filter, as the agent matches it. */
export interface CompiledPattern {
  readonly method?: string;
  /** A regular expression for the whole path. */
  readonly path: string;
  readonly isExclusion: boolean;
}

/** A request, for sending it again. */
export interface RecordedRequest {
  readonly label: string;
  readonly method: string;
  /** Where the client sent it: `http://localhost:8000`. */
  readonly origin: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly body: string;
  /** Why the body is not known, a sentence. */
  readonly problem: string | null;
}

export type ResumeMode = 'continue' | 'next' | 'stepIn' | 'stepOut';

/** What the adapter asks, with what it gives and what comes back. */
export interface AgentCommands {
  stack: { arguments: { thread: number }; body: AgentFrame[] };
  scopes: { arguments: { frame: number }; body: AgentScope[] };
  variables: { arguments: { reference: number; start?: number; count?: number }; body: AgentValue[] };
  evaluate: { arguments: { frame: number; expression: string; context?: string }; body: AgentEvaluation };
  /** Give what an expression names a new value, itself an expression. */
  assign: { arguments: { frame: number; expression: string; value: string }; body: AgentValue };
  setVariable: { arguments: { reference: number; name: string; value: string }; body: AgentValue };
  complete: {
    arguments: { frame: number /** What stands before the cursor. */; text: string };
    body: AgentCompletions;
  };
  exception: { arguments: { thread: number }; body: AgentException };
  resume: { arguments: { thread: number; mode: ResumeMode }; body: null };
  /** Resume every thread and stop none any more; says how many were stopped. */
  release: { arguments: Record<string, never>; body: number };
  coverage: { arguments: Record<string, never>; body: CoverageSnapshot };
  /** Have a function of the agent's done in a stopped frame. */
  call: { arguments: { frame: number; name: string; arguments: object }; body: unknown };
  /** Which exceptions stop; says for each filter why its condition is none, a sentence, or null. */
  filters: {
    arguments: { filters: readonly ChosenFilter[]; ignored: readonly IgnoredException[] };
    body: (string | null)[];
  };
  /** In which requests anything stops, from the next one on. */
  selection: { arguments: { patterns: readonly CompiledPattern[] }; body: null };
  /** Stop where the next request enters the user's code, and nowhere in those that are there. */
  runToNextRequest: { arguments: Record<string, never>; body: null };
  /** What is being worked on. */
  requests: { arguments: Record<string, never>; body: { thread: number; request: string }[] };
  /** The request that came last. */
  lastRequest: { arguments: Record<string, never>; body: RecordedRequest | null };
  /** Part from a server that goes on: answered when everything is as it was before. */
  detach: { arguments: Record<string, never>; body: null };
  /** The text of a file on the server. */
  source: { arguments: { path: string }; body: string };
  /** Make debugpy ready, where that waits until it is needed; answered when it is, or is known not to be there. */
  live: { arguments: Record<string, never>; body: null };
  /** Whether debugpy traces the requests that begin from now on. */
  trace: { arguments: { isWanted: boolean }; body: null };
}

export interface AgentStop {
  readonly reason: 'exception' | 'breakpoint' | 'step' | 'entry';
  /** What became of the exception, a phrase: "left the application". */
  readonly description: string | null;
  readonly text: string | null;
  /** Python's number of the thread. */
  readonly thread: number;
  /** `GET /cart`, or null while the application is being loaded. */
  readonly request: string | null;
}

/** What a process to which an adapter attaches says about itself. */
export interface AgentHello {
  readonly protocol: number;
  readonly pid: number;
  /** Its version. */
  readonly python: string;
  /** mod_wsgi's name of the daemon process group; empty in Apache's own processes. */
  readonly processGroup: string;
  readonly applicationGroup: string;
  /** Whether Django is loaded there. */
  readonly isDjango: boolean;
  readonly agentFolder: string;
  /** Folders of the standard library and of installed packages. */
  readonly libraries: readonly string[];
}

/** What the agent tells unasked. */
export interface AgentEvents {
  hello: AgentHello;
  /** From now on requests are seen: in a process to which an adapter has attached. */
  watching: Record<string, never>;
  loaded: { version: string };
  loadFailed: { message: string; exception?: AgentException };
  notice: { message: string };
  /** debugpy is made ready when something needs it. */
  liveOnDemand: Record<string, never>;
  /** There is no live debugging, and why. */
  notLive: { message: string };
  /** debugpy is about to stop a thread at an exception. */
  postMortem: { description: string; text: string; request: string | null };
  stopped: AgentStop;
  continued: { thread: number };
}
