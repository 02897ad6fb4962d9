import { applicationProcesses, concurrency, type ServerPlan } from '../../plan';
import type { Mpm } from '../../settings';
import type { BlockMaker } from '../block';

/** A process of Apache's with more threads than this makes way for another one. */
const MOST_THREADS = 64;
/** Connections that are served at once where nobody says: in worker one that is only kept open holds a thread too. */
const FEWEST_CLIENTS: Readonly<Record<Mpm, number>> = { event: 20, worker: MOST_THREADS, prefork: 20 };

/** Numbers for the threaded MPMs and for prefork. */
interface Capacity {
  readonly threadsPerChild: number;
  readonly children: number;
  /** As parts of what can be served at once. */
  readonly initial: number;
  readonly minimumSpare: number;
  readonly maximumSpare: number;
  readonly connectionsPerChild: number;
}

/** The application runs in Apache's processes: they are exactly those of the application. */
const embedded = (plan: ServerPlan): Capacity => {
  const isThreaded = plan.mpm.mpm !== 'prefork';
  return {
    threadsPerChild: isThreaded ? concurrency(plan) : 1,
    children: isThreaded ? applicationProcesses(plan) : applicationProcesses(plan) * concurrency(plan),
    initial: 1,
    minimumSpare: 0,
    maximumSpare: 1,
    connectionsPerChild: plan.settings.debugMode ? 0 : plan.settings.processes.numbers['maximum-requests'],
  };
};

/** Apache only passes requests on: it has to hold the connections that wait, and those that are kept open. */
const inFront = (plan: ServerPlan): Capacity => {
  const { maxClients, initial, minimumSpare, maximumSpare } = plan.settings.processes;
  const requests = applicationProcesses(plan) * concurrency(plan);
  const usual = Math.max(FEWEST_CLIENTS[plan.mpm.mpm], 10 + Math.floor(1.5 * requests));
  const clients = Math.max(maxClients ?? usual, requests);
  const isThreaded = plan.mpm.mpm !== 'prefork';
  const children = isThreaded ? Math.ceil(clients / MOST_THREADS) : clients;
  const atStart = initial ?? (isThreaded ? 0.2 : 0.05);
  return {
    threadsPerChild: isThreaded ? Math.ceil(clients / children) : 1,
    children,
    initial: atStart,
    minimumSpare: minimumSpare ?? atStart,
    maximumSpare: maximumSpare ?? (isThreaded ? 0.6 : 0.1),
    connectionsPerChild: 0,
  };
};

/** Places for processes that finish their requests while others have begun in their stead. */
const roomForOldProcesses = ({ mode, mpm, settings }: ServerPlan): number =>
  mode === 'embedded' && mpm.mpm !== 'prefork' && settings.reloadsOnChanges ? 3 : 0;

/** How many processes and threads Apache has. */
export const capacity: BlockMaker = (plan) => {
  const { threadsPerChild, children, initial, minimumSpare, maximumSpare, connectionsPerChild } =
    plan.mode === 'embedded' ? embedded(plan) : inFront(plan);
  const total = threadsPerChild * children;
  const part = (fraction: number) => Math.max(1, Math.round(fraction * total));
  const startServers = Math.max(1, Math.round(initial * children));
  const spare = (unit: 'Threads' | 'Servers') => [
    `MinSpare${unit} ${part(minimumSpare)}`,
    `MaxSpare${unit} ${Math.max(part(maximumSpare), part(minimumSpare))}`,
  ];
  const perMpm =
    plan.mpm.mpm === 'prefork'
      ? spare('Servers')
      : [`ThreadLimit ${threadsPerChild}`, `ThreadsPerChild ${threadsPerChild}`, ...spare('Threads')];
  return {
    comment: 'Capacity.',
    lines: [
      `ServerLimit ${children + roomForOldProcesses(plan)}`,
      `StartServers ${startServers}`,
      `MaxRequestWorkers ${total}`,
      ...perMpm,
      ...(connectionsPerChild > 0 ? [`MaxConnectionsPerChild ${connectionsPerChild}`] : []),
    ],
  };
};
