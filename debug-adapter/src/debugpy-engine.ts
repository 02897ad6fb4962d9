import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AgentChannel } from './agent-channel';
import type { DapClient } from './dap-client';
import { Engine, NO_STEP_AFTER_EXCEPTION, Refusal } from './engine';
import { exceptionInfo, pausedIn } from './exception-info';
import { callInFrame, type ExceptionStop, topFrame } from './frame-calls';
import { Inspection, inspects } from './inspection';
import { deemphasized } from './pdb-engine';

/** Events of debugpy that are about its own life. */
const NOT_FOR_THE_CLIENT = new Set(['initialized', 'terminated', 'exited', 'process', 'debugpySockets']);

/** The files that are loaded anew when they have changed. */
const RELOADED = ['**/*.py', '**/*.pyw', '**/*.wsgi'];

/** Requests that leave the stopped line. */
const STEPS = new Set(['next', 'stepIn', 'stepOut', 'goto']);

/** What the engine has to know about the application's files. */
export interface CodeOrigins {
  /** Folders whose frames are not the application's: the session's own, the launcher's. */
  readonly hidden: readonly string[];
  /** Folders of the standard library and of installed packages. */
  readonly libraries: readonly string[];
}

/** What the user may choose about live debugging, in debugpy's own terms. */
export interface LiveOptions {
  readonly justMyCode: boolean;
  /** Which kind of templates files that are not Python are. */
  readonly templates: 'django' | 'jinja' | 'none';
  /** The folders whose changed Python files are loaded anew while the application runs. */
  readonly reloadFrom: readonly string[];
}

interface Handlers {
  readonly [command: string]: (args: never) => Promise<unknown>;
}

/**
 * Debugs through debugpy, which runs in the application's process: requests and events are passed on, with what only
 * we know put in: which frames are nobody's business, what became of an exception, that a post mortem has no next line.
 */
export class DebugpyEngine extends Engine {
  /** What the threads that have stopped at an exception have stopped at. */
  private readonly exceptions = new Map<number, ExceptionStop>();
  /** Events are told in their order, although some have to be looked into first. */
  private lastEvent: Promise<void> = Promise.resolve();
  private mayBeMuted = false;

  private readonly inspection: Inspection;

  private readonly handlers: Handlers = {
    stackTrace: (args: DebugProtocol.StackTraceArguments) => this.stackTrace(args),
    exceptionInfo: (args: DebugProtocol.ExceptionInfoArguments) => this.exceptionInfo(args),
  };

  constructor(
    private readonly debugpy: DapClient,
    private readonly agent: AgentChannel,
    private readonly origins: CodeOrigins,
  ) {
    super();
    this.inspection = new Inspection(agent, (output) => this.emit('event', 'output', output));
    debugpy.on('event', (name, body) => {
      if (NOT_FOR_THE_CLIENT.has(name)) return;
      this.lastEvent = this.lastEvent.then(() => this.tell(name, body)).catch(() => undefined);
    });
  }

  /**
   * Make debugpy ready: it waits in the application's process until this is done.
   *
   * @param configure sets the breakpoints.
   * @throws Error if debugpy refuses.
   */
  async attach(
    { justMyCode, templates, reloadFrom }: LiveOptions,
    configure: () => Promise<void>,
  ): Promise<void> {
    const initialized = new Promise<void>((resolve) => {
      this.debugpy.on('event', (name) => {
        if (name === 'initialized') resolve();
      });
    });
    await this.debugpy.request('initialize', {
      adapterID: 'mod_wsgi',
      pathFormat: 'path',
      linesStartAt1: true,
      columnsStartAt1: true,
    });
    const attached = this.debugpy.request('attach', {
      justMyCode,
      django: templates === 'django',
      jinja: templates === 'jinja',
      autoReload: { enable: reloadFrom.length > 0, watchDirectories: reloadFrom, include: RELOADED },
      showReturnValue: true,
      redirectOutput: false,
    });
    await initialized;
    await configure();
    await this.debugpy.request('configurationDone');
    await attached;
  }

  override async request(command: string, args: unknown): Promise<unknown> {
    if (STEPS.has(command) && this.isPostMortem(args)) throw new Refusal(NO_STEP_AFTER_EXCEPTION);
    if (inspects(command)) return this.inspection.request(command, args);
    const handler = this.handlers[command];
    return handler ? handler(args as never) : this.debugpy.request(command, args);
  }

  /** Resume everything and part; the application goes on. */
  async detach(): Promise<void> {
    await this.debugpy.request('disconnect', { terminateDebuggee: false }).catch(() => undefined);
    this.debugpy.close();
  }

  override expectMuted(): void {
    this.mayBeMuted = true;
  }

  private async tell(name: string, body: unknown): Promise<void> {
    if (name === 'continued') this.exceptions.clear();
    if (name !== 'stopped') {
      this.emit('event', name, body);
      return;
    }
    const stop = body as DebugProtocol.StoppedEvent['body'];
    this.exceptions.clear();
    // A stop that cannot be looked into is one all the same.
    const told = await this.told(stop).catch(() => stop);
    if (told) this.emit('event', 'stopped', told);
    else await this.debugpy.request('continue', { threadId: stop.threadId });
  }

  /** A stop in our words, or undefined for one that nobody wants: debugpy knows neither conditions nor requests. */
  private async told(
    stop: DebugProtocol.StoppedEvent['body'],
  ): Promise<DebugProtocol.StoppedEvent['body'] | undefined> {
    const { threadId, reason } = stop;
    const isException = reason === 'exception';
    if (threadId === undefined || (!isException && (!this.mayBeMuted || reason === 'pause'))) return stop;
    const top = await topFrame((...request) => this.debugpy.request(...request), threadId);
    if (!isException) return (await callInFrame(this.agent, top, 'mayStop', {})) ? stop : undefined;
    const about = await callInFrame(this.agent, top, 'exceptionStop', {});
    if (!about) return undefined;
    this.exceptions.set(threadId, about);
    return { ...stop, description: pausedIn(about.request), text: about.text };
  }

  private async stackTrace({
    threadId,
    startFrame = 0,
    levels,
  }: DebugProtocol.StackTraceArguments): Promise<unknown> {
    const { stackFrames } = (await this.debugpy.request('stackTrace', {
      threadId,
    })) as DebugProtocol.StackTraceResponse['body'];
    const shown = stackFrames.filter(({ source }) => !isBelow(source?.path, this.origins.hidden));
    const page = shown.slice(startFrame, levels ? startFrame + levels : undefined);
    return {
      stackFrames: page.map((frame) =>
        isBelow(frame.source?.path, this.origins.libraries) ? deemphasized(frame) : frame,
      ),
      totalFrames: shown.length,
    };
  }

  private async exceptionInfo({ threadId }: DebugProtocol.ExceptionInfoArguments): Promise<unknown> {
    const about = this.exceptions.get(threadId);
    if (!about) throw new Refusal('The thread did not stop at an exception.');
    return exceptionInfo(about.exception, about.description ? 'unhandled' : 'always', about);
  }

  /** Whether a thread has stopped where there is no next line. */
  private isPostMortem(args: unknown): boolean {
    const { threadId } = args as { threadId?: number };
    return Boolean(this.exceptions.get(threadId ?? 0)?.description);
  }
}

const isBelow = (file: string | undefined, folders: readonly string[]): boolean =>
  file !== undefined && folders.some((folder) => file.startsWith(`${folder}/`));
