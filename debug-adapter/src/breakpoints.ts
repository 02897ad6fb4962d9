import type { DebugProtocol } from '@vscode/debugprotocol';

type SourceBreakpoint = DebugProtocol.Breakpoint;

/** Sets breakpoints in a running application: a request of the protocol. */
export type SetBreakpoints = (command: string, args: unknown) => Promise<unknown>;

/** The requests that set breakpoints, each with what tells its sets apart. */
const SETS: Readonly<Record<string, (args: unknown) => string>> = {
  setBreakpoints: (args) => (args as DebugProtocol.SetBreakpointsArguments).source.path ?? '',
  setFunctionBreakpoints: () => '',
};

/** Whether a request sets breakpoints. */
export const setsBreakpoints = (command: string): boolean => command in SETS;

/** Breakpoints as the client set them by one request, with the numbers that they have in this session. */
export interface BreakpointSet {
  /** What a later set replaces: the same file's, or the functions'. */
  readonly key: string;
  readonly command: string;
  readonly args: { readonly breakpoints?: readonly { readonly line?: number }[] };
  readonly ids: readonly number[];
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
    return this.all.every(({ ids }) => ids.length === 0);
  }

  get all(): readonly BreakpointSet[] {
    return [...this.sets.values()];
  }

  /** Take a request that sets breakpoints. */
  add(command: string, args: unknown): BreakpointSet {
    const typed = args as BreakpointSet['args'];
    const key = `${command} ${SETS[command]?.(args) ?? ''}`;
    const set = { key, command, args: typed, ids: (typed.breakpoints ?? []).map(() => ++this.lastId) };
    this.sets.set(key, set);
    return set;
  }
}

/** The breakpoints of a set that nobody has set in an application, for the reason given. */
export const unverified = ({ args, ids }: BreakpointSet, why: string): SourceBreakpoint[] =>
  ids.map((id, index) => {
    const line = args.breakpoints?.[index]?.line;
    return { id, verified: false, message: why, reason: 'pending', ...(line !== undefined && { line }) };
  });

/** The client's breakpoints in one running application, whose debugger numbers them in its own way. */
export class PlacedBreakpoints {
  private readonly debuggerIds = new Map<string, readonly (readonly [debuggerId: number, id: number])[]>();

  constructor(private readonly setThere: SetBreakpoints) {}

  /** Set breakpoints in the application; returns what has become of each. */
  async place({ key, command, args, ids }: BreakpointSet): Promise<SourceBreakpoint[]> {
    const { breakpoints } = (await this.setThere(command, args)) as { breakpoints: SourceBreakpoint[] };
    const results = ids.map((id, index) => ({ ...(breakpoints[index] ?? { verified: false }), id }));
    this.debuggerIds.set(
      key,
      ids.flatMap((id, index) => {
        const debuggerId = breakpoints[index]?.id;
        return debuggerId === undefined ? [] : [[debuggerId, id] as const];
      }),
    );
    return results;
  }

  /** The session's number for a number of the debugger. */
  idOf(debuggerId: number): number | undefined {
    return [...this.debuggerIds.values()].flat().find(([there]) => there === debuggerId)?.[1];
  }
}
