import path from 'node:path';
import {
  DebugSession,
  Event,
  InitializedEvent,
  OutputEvent,
  Response,
  Source,
  TerminatedEvent,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  COVERAGE_EVENT,
  type CoverageEventBody,
  READY_EVENT,
  type ReadyEventBody,
} from '../../common/src/debug-events';
import { UserError } from '../../common/src/errors';
import type { AgentStop } from './agent-protocol';
import { Breakpoints, setsBreakpoints } from './breakpoints';
import { BuildProgress } from './build-progress';
import { CAPABILITIES } from './capabilities';
import type { DapClient } from './dap-client';
import { DebugpyEngine } from './debugpy-engine';
import { type Engine, Refusal } from './engine';
import { ExceptionFilters } from './exception-filters';
import { Launch } from './launch';
import { readLaunchArguments } from './launch-arguments';
import { type LaunchPlan, planLaunch } from './launch-plan';
import { type OutputLine, tracebackSource } from './output';
import { PdbEngine } from './pdb-engine';

/** Numbers of the errors that reach the user, for the protocol; the text says which it is. */
const ERROR_ID = { user: 1000, refused: 1001, programming: 1002 } as const;

/** Requests about the session's own life; all others concern the running application and go to its engine. */
const LIFE = new Set(['initialize', 'launch', 'configurationDone', 'restart', 'terminate', 'disconnect']);

const NOT_LOADED = 'The application is not loaded yet.';

/** Errors of these are shown in their place, not in a dialog. */
const QUIET = new Set(['evaluate', 'completions', 'setVariable', 'setExpression']);

/**
 * The debug session: the life of the server between launch and end, and the client's breakpoints. What concerns the
 * running application is passed to its {@link Engine}.
 */
export class ModWsgiSession extends DebugSession {
  private launch: Launch | undefined;
  private engine: Engine | undefined;
  private launchArguments: object = {};
  private readonly breakpoints = new Breakpoints();
  private readonly filters = new ExceptionFilters();
  private readonly configured: Promise<void>;
  private configurationDone: () => void = () => undefined;
  private isRestarting = false;
  private clientReportsProgress = false;
  private hasEnded = false;

  constructor() {
    super();
    this.configured = new Promise((resolve) => {
      this.configurationDone = resolve;
    });
  }

  /** The library answers success to what is not handled, and a missing feature would look like a working one. */
  protected override dispatchRequest(request: DebugProtocol.Request): void {
    if (LIFE.has(request.command)) {
      super.dispatchRequest(request);
      return;
    }
    const response: DebugProtocol.Response = new Response(request);
    this.answer(response, async () => {
      response.body = await this.carryOut(request.command, request.arguments);
    });
  }

  protected override initializeRequest(
    response: DebugProtocol.InitializeResponse,
    args: DebugProtocol.InitializeRequestArguments,
  ): void {
    this.clientReportsProgress = args.supportsProgressReporting ?? false;
    response.body = CAPABILITIES;
    this.sendResponse(response);
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.configurationDone();
    this.sendResponse(response);
  }

  protected override launchRequest(
    response: DebugProtocol.LaunchResponse,
    args: DebugProtocol.LaunchRequestArguments,
  ): void {
    this.launchArguments = args;
    this.answer(response, async () => {
      this.sendEvent(new InitializedEvent());
      await this.configured;
      await this.startLaunch();
    });
  }

  protected override restartRequest(
    response: DebugProtocol.RestartResponse,
    args: DebugProtocol.RestartArguments | undefined,
  ): void {
    const changed: object | undefined = args?.arguments;
    if (changed) this.launchArguments = changed;
    this.answer(response, async () => {
      this.isRestarting = true;
      try {
        await this.endLaunch();
        await this.startLaunch();
      } finally {
        this.isRestarting = false;
      }
    });
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    this.answer(response, () => this.endLaunch());
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    this.answer(response, async () => {
      // The second press of Stop: whatever an orderly end is still waiting for is ended at once.
      if (this.launch?.isEnding) this.launch.kill();
      await this.endLaunch();
      this.announceEnd();
    });
  }

  /** The client has hung up, or we are asked to end: the server goes first. */
  override shutdown(): void {
    const exit = () => process.exit(0);
    this.endLaunch().then(exit, exit);
  }

  /** A request about the application: breakpoints and filters are ours to remember, the rest is the engine's. */
  private async carryOut(command: string, args: unknown): Promise<unknown> {
    if (setsBreakpoints(command)) return this.setBreakpoints(command, args);
    if (command === 'setExceptionBreakpoints') {
      this.filters.set(args as DebugProtocol.SetExceptionBreakpointsArguments);
      await this.applyFilters();
      return undefined;
    }
    if (command === 'threads' && !this.engine) return { threads: [] };
    if (!this.engine) throw new Refusal(NOT_LOADED);
    return this.engine.request(command, args);
  }

  private async setBreakpoints(command: string, args: unknown): Promise<unknown> {
    const { engine } = this;
    if (engine instanceof DebugpyEngine) {
      const breakpoints = await this.breakpoints.apply(command, args, (...request) =>
        engine.request(...request),
      );
      await this.applyTracing();
      return { breakpoints };
    }
    const why = engine instanceof PdbEngine ? engine.whyNotLive : NOT_LOADED;
    return { breakpoints: this.breakpoints.remember(command, args, why) };
  }

  private async applyFilters(): Promise<void> {
    const { launch, engine } = this;
    if (launch?.agent.isConnected) await launch.agent.request('filters', { names: this.filters.ofAgent });
    if (engine instanceof DebugpyEngine) {
      await engine.request('setExceptionBreakpoints', this.filters.ofDebugpy);
      await this.applyTracing();
    }
  }

  /** Requests are traced only where there is something to find: without, they run at full speed. */
  private async applyTracing(): Promise<void> {
    const isWanted = !this.breakpoints.isEmpty || this.filters.needTracing;
    await this.launch?.agent.request('trace', { isWanted });
  }

  /** Plan, start and announce one run of the server; what fails leaves nothing behind. */
  private async startLaunch(): Promise<void> {
    const building = new BuildProgress((event) => this.clientReportsProgress && this.sendEvent(event));
    const plan = await planLaunch(readLaunchArguments(this.launchArguments), (line) => {
      building.show(line);
      this.say(line);
    }).finally(() => building.end());
    if (this.hasEnded) return;
    for (const line of plan.notes) this.say(line);
    const launch = new Launch(plan);
    this.launch = launch;
    this.listenTo(launch, plan);
    try {
      await launch.start();
    } catch (error) {
      await launch.end();
      throw error;
    }
    this.say(`Ready: ${plan.url}`);
    const body: ReadyEventBody = { url: plan.url };
    this.sendEvent(new Event(READY_EVENT, body));
  }

  private listenTo(launch: Launch, plan: LaunchPlan): void {
    launch.on('output', (line) => this.show(line));
    launch.on('live', (debugpy) => void this.goLive(launch, debugpy, plan));
    launch.agent.on('connected', () => void this.applyFilters().catch(() => undefined));
    launch.agent.on('notice', ({ message }) => this.show({ text: message, category: 'important' }));
    launch.agent.on('notLive', ({ message }) => this.useEngine(new PdbEngine(launch.agent, message)));
    launch.agent.on('loaded', ({ version }) => this.say(`The application is loaded, by Python ${version}.`));
    launch.agent.on('loadFailed', ({ message, exception }) => {
      const text = exception ? `${exception.stackTrace}The application could not be loaded.` : message;
      for (const line of text.split('\n')) {
        const source = tracebackSource(line);
        this.show({ text: line, category: 'important', ...(source && { source }) });
      }
    });
    launch.agent.on('stopped', (stop) => this.tellException(stop));
    launch.agent.on('postMortem', (stop) => this.tellException(stop));
    launch.on('ended', ({ expected, code, signal }) => {
      if (this.launch === launch) {
        this.launch = undefined;
        this.engine = undefined;
      }
      if (!expected) {
        const how = signal ? ` by ${signal}` : code === undefined ? '' : ` with exit code ${code}`;
        this.show({ text: `Apache has ended${how}.`, category: 'important' });
      }
      if (!this.isRestarting) this.announceEnd();
    });
    if (plan.whyNotLive) this.useEngine(new PdbEngine(launch.agent, plan.whyNotLive));
  }

  private tellException({
    request,
    text,
    description,
  }: Pick<AgentStop, 'request' | 'text' | 'description'>): void {
    if (description) this.say(`${request ? `${request}: ` : ''}${text} (${description})`);
  }

  /** debugpy waits in the application's process: give it the breakpoints, then everything else goes to it. */
  private async goLive(launch: Launch, debugpy: DapClient, plan: LaunchPlan): Promise<void> {
    const engine = new DebugpyEngine(debugpy, launch.agent, plan.origins(launch.folderPath));
    this.useEngine(engine);
    try {
      await engine.attach(async () => {
        const changed = await this.breakpoints.applyAll((...request) => engine.request(...request));
        for (const breakpoint of changed)
          this.sendEvent(new Event('breakpoint', { reason: 'changed', breakpoint }));
        await this.applyFilters();
      });
    } catch (error) {
      if (!launch.isEnding)
        this.show({ text: `debugpy: ${(error as Error).message}`, category: 'important' });
    }
  }

  private useEngine(engine: Engine): void {
    this.engine = engine;
    engine.on('event', (name, body) => this.sendEvent(new Event(name, this.withOwnIds(body))));
    if (engine instanceof PdbEngine && !this.breakpoints.isEmpty) {
      this.show({ text: engine.whyNotLive, category: 'important' });
    }
  }

  /** Breakpoints have the session's numbers for the client, whatever the debugger calls them. */
  private withOwnIds(body: unknown): unknown {
    const { hitBreakpointIds, breakpoint } = (body ?? {}) as {
      hitBreakpointIds?: number[];
      breakpoint?: DebugProtocol.Breakpoint;
    };
    const own = (id: number | undefined) => (id === undefined ? undefined : this.breakpoints.idOf(id));
    return {
      ...(body as object),
      ...(hitBreakpointIds && {
        hitBreakpointIds: hitBreakpointIds.map(own).filter((id) => id !== undefined),
      }),
      ...(breakpoint && { breakpoint: { ...breakpoint, id: own(breakpoint.id) } }),
    };
  }

  /** End the server, with the coverage that it has gathered. */
  private async endLaunch(): Promise<void> {
    const { launch } = this;
    if (!launch) return;
    if (!launch.isEnding) {
      const files = await launch.coverage().catch((error: Error) => {
        this.show({ text: `No coverage: ${error.message}`, category: 'important' });
        return undefined;
      });
      if (files) {
        const body: CoverageEventBody = { files };
        this.sendEvent(new Event(COVERAGE_EVENT, body));
      }
    }
    await launch.end();
  }

  private announceEnd(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.sendEvent(new TerminatedEvent());
  }

  private say(text: string): void {
    this.show({ text, category: 'console' });
  }

  private show({ text, category, source }: OutputLine): void {
    const event: DebugProtocol.OutputEvent = new OutputEvent(`${text}\n`, category);
    if (source) {
      event.body.source = new Source(path.basename(source.path), source.path);
      event.body.line = source.line;
    }
    this.sendEvent(event);
  }

  /** Do the work of a request and answer it; a failure is answered too, for whom it concerns. */
  private answer(response: DebugProtocol.Response, work: () => Promise<void>): void {
    work().then(
      () => this.sendResponse(response),
      (error: Error) => {
        this.sendErrorResponse(response, {
          id: errorId(error),
          format: error instanceof UserError ? error.toText() : error.message,
          // Without variables the library takes braces in the text for placeholders that are missing.
          variables: {},
          showUser: errorId(error) !== ERROR_ID.programming && !QUIET.has(response.command),
        });
        if (response.command === 'launch' || response.command === 'restart') this.announceEnd();
      },
    );
  }
}

const errorId = (error: Error): number => {
  if (error instanceof UserError) return ERROR_ID.user;
  return error instanceof Refusal ? ERROR_ID.refused : ERROR_ID.programming;
};
