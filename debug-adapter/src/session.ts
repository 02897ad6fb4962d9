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
  type UserErrorBody,
} from '../../common/src/debug-events';
import { UserError } from '../../common/src/errors';
import type { AgentStop, RecordedRequest } from './agent-protocol';
import { Breakpoints, setsBreakpoints, unverified } from './breakpoints';
import { BuildProgress } from './build-progress';
import { CAPABILITIES } from './capabilities';
import { Debuggee, isTracingWanted, NOT_LOADED, type Target, type Wishes } from './debuggee';
import { doorOf } from './doors';
import { Refusal } from './engine';
import { ExceptionFilters } from './exception-filters';
import { Launch } from './launch';
import { readAttachArguments, readLaunchArguments } from './launch-arguments';
import { type LaunchPlan, planLaunch } from './launch-plan';
import { type OutputLine, tracebackSource } from './output';
import { ProcessGroup } from './process-group';

import { replay } from './replay';
import { compilePattern } from './request-filter';
import { SESSION_REQUESTS } from './session-requests';
import type { StandBy } from './stand-by';

/** Numbers of the errors that reach the user, for the protocol; the text says which it is. */
const ERROR_ID = { user: 1000, refused: 1001, programming: 1002, cancelled: 1003 } as const;

/** Errors that the editor shows in a dialog. */
const SHOWN: ReadonlySet<number> = new Set([ERROR_ID.user, ERROR_ID.refused]);

/** Requests about the session's own life; all others concern the running application. */
const LIFE = new Set([
  'initialize',
  'launch',
  'attach',
  'configurationDone',
  'restart',
  'terminate',
  'disconnect',
]);

/** Requests whose failure is the end of the session. */
const STARTS = new Set(['launch', 'attach', 'restart']);

/** Errors of these are shown in their place, not in a dialog. */
const QUIET = new Set(['evaluate', 'completions', 'setVariable', 'setExpression']);

/**
 * The debug session: the life of the server between launch and end, and the client's breakpoints. What concerns the
 * running application is passed to its {@link Debuggee}.
 */
export class ModWsgiSession extends DebugSession {
  private launch: Launch | undefined;
  private group: ProcessGroup | undefined;
  private target: Target | undefined;
  private startArguments: object = {};
  /** How this session starts, and starts again. */
  private startRun: () => Promise<void> = () => this.startLaunch();
  private starting: Promise<void> | undefined;
  /** Of the start that is under way. */
  private cancellation = new AbortController();
  private readonly wishes: Wishes = {
    breakpoints: new Breakpoints(),
    filters: new ExceptionFilters(),
    ignored: [],
    requestFilter: [],
  };
  private readonly configured: Promise<void>;
  private configurationDone: () => void = () => undefined;
  private isRestarting = false;
  private isStopping = false;
  private clientReportsProgress = false;
  private hasEnded = false;
  private hasToldThatOthersWait = false;
  private hasTakenRequestFilter = false;

  /** @param standBy starts the servers. */
  constructor(private readonly standBy: StandBy) {
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
      response.body = await this.carryOut(request.command, request.arguments ?? {});
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
    this.begin(response, args, () => this.startLaunch());
  }

  protected override attachRequest(
    response: DebugProtocol.AttachResponse,
    args: DebugProtocol.AttachRequestArguments,
  ): void {
    this.begin(response, args, () => this.startAttach());
  }

  protected override restartRequest(
    response: DebugProtocol.RestartResponse,
    args: DebugProtocol.RestartArguments | undefined,
  ): void {
    const changed: object | undefined = args?.arguments;
    if (changed) this.startArguments = changed;
    this.answer(response, async () => {
      this.isRestarting = true;
      if (this.launch) this.standBy.prepare();
      try {
        await this.end();
        await this.run();
      } finally {
        this.isRestarting = false;
      }
    });
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    this.answer(response, () => this.stopOnRequest());
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    this.answer(response, async () => {
      await this.stopOnRequest();
      this.announceEnd();
    });
  }

  /** In an orderly way; asked a second time, whatever that is still waiting for is ended at once. */
  private stopOnRequest(): Promise<void> {
    if (this.isStopping) this.launch?.kill();
    this.isStopping = true;
    return this.end();
  }

  /** The client has hung up, or we are asked to end: the server goes first. */
  override shutdown(): void {
    const exit = () => process.exit(0);
    this.end().then(exit, exit);
  }

  private begin(response: DebugProtocol.Response, args: object, start: () => Promise<void>): void {
    this.startArguments = args;
    this.startRun = start;
    this.answer(response, async () => {
      this.sendEvent(new InitializedEvent());
      await this.configured;
      await this.run();
    });
  }

  private run(): Promise<void> {
    this.cancellation = new AbortController();
    this.starting = this.startRun();
    return this.starting;
  }

  /** A request about the application: breakpoints and filters are ours to remember, the rest is its own. */
  private async carryOut(command: string, args: unknown): Promise<unknown> {
    const { target } = this;
    if (setsBreakpoints(command)) {
      const set = this.wishes.breakpoints.add(command, args);
      return { breakpoints: target ? await target.place(set) : unverified(set, NOT_LOADED) };
    }
    if (command === 'setExceptionBreakpoints') {
      this.wishes.filters.set(args as DebugProtocol.SetExceptionBreakpointsArguments);
      const problems = (await target?.applyFilters()) ?? [];
      return {
        breakpoints: this.wishes.filters.all.map((_, index) => {
          const message = problems[index];
          return message ? { verified: false, message } : { verified: true };
        }),
      };
    }
    const ofSession = SESSION_REQUESTS[command as keyof typeof SESSION_REQUESTS];
    if (ofSession)
      return ofSession(this.wishes, args as never, async () => void (await target?.applyFilters()));
    if (command === 'threads' && !target) return { threads: [] };
    if (!target) throw new Refusal(NOT_LOADED);
    const body = await target.request(command, args);
    // What one process ignores, all of them do.
    if (command === 'modWsgi/ignoreException') await target.applyFilters();
    return body;
  }

  /** Plan, start and announce one run of the server; what fails leaves nothing behind. */
  private async startLaunch(): Promise<void> {
    const building = new BuildProgress((event) => this.clientReportsProgress && this.sendEvent(event));
    const { signal } = this.cancellation;
    const show = (line: string) => {
      building.show(line);
      this.say(line);
    };
    const attributes = readLaunchArguments(this.startArguments);
    this.takeRequestFilter(attributes);
    const plan = await planLaunch(attributes, show, signal).finally(() => building.end());
    signal.throwIfAborted();
    for (const line of plan.notes) this.say(line);
    const launch = new Launch(plan, this.standBy);
    this.launch = launch;
    this.listenTo(launch, plan);
    try {
      await launch.start({ isLiveAtOnce: isTracingWanted(this.wishes) });
    } catch (error) {
      await launch.end();
      throw error;
    }
    signal.throwIfAborted();
    this.say(`Ready: ${plan.url}`);
    const body: ReadyEventBody = { url: plan.url };
    this.sendEvent(new Event(READY_EVENT, body));
  }

  private listenTo(launch: Launch, plan: LaunchPlan): void {
    const debuggee = new Debuggee(launch.agent, this.wishes);
    this.target = debuggee;
    debuggee.on('event', (name, body) => {
      if (name === 'stopped' || name === 'continued') launch.noteStop(name === 'stopped');
      this.sendEvent(new Event(name, body));
    });
    debuggee.on('warning', (text) => this.show({ text, category: 'important' }));
    debuggee.on('replay', (recorded) => this.replay(recorded, plan.url));
    this.tellOnceThatOthersWait(launch, debuggee);
    if (plan.whyNotLive) debuggee.goWithoutLive(plan.whyNotLive);
    launch.on('output', (line) => this.show(line));
    launch.on('live', (debugpy) => {
      debuggee.goLive(debugpy, plan.origins(launch.folderPath), plan.liveOptions).catch((error: Error) => {
        if (!launch.isEnding) this.show({ text: `debugpy: ${error.message}`, category: 'important' });
      });
    });
    launch.agent.on('notice', ({ message }) => this.show({ text: message, category: 'important' }));
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
        this.target = undefined;
      }
      if (!expected) {
        const how = signal ? ` by ${signal}` : code === undefined ? '' : ` with exit code ${code}`;
        this.show({ text: `Apache has ended${how}.`, category: 'important' });
      }
      if (!this.isRestarting) this.announceEnd();
    });
  }

  /** Attach to a server that runs anyway. */
  private async startAttach(): Promise<void> {
    this.standBy.end();
    const attributes = readAttachArguments(this.startArguments);
    this.takeRequestFilter(attributes);
    const group = new ProcessGroup(doorOf(attributes), this.wishes, attributes);
    this.group = group;
    this.target = group;
    group.on('event', (name, body) => this.sendEvent(new Event(name, body)));
    group.on('note', (text) => this.say(text));
    group.on('replay', (recorded) => this.replay(recorded, recorded.origin));
    group.on('warning', (text) => this.show({ text, category: 'important' }));
    group.on('exception', (stop) => this.tellException(stop));
    await group.start();
  }

  /** What launch.json says holds until it is changed in the session, restarts included. */
  private takeRequestFilter({ requestFilter }: { requestFilter?: readonly string[] | undefined }): void {
    if (this.hasTakenRequestFilter || !requestFilter) return;
    requestFilter.forEach(compilePattern);
    this.wishes.requestFilter = requestFilter;
    this.hasTakenRequestFilter = true;
  }

  /** There is one thread for requests; said when somebody has reason to wonder. */
  private tellOnceThatOthersWait(launch: Launch, debuggee: Debuggee): void {
    launch.agent.once('loaded', () => {
      const onEvent = (name: string): void => {
        if (name !== 'stopped') return;
        debuggee.off('event', onEvent);
        if (this.hasToldThatOthersWait) return;
        this.hasToldThatOthersWait = true;
        this.say(
          'While a request is stopped the others wait: in debug mode the server handles one at a time.',
        );
      };
      debuggee.on('event', onEvent);
    });
  }

  private replay(recorded: RecordedRequest, url: string): void {
    this.say(`Sending ${recorded.label} again.`);
    void replay(recorded, url).then((answer) => this.say(answer));
  }

  private tellException({
    request,
    text,
    description,
  }: Pick<AgentStop, 'request' | 'text' | 'description'>): void {
    if (description) this.say(`${request ? `${request}: ` : ''}${text} (${description})`);
  }

  /** End the server that we have started; part from one that runs anyway. */
  private async end(): Promise<void> {
    const { group } = this;
    this.cancellation.abort();
    if (!group) {
      await this.endLaunch();
      await this.starting?.catch(() => undefined);
      return;
    }
    await group.end();
    this.group = undefined;
    this.target = undefined;
    if (!this.isRestarting) this.announceEnd();
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
      (cause: Error) => {
        const isStart = STARTS.has(response.command);
        const error = isStart && this.cancellation.signal.aborted ? new Cancelled() : cause;
        this.sendErrorResponse(response, {
          id: errorId(error),
          format: error instanceof UserError ? error.toText() : error.message,
          // Without variables the library takes braces in the text for placeholders that are missing.
          variables: error instanceof UserError ? userErrorBody(error) : {},
          showUser: isDialog(error, response.command),
        });
        if (isStart) this.announceEnd();
      },
    );
  }
}

const userErrorBody = ({ code, message, action, command }: UserError): UserErrorBody => ({
  code,
  message,
  action,
  ...(command && { command }),
});

/** Whether the editor shows an error in a dialog of its own: not where our side of it asks what to do instead. */
const isDialog = (error: Error, command: string): boolean => {
  if (error instanceof UserError && STARTS.has(command)) return false;
  return SHOWN.has(errorId(error)) && !QUIET.has(command);
};

/** The user has ended a start himself: nobody has to be told. */
class Cancelled extends Error {
  override readonly message = 'The start was cancelled.';
}

const errorId = (error: Error): number => {
  if (error instanceof Cancelled) return ERROR_ID.cancelled;
  if (error instanceof UserError) return ERROR_ID.user;
  return error instanceof Refusal ? ERROR_ID.refused : ERROR_ID.programming;
};
