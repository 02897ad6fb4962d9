import { EventEmitter } from 'node:events';
import type { AttachAttributes } from '../../common/src/launch-attributes';
import { AgentChannel } from './agent-channel';
import type { AgentHello } from './agent-protocol';
import { silent } from './attach-errors';
import { DapClient } from './dap-client';
import { Debuggee, type Wishes } from './debuggee';
import type { CodeOrigins } from './debugpy-engine';
import type { Door } from './doors';
import { liveOptionsOfAttach } from './live-options';
import type { PathMappings } from './path-mappings';
import { within } from './within';

interface AttachedProcessEvents {
  /** The process has ended, or has parted from us. */
  lost: [];
}

/** How long a process may take to be ready: debugpy is imported in a process that has other work to do. */
const READY_MS = 30_000;

/** How long it may take to resume what is stopped and to take debugpy's tracing back. */
const DETACH_MS = 5_000;

/** A process of a server that runs anyway, under the debugger from {@link attach} to {@link detach}. */
export class AttachedProcess extends EventEmitter<AttachedProcessEvents> {
  readonly agent = new AgentChannel();
  readonly debuggee: Debuggee;
  private debugpy: DapClient | undefined;

  private constructor(
    private readonly door: Door,
    private readonly name: string,
    wishes: Wishes,
    private readonly attributes: AttachAttributes,
    mappings: PathMappings,
  ) {
    super();
    this.debuggee = new Debuggee(this.agent, wishes, mappings);
    this.agent.once('lost', () => {
      this.debugpy?.close();
      this.emit('lost');
    });
  }

  /**
   * Attach to a process.
   *
   * @param name the door's.
   * @param prepare is given the process before anything can stop in it.
   * @throws UserError if it lets nobody in, or does not answer.
   */
  static async attach(
    door: Door,
    name: string,
    wishes: Wishes,
    attributes: AttachAttributes,
    mappings: PathMappings,
    prepare: (process: AttachedProcess, hello: AgentHello) => void,
  ): Promise<void> {
    const attached = new AttachedProcess(door, name, wishes, attributes, mappings);
    try {
      await attached.begin(prepare);
    } catch (error) {
      attached.close();
      throw error;
    }
  }

  /** Let the process go on as if nobody had been there. */
  async detach(): Promise<void> {
    if (this.agent.isConnected)
      await within(DETACH_MS, this.agent.request('detach', {})).catch(() => undefined);
    this.close();
  }

  private async begin(prepare: (process: AttachedProcess, hello: AgentHello) => void): Promise<void> {
    const control = await this.door.open(this.name, 'control');
    const greeted = new Promise<AgentHello>((resolve) => this.agent.once('hello', resolve));
    const watching = new Promise<void>((resolve) => this.agent.once('watching', () => resolve()));
    const lost = new Promise<never>((_, reject) =>
      this.agent.once('lost', () => reject(new Error('The process has ended.'))),
    );
    lost.catch(() => undefined);
    this.agent.adopt(control);
    const pid = Number.parseInt(this.name, 10);
    const hello = await within(READY_MS, Promise.race([greeted, lost]), () => silent(pid));
    prepare(this, hello);
    let isLive = true;
    this.agent.once('notLive', () => {
      isLive = false;
    });
    const live = await this.door.open(this.name, 'live');
    this.debugpy = new DapClient(live);
    live.resume();
    const options = liveOptionsOfAttach(this.attributes, hello.isDjango);
    // Without debugpy the agent says so, by the other connection, and hangs up: which is seen first is anybody's guess.
    if (isLive) this.debuggee.goLive(this.debugpy, originsOf(hello), options).catch(() => undefined);
    await within(READY_MS, Promise.race([watching, lost]), () => silent(pid));
  }

  private close(): void {
    this.debugpy?.close();
    this.agent.close();
  }
}

const originsOf = ({ agentFolder, libraries }: AgentHello): CodeOrigins => ({
  hidden: [agentFolder],
  libraries,
});
