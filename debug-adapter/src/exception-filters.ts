import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ChosenFilter } from './agent-protocol';

const CONDITION = {
  supportsCondition: true,
  conditionDescription:
    'KeyError, !NotFound (classes, with subclasses), or Python in the frame that raised: exception.code == 3',
} as const;

/** The kinds of exceptions at which the user may choose to stop. */
export const EXCEPTION_FILTERS: readonly DebugProtocol.ExceptionBreakpointsFilter[] = [
  {
    filter: 'uncaught',
    label: 'Uncaught Exceptions',
    description: 'Stops where an exception was raised that leaves the application: its client gets a 500.',
    default: true,
    ...CONDITION,
  },
  {
    filter: 'swallowed',
    label: 'Exceptions Swallowed by the Framework',
    description:
      'Stops where an exception was raised that Flask, Django, Pyramid or a middleware turns into an error page.',
    default: true,
    ...CONDITION,
  },
  {
    filter: 'raised',
    label: 'Raised Exceptions',
    description: 'Stops whenever an exception is raised, handled or not.',
    default: false,
    ...CONDITION,
  },
];

/** The filters that the agent takes care of by itself; debugpy sees the others, and the agent judges what it sees. */
const OF_AGENT = new Set(['uncaught', 'swallowed']);

/** The chosen filters, for those who act on them. */
export class ExceptionFilters {
  private chosen: readonly ChosenFilter[] = EXCEPTION_FILTERS.filter((filter) => filter.default).map(
    ({ filter }) => ({ name: filter }),
  );

  /** Take the client's choice: filters by their names alone, and filters with conditions. */
  set({ filters, filterOptions = [] }: DebugProtocol.SetExceptionBreakpointsArguments): void {
    this.chosen = [
      ...filters.map((name) => ({ name })),
      ...filterOptions.map(({ filterId, condition }) => ({
        name: filterId,
        ...(condition?.trim() && { condition }),
      })),
    ];
  }

  get all(): readonly ChosenFilter[] {
    return this.chosen;
  }

  get ofDebugpy(): DebugProtocol.SetExceptionBreakpointsArguments {
    return { filters: this.chosen.map(({ name }) => name).filter((name) => !OF_AGENT.has(name)) };
  }

  /** Whether the filter with this number among all is one that the agent alone cannot do. */
  needsDebugpy(index: number): boolean {
    return !OF_AGENT.has(this.chosen[index]?.name ?? '');
  }

  /** Whether an exception can be seen only by tracing what runs. */
  get needTracing(): boolean {
    return this.ofDebugpy.filters.length > 0;
  }
}
