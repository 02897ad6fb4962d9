import { EventEmitter } from 'node:events';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AgentChannel } from './agent-channel';
import { type BreakpointSet, type Breakpoints, PlacedBreakpoints, unverified } from './breakpoints';
import type { DapClient } from './dap-client';
import { type CodeOrigins, DebugpyEngine, type LiveOptions } from './debugpy-engine';
import { type Engine, Refusal } from './engine';
import type { ExceptionFilters } from './exception-filters';
import { PdbEngine } from './pdb-engine';

interface DebuggeeEvents {
  /** An event of the protocol for the client. */
  event: [name: string, body: unknown];
  /** Something that the user has to know, a sentence. */
  warning: [string];
}

/** What the client wants of every application of the session. */
export interface Wishes {
  readonly breakpoints: Breakpoints;
  readonly filters: ExceptionFilters;
}

/** Whether there is anything that can be found by looking at each line that runs. */
export const isTracingWanted = ({ breakpoints, filters }: Wishes): boolean =>
  !breakpoints.isEmpty || filters.needTracing;

/** What carries out the client's requests about running applications. */
export interface Target {
  /** Set breakpoints; returns what has become of each. */
  place(set: BreakpointSet): Promise<DebugProtocol.Breakpoint[]>;
  /** Act on the exception filters that the client has chosen. */
  applyFilters(): Promise<void>;
  /**
   * Carry out any other request about the application.
   *
   * @returns the response's body.
   * @throws Refusal with the reason, a sentence; Error if the application has ended.
   */
  request(command: string, args: unknown): Promise<unknown>;
}

export const NOT_LOADED = 'The application is not loaded yet.';

/** One process with the application in it: its agent, the engine that debugs it, and the client's wishes for it. */
export class Debuggee extends EventEmitter<DebuggeeEvents> implements Target {
  private engine: Engine | undefined;
  /** debugpy is not there yet because nothing has needed it. */
  private isLiveOnDemand = false;
  private readonly placed = new PlacedBreakpoints((...request) => this.request(...request));

  constructor(
    readonly agent: AgentChannel,
    private readonly wishes: Wishes,
  ) {
    super();
    agent.on('liveOnDemand', () => {
      this.isLiveOnDemand = true;
    });
    agent.on('notLive', ({ message }) => this.goWithoutLive(message));
    agent.on('connected', () => void this.applyFilters().catch(() => undefined));
  }

  /** debugpy waits in the application's process: give it the breakpoints, then everything else goes to it. */
  async goLive(debugpy: DapClient, origins: CodeOrigins, options: LiveOptions): Promise<void> {
    const engine = new DebugpyEngine(debugpy, this.agent, origins);
    this.useEngine(engine);
    await engine.attach(options, async () => {
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
    if (!(this.engine instanceof DebugpyEngine))
      return unverified(set, this.engine instanceof PdbEngine ? this.engine.whyNotLive : NOT_LOADED);
    const breakpoints = await this.placed.place(set);
    await this.applyTracing();
    return breakpoints;
  }

  async applyFilters(): Promise<void> {
    const { filters } = this.wishes;
    if (filters.needTracing) await this.demandLive();
    if (this.agent.isConnected) await this.agent.request('filters', { names: filters.ofAgent });
    if (this.engine instanceof DebugpyEngine) {
      await this.engine.request('setExceptionBreakpoints', filters.ofDebugpy);
      await this.applyTracing();
    }
  }

  async request(command: string, args: unknown): Promise<unknown> {
    if (command === 'threads' && !this.engine) return { threads: [] };
    await this.demandLive();
    if (!this.engine) throw new Refusal(NOT_LOADED);
    return this.engine.request(command, args);
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
    engine.on('event', (name, body) => this.emit('event', name, this.withOwnIds(body)));
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
