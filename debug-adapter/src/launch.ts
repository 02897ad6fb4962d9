import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { isListening } from '../../common/src/addresses';
import type { CoverageSnapshot } from '../../common/src/debug-events';
import { UserError } from '../../common/src/errors';
import { Guard } from '../../common/src/guard';
import { AgentChannel } from './agent-channel';
import { DapClient } from './dap-client';
import type { LaunchPlan } from './launch-plan';
import { type OutputLine, ServerOutput } from './output';
import { ServerProcess } from './server';
import { SessionFolder } from './session-folder';
import type { StandBy } from './stand-by';
import { within } from './within';

interface LaunchEvents {
  output: [OutputLine];
  /** debugpy has connected, and waits for its breakpoints. */
  live: [DapClient];
  /** Nothing of the server is left; `expected` where {@link Launch.end} asked for it. */
  ended: [{ expected: boolean; code: number | undefined; signal: string | undefined }];
}

/** The longest time from the start to an open port; a cold import of a big application takes its while. */
const START_MS = 120_000;

/** How long the application may be loading after the port is open before we call the server ready all the same. */
const LOAD_MS = 10_000;

const POLL_MS = 20;

/** How long the agent may take to resume what is stopped. */
const RELEASE_MS = 1_000;

/** How long a request that was stopped may take to send its error page when the session ends. */
const ANSWER_MS = 300;

/** How long coverage may take to be put together. */
const SNAPSHOT_MS = 10_000;

/** What mod_wsgi writes when a script cannot be run. */
const SCRIPT_FAILED = /(?:Unable to execute|Failed to exec) Python script file/;

/** How long the reasons may take to follow. */
const REASONS_MS = 200;

/** How much of the server's own words a failed start repeats. */
const LAST_ERRORS = 8;

/** One run of the server under the debugger: its folder, its guard, its channel and its process. */
export class Launch extends EventEmitter<LaunchEvents> {
  readonly agent: AgentChannel;
  private readonly folder: SessionFolder;
  private readonly guard: Guard;
  private readonly liveServer: Server;
  private debugpy: DapClient | undefined;
  private isStopped = false;
  private server: ServerProcess | undefined;
  private readonly lastErrors: string[] = [];
  private scriptFailedAt: number | undefined;
  private ending: Promise<void> | undefined;

  constructor(
    private readonly plan: LaunchPlan,
    private readonly standBy: StandBy,
  ) {
    super();
    this.folder = new SessionFolder(plan.owner);
    this.guard = new Guard(this.folder.path);
    this.agent = new AgentChannel(this.folder.token);
    this.liveServer = createServer((socket) => this.acceptDebugpy(socket));
  }

  /**
   * Start the server and wait until it answers, or until the application stops in the debugger while it is loaded.
   *
   * @param isLiveAtOnce there may be something to stop at while the application is loaded.
   * @throws UserError `server-start` with what the server said, if it ends or does not listen in time.
   */
  async start({ isLiveAtOnce }: { isLiveAtOnce: boolean }): Promise<void> {
    await this.agent.listen(this.folder.socket);
    await once(this.liveServer.listen(this.folder.liveSocket), 'listening');
    this.folder.fill(this.plan.agentSettings, isLiveAtOnce);
    const server = new ServerProcess(
      this.plan.commandFor({ entryScript: this.folder.entryScript, serverRoot: this.folder.serverRoot }),
      this.standBy,
      this.guard,
    );
    this.server = server;
    const output = new ServerOutput(this.folder.path);
    server.on('output', (line, stream) => this.show(output.read(line, stream)));
    this.agent.once('connected', ({ pid }) => {
      server.applicationPid = pid;
      this.guard.watchProcess(pid);
    });
    // The agent's end of the channel closes with the process: the launcher may take longer to notice.
    this.agent.once('lost', () => void this.end(false));
    server.once('exit', (how) => void this.finish(false, how));
    await this.untilReady(server);
  }

  /** The session's own folder. */
  get folderPath(): string {
    return this.folder.path;
  }

  /** Whether the end has begun. */
  get isEnding(): boolean {
    return this.ending !== undefined;
  }

  /** What ran so far, or undefined where nothing is measured or nobody is left to ask. */
  async coverage(): Promise<CoverageSnapshot | undefined> {
    if (this.plan.agentSettings.coverageSource === null || !this.agent.isConnected) return undefined;
    return within(SNAPSHOT_MS, this.agent.request('coverage', {}));
  }

  /** The application has stopped in the debugger, as far as the client is told, or goes on. */
  noteStop(isStopped: boolean): void {
    this.isStopped = isStopped;
  }

  /** End the server in an orderly way: stopped threads are resumed, so that their clients get an answer. */
  end(expected = true): Promise<void> {
    return this.finish(expected, { code: undefined, signal: undefined });
  }

  /** End the server at once; also while {@link end} waits. */
  kill(): void {
    this.server?.kill();
  }

  private finish(
    expected: boolean,
    how: { code: number | undefined; signal: string | undefined },
  ): Promise<void> {
    this.ending ??= this.cleanUp().then(() => {
      this.emit('ended', { expected, ...how });
    });
    return this.ending;
  }

  private async cleanUp(): Promise<void> {
    const wasStopped = this.isStopped;
    const resumed = this.agent.isConnected ? await this.release() : 0;
    // Resumed requests are on their way to an answer, which Apache would cut off.
    if (resumed > 0 || wasStopped) await delay(ANSWER_MS);
    await this.server?.stop();
    this.debugpy?.close();
    this.liveServer.close();
    this.agent.close();
    this.folder.remove();
    await this.guard.release();
  }

  /** Resume everything that is stopped, by the agent and by debugpy. */
  private async release(): Promise<number> {
    const resumed = await within(RELEASE_MS, this.agent.request('release', {})).catch(() => 0);
    const parted = this.debugpy?.request('disconnect', { terminateDebuggee: false });
    if (parted) await within(RELEASE_MS, parted).catch(() => undefined);
    return resumed;
  }

  /** One process, one debugpy: a second one would be a child of the application. */
  private acceptDebugpy(socket: Socket): void {
    if (this.debugpy) {
      socket.destroy();
      return;
    }
    this.debugpy = new DapClient(socket);
    this.emit('live', this.debugpy);
  }

  private show(line: OutputLine | undefined): void {
    if (!line) return;
    if (line.category === 'stderr') {
      if (SCRIPT_FAILED.test(line.text)) this.scriptFailedAt ??= Date.now();
      this.lastErrors.push(line.text);
      if (this.lastErrors.length > LAST_ERRORS) this.lastErrors.shift();
    }
    this.emit('output', line);
  }

  /**
   * Ready is a server that listens and has loaded the application, as far as that takes a reasonable time; or one that
   * has stopped in the debugger while loading it.
   */
  private async untilReady(server: ServerProcess): Promise<void> {
    const { host, port } = this.plan.address;
    const deadline = Date.now() + START_MS;
    let listensSince: number | undefined;
    let state: 'loading' | 'loaded' | 'stopped' = 'loading';
    const isStopped = () => state === 'stopped' || this.isStopped;
    const isReady = (): boolean =>
      isStopped() ||
      (listensSince !== undefined && (state === 'loaded' || Date.now() - listensSince > LOAD_MS));
    const changed = new Promise<void>((resolve) => {
      const onLoaded = () => {
        state = 'loaded';
        resolve();
      };
      const onStopped = () => {
        state = 'stopped';
        resolve();
      };
      this.agent.once('loaded', onLoaded).once('loadFailed', onLoaded).once('stopped', onStopped);
    });
    while (!isReady()) {
      if (this.isEnding || !server.isRunning) throw this.startError('Apache ended before it was ready');
      if (Date.now() > deadline)
        throw this.startError(`Apache does not listen after ${START_MS / 1000} seconds`);
      if (!this.agent.isConnected && this.isWithoutAgent(listensSince)) throw this.agentError();
      if (listensSince === undefined && (await isListening(port, host))) listensSince = Date.now();
      else await (state === 'loading' ? Promise.race([changed, delay(POLL_MS)]) : delay(POLL_MS));
    }
  }

  /** Apache serves, and the process of the application has not reported: what runs before our code has failed. */
  private isWithoutAgent(listensSince: number | undefined): boolean {
    if (listensSince !== undefined && Date.now() - listensSince > LOAD_MS) return true;
    return this.scriptFailedAt !== undefined && Date.now() - this.scriptFailedAt > REASONS_MS;
  }

  private agentError(): UserError {
    return new UserError({
      code: 'agent-not-loaded',
      message: `The debugger could not be loaded into the application's process. It said:\n${this.lastErrors.join('\n')}`,
      action:
        'If a module of the application has the name of one that Python brings along (socket.py, json.py), rename it: it hides the other.',
    });
  }

  private startError(what: string): UserError {
    const said = this.lastErrors.join('\n');
    return new UserError({
      code: 'server-start',
      message: said ? `${what}. It said:\n${said}` : `${what} and said nothing.`,
      action: 'The debug console holds all of its output.',
    });
  }
}
