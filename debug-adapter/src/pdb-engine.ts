import path from 'node:path';
import { Source, StackFrame, StoppedEvent, Thread } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AgentChannel } from './agent-channel';
import type { AgentFrame, AgentStop, ResumeMode } from './agent-protocol';
import { Engine, Refusal } from './engine';
import { exceptionInfo, pausedIn } from './exception-info';
import { Inspection, inspects } from './inspection';
import { StoppedThreads } from './stopped-threads';

type Handler = (args: never) => Promise<unknown>;

/**
 * Debugs through the agent alone: post mortems, and what the application's own `breakpoint()` starts. It needs
 * nothing that the application's environment may lack.
 */
export class PdbEngine extends Engine {
  private readonly threads = new StoppedThreads();
  private readonly inspection: Inspection;

  private readonly handlers: Readonly<Record<string, Handler>> = {
    threads: () => this.listThreads(),
    stackTrace: (args: DebugProtocol.StackTraceArguments) => this.stackTrace(args),
    exceptionInfo: (args: DebugProtocol.ExceptionInfoArguments) => this.exceptionInfo(args),
    continue: (args: DebugProtocol.ContinueArguments) => this.resume(args.threadId, 'continue'),
    next: (args: DebugProtocol.NextArguments) => this.resume(args.threadId, 'next'),
    stepIn: (args: DebugProtocol.StepInArguments) => this.resume(args.threadId, 'stepIn'),
    stepOut: (args: DebugProtocol.StepOutArguments) => this.resume(args.threadId, 'stepOut'),
  };

  /** @param whyNotLive why the rest of the protocol is not to be had, a sentence. */
  constructor(
    private readonly agent: AgentChannel,
    readonly whyNotLive: string,
  ) {
    super();
    this.inspection = new Inspection(agent, (output) => this.emit('event', 'output', output));
    agent.on('stopped', (stop) => this.onStopped(stop));
    agent.on('continued', ({ thread }) => this.onContinued(thread));
  }

  override request(command: string, args: unknown): Promise<unknown> {
    if (inspects(command)) return this.inspection.request(command, args);
    const handler = this.handlers[command];
    return handler ? handler(args as never) : Promise.reject(new Refusal(this.whyNotLive));
  }

  /** The agent does not stop in such requests. */
  override expectMuted(): void {}

  private onStopped(stop: AgentStop): void {
    const id = this.threads.stop(stop);
    const { body } = new StoppedEvent(stop.reason, id, stop.text ?? undefined);
    const description = stop.reason === 'exception' ? { description: pausedIn(stop.request) } : {};
    this.emit('event', 'stopped', { ...body, ...description, allThreadsStopped: false });
  }

  private onContinued(thread: number): void {
    const resumed = this.threads.resume(thread);
    if (resumed && !resumed.expected) {
      this.emit('event', 'continued', { threadId: resumed.id, allThreadsContinued: false });
    }
  }

  /** Each request that is being worked on, stopped or not, and whatever else is stopped. */
  private async listThreads(): Promise<unknown> {
    const live = await this.agent.request('requests', {});
    for (const { thread, request } of live) this.threads.note(thread, request);
    const listed = this.threads.list(live.map(({ thread }) => thread));
    return { threads: listed.map(({ id, name }) => new Thread(id, name)) };
  }

  private async stackTrace({
    threadId,
    startFrame = 0,
    levels,
  }: DebugProtocol.StackTraceArguments): Promise<unknown> {
    const frames = await this.agent.request('stack', { thread: this.threads.python(threadId) });
    const page = frames.slice(startFrame, levels ? startFrame + levels : undefined);
    return { stackFrames: page.map(toStackFrame), totalFrames: frames.length };
  }

  private async exceptionInfo({ threadId }: DebugProtocol.ExceptionInfoArguments): Promise<unknown> {
    const exception = await this.agent.request('exception', { thread: this.threads.python(threadId) });
    return exceptionInfo(exception, 'unhandled', this.threads.get(threadId)?.stop);
  }

  private async resume(threadId: number, mode: ResumeMode): Promise<unknown> {
    const thread = this.threads.python(threadId);
    this.threads.expectResume(thread);
    await this.agent.request('resume', { thread, mode });
    return { allThreadsContinued: false };
  }
}

const toStackFrame = ({ id, name, path: file, line, origin }: AgentFrame): DebugProtocol.StackFrame => {
  const source = new Source(path.basename(file), file);
  const frame = new StackFrame(id, name, source, line, 1);
  return origin === 'library' ? deemphasized(frame) : frame;
};

/** A frame of a library: the editor focuses the first frame that is not de-emphasized, the user's own. */
export const deemphasized = (frame: DebugProtocol.StackFrame): DebugProtocol.StackFrame => ({
  ...frame,
  presentationHint: 'subtle',
  ...(frame.source && { source: { ...frame.source, presentationHint: 'deemphasize', origin: 'library' } }),
});
