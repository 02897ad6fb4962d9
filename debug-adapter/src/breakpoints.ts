import type { DebugProtocol } from '@vscode/debugprotocol';

type SourceBreakpoint = DebugProtocol.Breakpoint;

/** A breakpoint as the client set it, with the number that it has in this session. */
interface Known {
  readonly id: number;
  /** The number that the debugger of the running application gave it, of which there may be several in a session. */
  debuggerId: number | undefined;
}

/** Sets breakpoints in the running application: a request of the protocol. */
export type SetBreakpoints = (command: string, args: unknown) => Promise<unknown>;

/** The requests that set breakpoints, each with what tells its sets apart. */
const SETS: Readonly<Record<string, (args: unknown) => string>> = {
  setBreakpoints: (args) => (args as DebugProtocol.SetBreakpointsArguments).source.path ?? '',
  setFunctionBreakpoints: () => '',
};

/** Whether a request sets breakpoints. */
export const setsBreakpoints = (command: string): boolean => command in SETS;

interface BreakpointSet {
  readonly command: string;
  readonly args: { readonly breakpoints?: readonly { readonly line?: number }[] };
  readonly known: readonly Known[];
}

/**
 * The client's breakpoints. They outlive the running application: the client sets them before it is started, and
 * again for none of its restarts.
 */
export class Breakpoints {
  private readonly sets = new Map<string, BreakpointSet>();
  private lastId = 0;

  /** Whether there is anything to stop at. */
  get isEmpty(): boolean {
    return [...this.sets.values()].every(({ known }) => known.length === 0);
  }

  /** Take a request that sets breakpoints; returns them as not verified, for the reason given. */
  remember(command: string, args: unknown, why: string): SourceBreakpoint[] {
    const set = this.add(command, args);
    return set.known.map(({ id }, index) => {
      const line = set.args.breakpoints?.[index]?.line;
      return { id, verified: false, message: why, reason: 'pending', ...(line !== undefined && { line }) };
    });
  }

  /** Take a request that sets breakpoints and carry it out in the running application. */
  async apply(command: string, args: unknown, set: SetBreakpoints): Promise<SourceBreakpoint[]> {
    return this.send(this.add(command, args), set);
  }

  /** Set all breakpoints in an application that has just been started; returns what has become of each. */
  async applyAll(set: SetBreakpoints): Promise<SourceBreakpoint[]> {
    const results = await Promise.all([...this.sets.values()].map((known) => this.send(known, set)));
    return results.flat();
  }

  /** The session's number for a number of the debugger. */
  idOf(debuggerId: number): number | undefined {
    for (const { known } of this.sets.values()) {
      const found = known.find((breakpoint) => breakpoint.debuggerId === debuggerId);
      if (found) return found.id;
    }
    return undefined;
  }

  private add(command: string, args: unknown): BreakpointSet {
    const typed = args as BreakpointSet['args'];
    const known = (typed.breakpoints ?? []).map(() => ({ id: ++this.lastId, debuggerId: undefined }));
    const set = { command, args: typed, known };
    this.sets.set(`${command} ${SETS[command]?.(args) ?? ''}`, set);
    return set;
  }

  private async send(
    { command, args, known }: BreakpointSet,
    set: SetBreakpoints,
  ): Promise<SourceBreakpoint[]> {
    const { breakpoints } = (await set(command, args)) as { breakpoints: SourceBreakpoint[] };
    return known.map((own, index) => {
      const { id, ...result } = breakpoints[index] ?? { verified: false };
      own.debuggerId = id;
      return { ...result, id: own.id };
    });
  }
}
