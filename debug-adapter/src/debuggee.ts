import { EventEmitter } from 'node:events';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { IgnoredException } from '../../common/src/debug-requests';
import type { AgentChannel } from './agent-channel';
import type { RecordedRequest } from './agent-protocol';
import { type BreakpointSet, type Breakpoints, PlacedBreakpoints, unverified } from './breakpoints';
import type { DapClient } from './dap-client';
import { type CodeOrigins, DebugpyEngine, type LiveOptions } from './debugpy-engine';
import { type Engine, isOfCause, Refusal } from './engine';
import type { ExceptionFilters } from './exception-filters';
import { callInFrame, topFrame } from './frame-calls';
import { toClient, toServer } from './mapped-messages';
import { hasMonitoring } from './monitoring';
import type { PathMappings } from './path-mappings';
import { PdbConsole } from './pdb-console';
import { PdbEngine } from './pdb-engine';
import { compilePattern } from './request-filter';

interface DebuggeeEvents {
  /** An event of the protocol for the client. */
  event: [name: string, body: unknown];
  /** Something that the user has to know, a sentence. */
  warning: [string];
  /** A request is to be sent again. */
  replay: [RecordedRequest];
}

/** What the client wants of every application of the session. */
export interface Wishes {
  readonly breakpoints: Breakpoints;
  readonly filters: ExceptionFilters;
  /** Exceptions at which nothing stops any more. */
  readonly ignored: IgnoredException[];
  /** Patterns of the requests in which anything stops; none for all. */
  requestFilter: readonly string[];
}

/** Whether there is anything that can be found by looking at each line that runs. */
export const isTracingWanted = ({ breakpoints, filters }: Wishes): boolean =>
  !breakpoints.isEmpty || filters.needTracing;

/** What carries out the client's requests about running applications. */
export interface Target {
  /** Set breakpoints; returns what has become of each. */
  place(set: BreakpointSet): Promise<DebugProtocol.Breakpoint[]>;
  /**
   * Act on the client's choice of exceptions and requests.
   *
   * @returns for each exception filter why it does not work, a sentence, or null.
   */
  applyFilters(): Promise<(string | null)[]>;
  /**
   * Carry out any other request about the application.
   *
   * @returns the response's body.
   * @throws Refusal with the reason, a sentence; Error if the application has ended.
   */
  request(command: string, args: unknown): Promise<unknown>;
}

/** Requests by which a thread goes on. */
const RESUMES = new Set(['continue', 'next', 'stepIn', 'stepOut', 'goto']);

export const NOT_LOADED = 'The application is not loaded yet.';

/** One process with the application in it: its agent, the engine that debugs it, and the client's wishes for it. */
export class Debuggee extends EventEmitter<DebuggeeEvents> implements Target {
  private engine: Engine | undefined;
  /** debugpy, once it takes breakpoints and filters. */
  private live: DebugpyEngine | undefined;
  /** debugpy is not there yet because nothing has needed it. */
  private isLiveOnDemand = false;
  /** Python's. */
  private version: string | undefined;
  private readonly placed = new PlacedBreakpoints((...request) => this.request(...request));
  private readonly stopped = new Set<number>();
  private readonly ask = (command: string, args: unknown) => this.engineRequest(command, args);
  private readonly console: PdbConsole;

  /** Requests in which we have a part; the others are the engine's alone. */
  private readonly handlers: Readonly<Record<string, (args: never) => Promise<unknown>>> = {
    stackTrace: (args: DebugProtocol.StackTraceArguments) => this.stackTrace(args),
    evaluate: (args: DebugProtocol.EvaluateArguments) =>
      args.context === 'repl' ? this.console.enter(args) : this.engineRequest('evaluate', args),
    completions: (args: DebugProtocol.CompletionsArguments) => this.console.complete(args),
    pause: (args: DebugProtocol.PauseArguments) => this.pause(args),
    restartFrame: ({ frameId }: DebugProtocol.RestartFrameArguments) => this.replayFrame(frameId),
    'modWsgi/ignoreException': ({ threadId }: { threadId: number }) => this.ignoreException(threadId),
    'modWsgi/replayRequest': (args: { threadId?: number }) => this.replay(args),
    'modWsgi/runToNextRequest': () => this.runToNextRequest(),
  };

  /** @param mappings where the server's paths are not ours. */
  constructor(
    readonly agent: AgentChannel,
    private readonly wishes: Wishes,
    private readonly mappings?: PathMappings,
  ) {
    super();
    this.console = new PdbConsole(agent, this.ask, {
      resume: (command, threadId) => this.goOn(threadId, command),
      quit: (threadId) => this.quit(threadId),
      replay: (threadId) => this.replay({ threadId }),
    });
    agent.on('liveOnDemand', () => {
      this.isLiveOnDemand = true;
    });
    agent.on('loaded', ({ version }) => {
      this.version = version;
    });
    agent.on('hello', ({ python }) => {
      this.version ??= python;
    });
    agent.on('notLive', ({ message }) => this.goWithoutLive(message));
    agent.on('connected', () => void this.applyFilters().catch(() => undefined));
  }

  /** debugpy waits in the application's process: give it the breakpoints, then everything else goes to it. */
  async goLive(debugpy: DapClient, origins: CodeOrigins, options: LiveOptions): Promise<void> {
    const engine = new DebugpyEngine(debugpy, this.agent, origins);
    this.useEngine(engine);
    await engine.attach(options, async () => {
      this.live = engine;
      const changed = await Promise.all(this.wishes.breakpoints.all.map((set) => this.placed.place(set)));
      for (const breakpoint of changed.flat())
        this.emit('event', 'breakpoint', { reason: 'changed', breakpoint });
      await this.applyFilters();
    });
  }

  /** Debug without debugpy. @param why there is none, a sentence. */
  goWithoutLive(why: string): void {
    this.useEngine(new PdbEngine(this.agent, why));
    if (!this.wishes.breakpoints.isEmpty) this.emit('warning', why);
  }

  async place(set: BreakpointSet): Promise<DebugProtocol.Breakpoint[]> {
    if (!this.wishes.breakpoints.isEmpty) await this.demandLive();
    if (!this.live)
      return unverified(set, this.engine instanceof PdbEngine ? this.engine.whyNotLive : NOT_LOADED);
    const breakpoints = await this.placed.place(set);
    await this.applyTracing();
    return breakpoints;
  }

  async applyFilters(): Promise<(string | null)[]> {
    const { filters, ignored, requestFilter } = this.wishes;
    if (filters.needTracing) await this.demandLive();
    if (!this.agent.isConnected) return [];
    await this.agent.request('selection', { patterns: requestFilter.map(compilePattern) });
    const problems = await this.agent.request('filters', { filters: filters.all, ignored });
    const { engine } = this;
    if (engine instanceof PdbEngine)
      return problems.map((problem, index) => (filters.needsDebugpy(index) ? engine.whyNotLive : problem));
    if (this.live) {
      await this.live.request('setExceptionBreakpoints', filters.ofDebugpy);
      await this.applyTracing();
    }
    return problems;
  }

  async request(command: string, args: unknown): Promise<unknown> {
    if (command === 'threads' && !this.engine) return { threads: [] };
    const handler = this.handlers[command];
    return handler ? handler(args as never) : this.engineRequest(command, args);
  }

  private async engineRequest(command: string, args: unknown): Promise<unknown> {
    await this.demandLive();
    if (!this.engine) throw new Refusal(NOT_LOADED);
    const body = toClient(this.mappings, await this.engine.request(command, toServer(this.mappings, args)));
    if (RESUMES.has(command)) this.resumed((args as { threadId: number }).threadId, body);
    return body;
  }

  private resumed(threadId: number, body: unknown): void {
    const { allThreadsContinued = true } = (body ?? {}) as { allThreadsContinued?: boolean };
    this.console.leave(threadId);
    if (allThreadsContinued) this.stopped.clear();
    else this.stopped.delete(threadId);
  }

  /** The outermost frame is the application's call: to restart it is to send the request again. */
  private async stackTrace(args: DebugProtocol.StackTraceArguments): Promise<unknown> {
    const { stackFrames, totalFrames = stackFrames.length } = (await this.engineRequest(
      'stackTrace',
      args,
    )) as DebugProtocol.StackTraceResponse['body'];
    const start = args.startFrame ?? 0;
    this.console.noteStack(args.threadId, stackFrames, start);
    const isLast = (index: number): boolean => {
      const next = stackFrames[index + 1];
      return next ? isOfCause(next) : start + index === totalFrames - 1;
    };
    return {
      stackFrames: stackFrames.map((frame, index) => ({
        ...frame,
        canRestart: isLast(index) && !isOfCause(frame),
      })),
      totalFrames,
    };
  }

  /** A thread that nobody watches cannot be stopped from outside, unless its Python monitors all of them. */
  private async pause(args: DebugProtocol.PauseArguments): Promise<unknown> {
    const { version } = this;
    if (version && this.live && !hasMonitoring(version) && !isTracingWanted(this.wishes)) {
      throw new Refusal(
        `Python ${version} can pause a request only if there was a breakpoint when it began. Set one anywhere, and send the ` +
          'request again; from Python 3.12 on any request can be paused.',
      );
    }
    return this.engineRequest('pause', args);
  }

  private async ignoreException(threadId: number): Promise<IgnoredException> {
    const place = await callInFrame(this.agent, await topFrame(this.ask, threadId), 'place', {});
    if (!place) throw new Refusal('The thread did not stop at an exception.');
    this.wishes.ignored.push(place);
    await this.applyFilters();
    await this.goOn(threadId);
    return place;
  }

  private async replayFrame(frameId: number): Promise<unknown> {
    const threadId = this.console.threadOf(frameId);
    if (threadId === undefined) throw new Refusal('The thread is running.');
    return this.replay({ threadId });
  }

  /** Send a request again: that of a stopped thread, which goes on without another stop; or the last one. */
  private async replay({ threadId }: { threadId?: number }): Promise<{ request: string }> {
    const recorded =
      threadId === undefined
        ? await this.agent.request('lastRequest', {})
        : await callInFrame(this.agent, await topFrame(this.ask, threadId), 'record', {});
    if (!recorded) throw new Refusal('There has been no request yet that could be sent again.');
    if (recorded.problem !== null)
      throw new Refusal(`${recorded.label} cannot be sent again. ${recorded.problem}`);
    if (threadId !== undefined) await this.quit(threadId);
    this.emit('replay', recorded);
    return { request: recorded.label };
  }

  /** Let a thread's request end, with no other stop in it. */
  private async quit(threadId: number): Promise<void> {
    await callInFrame(this.agent, await topFrame(this.ask, threadId), 'mute', {});
    this.engine?.expectMuted();
    await this.goOn(threadId);
  }

  private async runToNextRequest(): Promise<object> {
    await this.agent.request('runToNextRequest', {});
    this.engine?.expectMuted();
    for (const threadId of [...this.stopped]) await this.goOn(threadId);
    return {};
  }

  /** Resume a thread of our own accord; the client did not ask for it, and has to be told. */
  private async goOn(threadId: number, command = 'continue'): Promise<void> {
    const body = (await this.engineRequest(command, { threadId })) as { allThreadsContinued?: boolean };
    const { allThreadsContinued = true } = body ?? {};
    this.emit('event', 'continued', { threadId, allThreadsContinued });
  }

  private async demandLive(): Promise<void> {
    if (this.isLiveOnDemand && !this.engine) await this.agent.request('live', {});
  }

  /** Requests are traced only where there is something to find: without, they run at full speed. */
  private async applyTracing(): Promise<void> {
    await this.agent.request('trace', { isWanted: isTracingWanted(this.wishes) });
  }

  private useEngine(engine: Engine): void {
    this.engine = engine;
    engine.on('event', (name, body) => this.tell(name, body));
  }

  private tell(name: string, body: unknown): void {
    const { threadId } = (body ?? {}) as { threadId: number };
    if (name === 'stopped') this.stopped.add(threadId);
    if (name === 'continued') this.resumed(threadId, body);
    this.emit('event', name, toClient(this.mappings, this.withOwnIds(body)));
  }

  /** Breakpoints have the session's numbers for the client, whatever the debugger calls them. */
  private withOwnIds(body: unknown): unknown {
    const { hitBreakpointIds, breakpoint } = (body ?? {}) as {
      hitBreakpointIds?: number[];
      breakpoint?: DebugProtocol.Breakpoint;
    };
    const own = (id: number | undefined) => (id === undefined ? undefined : this.placed.idOf(id));
    return {
      ...(body as object),
      ...(hitBreakpointIds && {
        hitBreakpointIds: hitBreakpointIds.map(own).filter((id) => id !== undefined),
      }),
      ...(breakpoint && { breakpoint: { ...breakpoint, id: own(breakpoint.id) } }),
    };
  }
}
