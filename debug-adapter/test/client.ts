import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { COVERAGE_EVENT, type CoverageSnapshot, READY_EVENT } from '../../common/src/debug-events';
import { installRoot } from '../../common/src/install-root';
import type { AttachAttributes, LaunchAttributes } from '../../common/src/launch-attributes';
import { reaching } from './pythons';
import type { Workspace } from './workspace';

const WAIT_MS = 30_000;

/** What a client got, or `undefined` where the connection was cut. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Stop {
  readonly threadId: number;
  readonly reason: string;
  readonly text: string | undefined;
  readonly hitBreakpointIds: readonly number[] | undefined;
  readonly frames: DebugProtocol.StackFrame[];
}

/** The library's client on pipes of our own: its start() would not let us choose the adapter's environment. */
class PipedClient extends DebugClient {
  constructor({ stdout, stdin }: ChildProcess) {
    super('node', 'unused', 'mod_wsgi');
    if (!stdout || !stdin) throw new Error('the adapter has no pipes');
    this.defaultTimeout = WAIT_MS;
    this.connect(stdout, stdin);
  }
}

/** A debug client with the real adapter in a process of its own, and a browser's part beside it. */
export class Session {
  readonly client: DebugClient;
  readonly output: { category: string; text: string; source?: string; line?: number }[] = [];
  url = '';
  coverage: CoverageSnapshot | undefined;
  readonly terminated: Promise<unknown>;
  readonly adapter: ChildProcess;

  private constructor(adapter: ChildProcess) {
    this.adapter = adapter;
    this.client = new PipedClient(adapter);
    this.client.on('output', ({ body }: DebugProtocol.OutputEvent) => {
      this.output.push({
        category: body.category ?? '',
        text: body.output,
        ...(body.source?.path && { source: body.source.path }),
        ...(body.line && { line: body.line }),
      });
    });
    this.client.on(READY_EVENT, ({ body }) => {
      this.url = body.url;
    });
    this.client.on(COVERAGE_EVENT, ({ body }) => {
      this.coverage = body.files;
    });
    this.terminated = new Promise((resolve) => this.client.once('terminated', resolve));
  }

  /**
   * Start an adapter and say hello to it.
   *
   * @param how `editor`: a program of ours that runs the adapter and passes on what it says, `adapter` is then this
   *   program; `python`: the application's, where it may lie in a place that the server's account cannot reach.
   */
  static async begin(
    workspace: Workspace,
    env: NodeJS.ProcessEnv = {},
    { editor = [], python }: { editor?: readonly string[]; python?: string } = {},
  ): Promise<Session> {
    const start = [process.execPath, ...editor, path.join(installRoot(), 'dist', 'debug-adapter.js')];
    const [command = '', ...args] = python ? reaching(python, start, workspace) : start;
    const adapter = spawn(command, args, {
      env: { ...process.env, TMPDIR: workspace.temporary, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const session = new Session(adapter);
    await session.client.initializeRequest({
      adapterID: 'mod_wsgi',
      pathFormat: 'path',
      linesStartAt1: true,
      columnsStartAt1: true,
    });
    return session;
  }

  /**
   * The launch as an editor does it.
   *
   * @param configure sets breakpoints and filters.
   */
  async launch(
    attributes: LaunchAttributes,
    configure: () => Promise<unknown> = async () => undefined,
  ): Promise<void> {
    await Promise.all([
      this.client
        .waitForEvent('initialized')
        .then(configure)
        .then(() => this.client.configurationDoneRequest()),
      this.client.launchRequest(attributes as DebugProtocol.LaunchRequestArguments),
    ]);
  }

  /**
   * Attach to a server that is running, as an editor does it.
   *
   * @param url where its application answers.
   */
  async attach(
    attributes: AttachAttributes,
    url: string,
    configure: () => Promise<unknown> = async () => undefined,
  ): Promise<void> {
    this.url = url;
    await Promise.all([
      this.client
        .waitForEvent('initialized')
        .then(configure)
        .then(() => this.client.configurationDoneRequest()),
      this.client.attachRequest(attributes as DebugProtocol.AttachRequestArguments),
    ]);
  }

  /** The message of a launch that fails. */
  launchError(attributes: object): Promise<string> {
    return this.startError(() =>
      this.client.launchRequest(attributes as DebugProtocol.LaunchRequestArguments),
    );
  }

  /** The message of an attach that fails. */
  attachError(attributes: AttachAttributes): Promise<string> {
    return this.startError(() =>
      this.client.attachRequest(attributes as DebugProtocol.AttachRequestArguments),
    );
  }

  private async startError(start: () => Promise<unknown>): Promise<string> {
    this.client.once('initialized', () => void this.client.configurationDoneRequest());
    try {
      await start();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('the start succeeded');
  }

  /** Send a request to the application. */
  async get(urlPath: string): Promise<Answer> {
    const response = await fetch(new URL(urlPath, this.url));
    return { status: response.status, text: await response.text() };
  }

  /** Send a request and wait until the debugger stops in it. */
  async getAndStop(urlPath: string): Promise<{ stop: Stop; answer: Promise<Answer | undefined> }> {
    const stopped = this.nextStop();
    const answer = this.get(urlPath).catch(() => undefined);
    return { stop: await stopped, answer };
  }

  async nextStop(): Promise<Stop> {
    const { body } = (await this.client.waitForEvent('stopped', WAIT_MS)) as DebugProtocol.StoppedEvent;
    const threadId = body.threadId ?? 0;
    const { body: stack } = await this.client.stackTraceRequest({ threadId });
    return {
      threadId,
      reason: body.reason,
      text: body.text,
      hitBreakpointIds: body.hitBreakpointIds,
      frames: stack.stackFrames,
    };
  }

  /** The frame that an editor focuses: the first that is not de-emphasized. */
  static focused({ frames }: Stop): DebugProtocol.StackFrame {
    const frame = frames.find(({ source }) => source?.presentationHint !== 'deemphasize');
    if (!frame) throw new Error('no frame of the user');
    return frame;
  }

  async locals(frame: DebugProtocol.StackFrame): Promise<Record<string, DebugProtocol.Variable>> {
    const { body } = await this.client.scopesRequest({ frameId: frame.id });
    const [scope] = body.scopes;
    if (scope?.name !== 'Locals') throw new Error('the first scope is not the locals');
    return this.children(scope.variablesReference);
  }

  async children(variablesReference: number): Promise<Record<string, DebugProtocol.Variable>> {
    const { body } = await this.client.variablesRequest({ variablesReference });
    return Object.fromEntries(body.variables.map((variable) => [variable.name, variable]));
  }

  async evaluate(expression: string, frame: DebugProtocol.StackFrame, context = 'repl'): Promise<string> {
    const { body } = await this.client.evaluateRequest({ expression, frameId: frame.id, context });
    return body.result;
  }

  async continue(stop: Stop): Promise<void> {
    await this.client.continueRequest({ threadId: stop.threadId });
  }

  /** The variables of a frame's scopes, by the scopes' names in lower case. */
  async scopes(frameId: number): Promise<Record<string, Record<string, DebugProtocol.Variable>>> {
    const { body } = await this.client.scopesRequest({ frameId });
    const entries = body.scopes.map(
      async ({ name, variablesReference }) =>
        [name.toLowerCase(), await this.children(variablesReference)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Have a request resume the application and wait for the next stop. */
  async resume(request: () => Promise<unknown>): Promise<Stop> {
    const stopped = this.nextStop();
    await request();
    return stopped;
  }

  /** Resume in some way and wait for the next stop. */
  async step(command: 'next' | 'stepIn' | 'stepOut' | 'continue', { threadId }: Stop): Promise<Stop> {
    const stopped = this.nextStop();
    await this.client.send(command, { threadId });
    return stopped;
  }

  /** Stop as the editor's button does, and wait for the end. */
  async stop(): Promise<void> {
    await this.client.send('terminate', {});
    await this.terminated;
    await this.disconnect();
  }

  async disconnect(): Promise<void> {
    await this.client.disconnectRequest({});
    await this.hangUp();
  }

  /** Close the pipes and see the adapter off. */
  async hangUp(): Promise<void> {
    const exited = this.exit();
    this.adapter.stdin?.end();
    await exited;
  }

  exit(): Promise<void> {
    if (this.adapter.exitCode !== null || this.adapter.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => this.adapter.once('exit', () => resolve()));
  }

  text(category?: string): string {
    return this.output
      .filter((line) => category === undefined || line.category === category)
      .map((line) => line.text)
      .join('');
  }
}
