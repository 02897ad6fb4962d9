import type { SystemUser } from '../../common/src/access';
import type { ResolvedModule } from '../../common/src/runtime/resolve';
import type { ChosenMpm } from './config/modules';
import type { Settings } from './settings';

/** Who the server runs as. */
export interface ServerIdentity {
  readonly user: SystemUser;
  readonly group: { readonly name: string; readonly gid: number };
  /** Apache has to change to this user itself, because root starts it. */
  readonly isSwitched: boolean;
}

/** Where a log goes: to the launcher's own output, or into a file. */
export type LogTarget = { readonly kind: 'terminal' } | { readonly kind: 'file'; readonly file: string };

/** Everything that the server is made from: settings, and what was found and checked on this machine. */
export interface ServerPlan {
  readonly settings: Settings;
  readonly runtime: ResolvedModule;
  readonly modulesDirectory: string;
  readonly mpm: ChosenMpm;
  readonly identity: ServerIdentity;
  /** The port to listen on, never 0. */
  readonly port: number;
  readonly coverageDirectory: string | undefined;
  readonly profiler: ProfilerFiles | undefined;
  readonly recorderDirectory: string | undefined;
}

/** What a profiled run writes. */
export interface ProfilerFiles {
  /** Gets a file of its own for each run. */
  readonly directory: string;
  /** The last profile, under a name that stays. */
  readonly file: string;
}

/** Requests that can run at once; debug mode has one, so that a debugger meets one request at a time. */
export const concurrency = ({ settings }: ServerPlan): number => (settings.debugMode ? 1 : settings.threads);
