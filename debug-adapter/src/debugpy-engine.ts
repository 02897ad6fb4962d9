import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AgentChannel } from './agent-channel';
import type { AgentEvents } from './agent-protocol';
import type { DapClient } from './dap-client';
import { Engine, NO_STEP_AFTER_EXCEPTION, Refusal } from './engine';
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
  /** What became of the exception at which a thread has stopped, by the thread's name. */
  private readonly postMortems = new Map<string, AgentEvents['postMortem']>();

  private readonly inspection: Inspection;

  private readonly handlers: Handlers = {
    stackTrace: (args: DebugProtocol.StackTraceArguments) => this.stackTrace(args),
    exceptionInfo: (args: DebugProtocol.ExceptionInfoArguments) => this.exceptionInfo(args),
  };

  constructor(
    private readonly debugpy: DapClient,
    agent: AgentChannel,
    private readonly origins: CodeOrigins,
  ) {
    super();
    this.inspection = new Inspection(agent, (output) => this.emit('event', 'output', output));
    debugpy.on('event', (name, body) => {
      if (!NOT_FOR_THE_CLIENT.has(name))
        this.emit('event', name, name === 'stopped' ? this.told(body) : body);
    });
    agent.on('postMortem', (stop) => this.postMortems.set(stop.threadName, stop));
    agent.on('postMortemEnd', ({ threadName }) => this.postMortems.delete(threadName));
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
    if (STEPS.has(command) && (await this.postMortemOf(args))) throw new Refusal(NO_STEP_AFTER_EXCEPTION);
    if (inspects(command)) return this.inspection.request(command, args);
    const handler = this.handlers[command];
    return handler ? handler(args as never) : this.debugpy.request(command, args);
  }

  /** Resume everything and part; the application goes on. */
  async detach(): Promise<void> {
    await this.debugpy.request('disconnect', { terminateDebuggee: false }).catch(() => undefined);
    this.debugpy.close();
  }

  /** A stop in our words: debugpy's text for a post mortem speaks of its own workings. */
  private told(body: unknown): unknown {
    const stop = body as DebugProtocol.StoppedEvent['body'];
    if (stop.reason !== 'exception') return stop;
    const [latest] = [...this.postMortems.values()].slice(-1);
    const text = latest?.text ?? stop.text?.replace(/\s+\(note: .*$/, '');
    return { ...stop, description: 'Paused on exception', ...(text && { text }) };
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

  private async exceptionInfo(args: DebugProtocol.ExceptionInfoArguments): Promise<unknown> {
    const [info, stop] = await Promise.all([
      this.debugpy.request('exceptionInfo', args),
      this.postMortemOf(args),
    ]);
    const body = info as DebugProtocol.ExceptionInfoResponse['body'];
    return stop ? { ...body, description: `${body.description}\n(${stop.description})` } : body;
  }

  private async postMortemOf(args: unknown): Promise<AgentEvents['postMortem'] | undefined> {
    if (this.postMortems.size === 0) return undefined;
    const { threads } = (await this.debugpy.request('threads')) as DebugProtocol.ThreadsResponse['body'];
    const { threadId } = args as { threadId: number };
    const thread = threads.find(({ id }) => id === threadId);
    return thread && this.postMortems.get(thread.name);
  }
}

const isBelow = (file: string | undefined, folders: readonly string[]): boolean =>
  file !== undefined && folders.some((folder) => file.startsWith(`${folder}/`));
