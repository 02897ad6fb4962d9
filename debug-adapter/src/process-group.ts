import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../common/src/errors';
import type { AttachAttributes } from '../../common/src/launch-attributes';
import type { AgentHello, AgentStop, RecordedRequest } from './agent-protocol';
import { noServer } from './attach-errors';
import { AttachedProcess } from './attached-process';
import { type BreakpointSet, unverified } from './breakpoints';
import type { Target, Wishes } from './debuggee';
import type { Door } from './doors';
import { Refusal } from './engine';
import { ProcessGone } from './handshake';
import { PathMappings } from './path-mappings';
import { RemoteSources } from './remote-sources';
import { argumentsToProcess, bodyToSession, MOST_PROCESSES, placeAskedFor, toSession } from './session-ids';

interface ProcessGroupEvents {
  /** An event of the protocol for the client. */
  event: [name: string, body: unknown];
  /** What goes on, a sentence. */
  note: [string];
  /** Something that the user has to know, a sentence. */
  warning: [string];
  /** An exception has stopped a request. */
  exception: [Pick<AgentStop, 'request' | 'text' | 'description'>];
  /** A request is to be sent again. */
  replay: [RecordedRequest];
}

interface Member {
  readonly place: number;
  readonly process: AttachedProcess;
  readonly hello: AgentHello;
  /** Threads that the client believes to be stopped; the process's numbers. */
  readonly stopped: Set<number>;
}

/** How often the server is asked which processes it has: they come and go. */
const LOOK_MS = 100;

/** How soon a process is tried again that has let nobody in. */
const RETRY_MS = 1_000;

const NO_PROCESS = 'No process of the server is attached at the moment.';

/**
 * The processes of a server, as one application: what the client asks goes to the process that it is about, breakpoints
 * go to all, and the numbers and paths of each are made those of the session.
 */
export class ProcessGroup extends EventEmitter<ProcessGroupEvents> implements Target {
  private readonly members = new Map<number, Member>();
  private readonly mappings: PathMappings;
  private readonly sources: RemoteSources;
  /** Names that are attached, or are not to be tried before a time. */
  private readonly tried = new Map<string, number>();
  private readonly complaints = new Set<string>();
  private latest: Member | undefined;
  private hasSeveral = false;
  private isWaiting = false;
  private ending: Promise<void> | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly door: Door,
    private readonly wishes: Wishes,
    private readonly attributes: AttachAttributes,
  ) {
    super();
    this.mappings = new PathMappings(attributes.pathMappings ?? []);
    this.sources = new RemoteSources(existsSync);
  }

  /**
   * Attach to every process that is there, and from then on to those that come.
   *
   * @throws UserError if there is none to attach to, with what is wrong.
   */
  async start(): Promise<void> {
    const names = await this.door.processes();
    const results = await Promise.allSettled(names.map((name) => this.attach(name)));
    if (this.members.size === 0) {
      const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      await this.end();
      const why = names.length > 0 ? 'its processes have ended' : 'no process of a server is there';
      throw reasons.find((reason) => !(reason instanceof ProcessGone)) ?? noServer(this.door.where, why);
    }
    this.looking = this.keepLooking();
  }

  /** Part from all of them; the server goes on. */
  end(): Promise<void> {
    this.ending ??= (async () => {
      await Promise.all([...this.members.values()].map(({ process }) => process.detach()));
      this.door.close();
      await this.looking;
    })();
    return this.ending;
  }

  async place(set: BreakpointSet): Promise<DebugProtocol.Breakpoint[]> {
    const answers = await Promise.all(
      [...this.members.values()].map(async ({ process }) => process.debuggee.place(set)),
    );
    const fallback = unverified(set, NO_PROCESS);
    return set.ids.map((_, index) => {
      const found = answers.map((answer) => answer[index]).filter((answer) => answer !== undefined);
      return (
        found.find(({ verified }) => verified) ?? found[0] ?? (fallback[index] as DebugProtocol.Breakpoint)
      );
    });
  }

  async applyFilters(): Promise<(string | null)[]> {
    const [problems] = await Promise.all(
      [...this.members.values()].map(({ process }) => process.debuggee.applyFilters()),
    );
    return problems ?? [];
  }

  async request(command: string, args: unknown): Promise<unknown> {
    if (command === 'threads') return this.threads();
    if (command === 'modWsgi/runToNextRequest') {
      await Promise.all(
        [...this.members.values()].map(({ process }) => process.debuggee.request(command, args)),
      );
      return {};
    }
    const file = command === 'source' ? this.sources.find(args) : undefined;
    if (file) {
      const content = await this.memberAt(file.place).process.agent.request('source', { path: file.path });
      return { content, mimeType: 'text/x-python' };
    }
    const member = this.memberFor(args);
    const body = await member.process.debuggee.request(command, argumentsToProcess(args));
    if (command === 'continue') return this.continued(member, args, body);
    return this.toClient(member, body);
  }

  private async keepLooking(): Promise<void> {
    while (!this.ending) {
      await delay(LOOK_MS);
      // A server that is away for a moment has no door either; it is waited for.
      const names = await this.door.processes().catch((): string[] => []);
      const now = Date.now();
      for (const name of this.tried.keys()) if (!names.includes(name)) this.tried.delete(name);
      const fresh = names.filter((name) => (this.tried.get(name) ?? 0) <= now);
      await Promise.all(fresh.map((name) => this.attach(name).catch((error: Error) => this.complain(error))));
    }
  }

  private async attach(name: string): Promise<void> {
    if (this.ending || this.members.size >= MOST_PROCESSES) return;
    this.tried.set(name, Number.POSITIVE_INFINITY);
    try {
      let member: Member | undefined;
      await AttachedProcess.attach(
        this.door,
        name,
        this.wishes,
        this.attributes,
        this.mappings,
        (...found) => {
          member = this.join(...found);
        },
      );
      if (member) this.emit('note', `Attached to ${describe(member.hello)}.`);
    } catch (error) {
      this.tried.set(name, Date.now() + RETRY_MS);
      throw error;
    }
  }

  /** What keeps us out of a process is told once, not at each try. */
  private complain(error: Error): void {
    const { message } = error;
    if (this.ending || error instanceof ProcessGone || this.complaints.has(message)) return;
    this.complaints.add(message);
    this.emit('warning', error instanceof UserError ? error.toText() : message);
  }

  private join(process: AttachedProcess, hello: AgentHello): Member {
    let place = 0;
    while (this.members.has(place)) place++;
    const member: Member = { place, process, hello, stopped: new Set() };
    this.members.set(place, member);
    this.hasSeveral ||= this.members.size > 1;
    this.isWaiting = false;
    process.once('lost', () => this.leave(member));
    process.debuggee.on('event', (name, body) => this.pass(member, name, body));
    process.debuggee.on('replay', (recorded) => this.emit('replay', recorded));
    process.debuggee.on('warning', (text) => this.complain(new Error(text)));
    process.agent.on('notice', ({ message }) => this.complain(new Error(message)));
    process.agent.on('stopped', (stop) => this.emit('exception', stop));
    process.agent.on('postMortem', (stop) => this.emit('exception', stop));
    return member;
  }

  private leave(member: Member): void {
    this.members.delete(member.place);
    if (this.latest === member) this.latest = undefined;
    for (const id of member.stopped)
      this.emit('event', 'thread', { reason: 'exited', threadId: toSession(member.place, id) });
    if (this.ending) return;
    this.emit('note', `Process ${member.hello.pid} has ended.`);
    if (this.members.size === 0 && !this.isWaiting) {
      this.isWaiting = true;
      this.emit('warning', 'The server has gone. The session goes on when it is back; Stop ends it.');
    }
  }

  private pass(member: Member, name: string, body: unknown): void {
    const { threadId, allThreadsContinued } = (body ?? {}) as {
      threadId?: number;
      allThreadsContinued?: boolean;
    };
    if (name === 'stopped' && threadId !== undefined) {
      member.stopped.add(threadId);
      this.latest = member;
    }
    if (name === 'continued' && threadId !== undefined) {
      this.goOn(member, threadId, allThreadsContinued ?? false);
      return;
    }
    this.emit('event', name, this.toClient(member, this.ofOne(body)));
  }

  /** A process speaks of all threads and means its own. */
  private ofOne(body: unknown): unknown {
    const all = (body ?? {}) as { allThreadsStopped?: boolean };
    return this.hasSeveral && all.allThreadsStopped ? { ...all, allThreadsStopped: false } : body;
  }

  private goOn(member: Member, threadId: number, all: boolean): void {
    const resumed = all ? new Set([threadId, ...member.stopped]) : new Set([threadId]);
    for (const id of resumed) {
      member.stopped.delete(id);
      const continued = {
        threadId: toSession(member.place, id),
        allThreadsContinued: all && !this.hasSeveral,
      };
      this.emit('event', 'continued', continued);
    }
  }

  private continued(member: Member, args: unknown, body: unknown): unknown {
    const { threadId } = argumentsToProcess(args) as DebugProtocol.ContinueArguments;
    const { allThreadsContinued = true } = (body ?? {}) as DebugProtocol.ContinueResponse['body'];
    member.stopped.delete(threadId);
    if (!this.hasSeveral) return { allThreadsContinued };
    if (allThreadsContinued) for (const id of [...member.stopped]) this.goOn(member, id, false);
    return { allThreadsContinued: false };
  }

  private async threads(): Promise<unknown> {
    const lists = await Promise.all(
      [...this.members.values()].map(async (member) => {
        const body = (await member.process.debuggee.request('threads', {}).catch(() => ({
          threads: [],
        }))) as DebugProtocol.ThreadsResponse['body'];
        const prefix = this.hasSeveral ? `process ${member.hello.pid} · ` : '';
        return body.threads.map(({ id, name }) => ({
          id: toSession(member.place, id),
          name: `${prefix}${name}`,
        }));
      }),
    );
    return { threads: lists.flat() };
  }

  /** The process that a request is about; one that names none is about that which has stopped last. */
  private memberFor(args: unknown): Member {
    const place = placeAskedFor(args);
    if (place !== undefined) return this.memberAt(place);
    const [first] = this.members.values();
    const member = this.latest ?? first;
    if (!member) throw new Refusal(NO_PROCESS);
    return member;
  }

  private memberAt(place: number): Member {
    const member = this.members.get(place);
    if (!member) throw new Refusal('The process has ended.');
    return member;
  }

  private toClient(member: Member, body: unknown): unknown {
    return this.sources.offer(member.place, bodyToSession(member.place, body), (path) =>
      this.mappings.toRemote(path),
    );
  }
}

const describe = ({ pid, python, processGroup, applicationGroup }: AgentHello): string => {
  const where = processGroup ? `daemon process group "${processGroup}"` : "one of Apache's own";
  const group = applicationGroup ? `, application group "${applicationGroup}"` : '';
  return `process ${pid} (${where}${group}, Python ${python})`;
};
