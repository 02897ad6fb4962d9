import type { DebugProtocol } from '@vscode/debugprotocol';

/** The kinds of exceptions at which the user may choose to stop. */
export const EXCEPTION_FILTERS: readonly DebugProtocol.ExceptionBreakpointsFilter[] = [
  {
    filter: 'uncaught',
    label: 'Uncaught Exceptions',
    description: 'Stops where an exception was raised that leaves the application: its client gets a 500.',
    default: true,
  },
  {
    filter: 'swallowed',
    label: 'Exceptions Swallowed by the Framework',
    description: 'Stops where an exception was raised that Flask or Django turns into an error page.',
    default: true,
  },
  {
    filter: 'raised',
    label: 'Raised Exceptions',
    description: 'Stops whenever an exception is raised, handled or not.',
    default: false,
  },
];

/** The filters that the agent takes care of by itself; the others are debugpy's. */
const OF_AGENT = new Set(['uncaught', 'swallowed']);

/** The chosen filters, for those who act on them. */
export class ExceptionFilters {
  private names: readonly string[] = EXCEPTION_FILTERS.filter((filter) => filter.default).map(
    ({ filter }) => filter,
  );

  set({ filters }: DebugProtocol.SetExceptionBreakpointsArguments): void {
    this.names = filters;
  }

  get ofAgent(): string[] {
    return this.names.filter((name) => OF_AGENT.has(name));
  }

  get ofDebugpy(): DebugProtocol.SetExceptionBreakpointsArguments {
    return { filters: this.names.filter((name) => !OF_AGENT.has(name)) };
  }

  /** Whether an exception can be seen only by tracing what runs. */
  get needTracing(): boolean {
    return this.ofDebugpy.filters.length > 0;
  }
}
