import path from 'node:path';
import {
  DebugSession,
  Event,
  InitializedEvent,
  OutputEvent,
  Response,
  Source,
  StackFrame,
  StoppedEvent,
  TerminatedEvent,
  Thread,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  COVERAGE_EVENT,
  type CoverageEventBody,
  READY_EVENT,
  type ReadyEventBody,
} from '../../common/src/debug-events';
import { UserError } from '../../common/src/errors';
import type { AgentException, AgentFrame, AgentStop, AgentValue, ResumeMode } from './agent-protocol';
import { BuildProgress } from './build-progress';
import { Launch } from './launch';
import { readLaunchArguments } from './launch-arguments';
import { planLaunch } from './launch-plan';
import { type OutputLine, tracebackSource } from './output';
import { StoppedThreads } from './stopped-threads';

/** Numbers of the errors that reach the user, for the protocol; the text says which it is. */
const ERROR_ID = { user: 1000, refused: 1001, programming: 1002 } as const;

const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsTerminateRequest: true,
  supportsRestartRequest: true,
  supportsExceptionInfoRequest: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportTerminateDebuggee: true,
  supportsDelayedStackTraceLoading: true,
};

const HANDLED = new Set([
  'initialize',
  'launch',
  'configurationDone',
  'restart',
  'terminate',
  'disconnect',
  'setBreakpoints',
  'setExceptionBreakpoints',
  'threads',
  'stackTrace',
  'scopes',
  'variables',
  'evaluate',
  'exceptionInfo',
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'pause',
]);

/**
 * The debug session: translates between the protocol and a {@link Launch}. What the protocol knows and we do not is
 * refused, not silently accepted.
 */
export class ModWsgiSession extends DebugSession {
  private launch: Launch | undefined;
  private launchArguments: object = {};
  private readonly threads = new StoppedThreads();
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

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    args: DebugProtocol.SetBreakpointsArguments,
  ): void {
    response.body = {
      breakpoints: (args.breakpoints ?? []).map(({ line }) => ({
        verified: false,
        line,
        reason: 'failed',
        message:
          'mod_wsgi stops at exceptions and at breakpoint() in the code; breakpoints of the editor do not work yet.',
      })),
    };
    this.sendResponse(response);
  }

  protected override setExceptionBreakPointsRequest(
    response: DebugProtocol.SetExceptionBreakpointsResponse,
  ): void {
    this.sendResponse(response);
  }

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: this.threads.list().map(({ id, name }) => new Thread(id, name)) };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(
    response: DebugProtocol.StackTraceResponse,
    args: DebugProtocol.StackTraceArguments,
  ): void {
    this.answer(response, async () => {
      const frames = await this.running.agent.request('stack', {
        thread: this.threads.python(args.threadId),
      });
      const start = args.startFrame ?? 0;
      const page = args.levels ? frames.slice(start, start + args.levels) : frames.slice(start);
      response.body = { stackFrames: page.map(toStackFrame), totalFrames: frames.length };
    });
  }

  protected override scopesRequest(
    response: DebugProtocol.ScopesResponse,
    args: DebugProtocol.ScopesArguments,
  ): void {
    this.answer(response, async () => {
      const scopes = await this.running.agent.request('scopes', { frame: args.frameId });
      response.body = {
        scopes: scopes.map(({ name, kind, reference, named }) => ({
          name,
          variablesReference: reference,
          namedVariables: named,
          expensive: kind === 'globals',
          ...(kind === 'locals' && { presentationHint: 'locals' }),
        })),
      };
    });
  }

  protected override variablesRequest(
    response: DebugProtocol.VariablesResponse,
    args: DebugProtocol.VariablesArguments,
  ): void {
    this.answer(response, async () => {
      const values = await this.running.agent.request('variables', {
        reference: args.variablesReference,
        ...(args.start !== undefined && { start: args.start }),
        ...(args.count !== undefined && { count: args.count }),
      });
      response.body = { variables: values.map((value) => ({ name: value.name, ...toVariable(value) })) };
    });
  }

  protected override evaluateRequest(
    response: DebugProtocol.EvaluateResponse,
    args: DebugProtocol.EvaluateArguments,
  ): void {
    this.answer(response, async () => {
      if (args.frameId === undefined) {
        throw new UserError({
          code: 'not-stopped',
          message: 'Nothing is stopped, so there is no frame to evaluate in.',
          action: 'Send a request that raises, or put breakpoint() into the code.',
        });
      }
      const result = await this.running.agent.request('evaluate', {
        frame: args.frameId,
        expression: args.expression,
        ...(args.context !== undefined && { context: args.context }),
      });
      if (result.printed) this.sendEvent(new OutputEvent(result.printed, 'stdout'));
      const { value, ...rest } = toVariable(result);
      response.body = { result: value, ...rest };
    });
  }

  protected override exceptionInfoRequest(
    response: DebugProtocol.ExceptionInfoResponse,
    args: DebugProtocol.ExceptionInfoArguments,
  ): void {
    this.answer(response, async () => {
      const exception = await this.running.agent.request('exception', {
        thread: this.threads.python(args.threadId),
      });
      const what = this.threads.get(args.threadId)?.stop.description;
      response.body = {
        exceptionId: exception.fullTypeName,
        description: what ? `${exception.message}\n(${what})` : exception.message,
        breakMode: 'unhandled',
        details: toExceptionDetails(exception),
      };
    });
  }

  protected override continueRequest(
    response: DebugProtocol.ContinueResponse,
    args: DebugProtocol.ContinueArguments,
  ): void {
    response.body = { allThreadsContinued: false };
    this.resume(response, args.threadId, 'continue');
  }

  protected override nextRequest(
    response: DebugProtocol.NextResponse,
    args: DebugProtocol.NextArguments,
  ): void {
    this.resume(response, args.threadId, 'next');
  }

  protected override stepInRequest(
    response: DebugProtocol.StepInResponse,
    args: DebugProtocol.StepInArguments,
  ): void {
    this.resume(response, args.threadId, 'stepIn');
  }

  protected override stepOutRequest(
    response: DebugProtocol.StepOutResponse,
    args: DebugProtocol.StepOutArguments,
  ): void {
    this.resume(response, args.threadId, 'stepOut');
  }

  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    this.refuse(response, 'A running request cannot be paused yet; put breakpoint() where it should stop.');
  }

  /** The library answers success to what is not handled, and a missing feature would look like a working one. */
  protected override dispatchRequest(request: DebugProtocol.Request): void {
    if (HANDLED.has(request.command)) super.dispatchRequest(request);
    else {
      const why = `The mod_wsgi debug adapter does not know the request "${request.command}".`;
      this.refuse(new Response(request), why);
    }
  }

  /** The client has hung up, or we are asked to end: the server goes first. */
  override shutdown(): void {
    const exit = () => process.exit(0);
    this.endLaunch().then(exit, exit);
  }

  private resume(response: DebugProtocol.Response, threadId: number, mode: ResumeMode): void {
    this.answer(response, async () => {
      const thread = this.threads.python(threadId);
      this.threads.expectResume(thread);
      await this.running.agent.request('resume', { thread, mode });
    });
  }

  private get running(): Launch {
    if (!this.launch) throw new Error('The server is not running.');
    return this.launch;
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
    this.listenTo(launch);
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

  private listenTo(launch: Launch): void {
    launch.on('output', (line) => this.show(line));
    launch.agent.on('notice', ({ message }) => this.show({ text: message, category: 'important' }));
    launch.agent.on('loaded', ({ python, executable }) =>
      this.say(`The application is loaded: Python ${python} (${executable}).`),
    );
    launch.agent.on('loadFailed', ({ message, exception }) => {
      const text = exception ? `${exception.stackTrace}The application could not be loaded.` : message;
      for (const line of text.split('\n')) {
        const source = tracebackSource(line);
        this.show({ text: line, category: 'important', ...(source && { source }) });
      }
    });
    launch.agent.on('stopped', (stop) => this.onStopped(stop));
    launch.agent.on('continued', ({ thread }) => {
      const resumed = this.threads.resume(thread);
      if (resumed && !resumed.expected) {
        this.sendEvent(new Event('continued', { threadId: resumed.id, allThreadsContinued: false }));
      }
    });
    launch.on('ended', ({ expected, code, signal }) => {
      this.threads.clear();
      if (this.launch === launch) this.launch = undefined;
      if (!expected) {
        const how = signal ? `by ${signal}` : code === undefined ? '' : `with exit code ${code}`;
        this.show({ text: `Apache has ended ${how}`.trim().concat('.'), category: 'important' });
      }
      if (!this.isRestarting) this.announceEnd();
    });
  }

  private onStopped(stop: AgentStop): void {
    const id = this.threads.stop(stop);
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(stop.reason, id, stop.text ?? undefined);
    event.body.allThreadsStopped = false;
    if (stop.reason === 'exception') {
      const where = stop.request ? `${stop.request}: ` : '';
      event.body.description = `Paused on exception`;
      this.show({ text: `${where}${stop.text} (${stop.description})`, category: 'console' });
    }
    this.sendEvent(event);
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
        const isUsers = error instanceof UserError;
        this.sendErrorResponse(response, {
          id: isUsers ? ERROR_ID.user : ERROR_ID.programming,
          format: isUsers ? error.toText() : error.message,
          // Without variables the library takes braces in the text for placeholders that are missing.
          variables: {},
          showUser: isUsers && response.command !== 'evaluate',
        });
        if (response.command === 'launch' || response.command === 'restart') this.announceEnd();
      },
    );
  }

  private refuse(response: DebugProtocol.Response, why: string): void {
    this.sendErrorResponse(response, { id: ERROR_ID.refused, format: why, variables: {}, showUser: true });
  }
}

const toStackFrame = ({ id, name, path: file, line, origin }: AgentFrame): DebugProtocol.StackFrame => {
  const source = new Source(path.basename(file), file) as DebugProtocol.Source & Source;
  const frame: DebugProtocol.StackFrame = new StackFrame(id, name, source, line, 1);
  if (origin === 'library') {
    // The editor focuses the first frame that is not de-emphasized: the user's own.
    source.presentationHint = 'deemphasize';
    source.origin = 'library';
    frame.presentationHint = 'subtle';
  }
  return frame;
};

const toVariable = ({ value, type, reference, named, indexed, expression }: AgentValue) => ({
  value,
  type,
  variablesReference: reference,
  ...(named > 0 && { namedVariables: named }),
  ...(indexed > 0 && { indexedVariables: indexed }),
  ...(expression && { evaluateName: expression }),
});

const toExceptionDetails = (exception: AgentException): DebugProtocol.ExceptionDetails => ({
  message: exception.message,
  typeName: exception.typeName,
  fullTypeName: exception.fullTypeName,
  evaluateName: 'exception',
  stackTrace: exception.stackTrace,
  innerException: exception.innerException.map(toExceptionDetails),
});
