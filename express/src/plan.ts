import type { SystemUser } from '../../common/src/access';
import type { ModuleFeatures } from '../../common/src/runtime/module-features';
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
  /** What that module can do. */
  readonly features: ModuleFeatures;
  /** Where the application runs: in processes of its own, or in Apache's. */
  readonly mode: 'daemon' | 'embedded';
  /** The name of these processes, as httpd's configuration has it. */
  readonly processGroup: string;
  /** What the server is called where people are asked for a password: HOST:PORT. */
  readonly siteName: string;
  readonly modulesDirectory: string;
  readonly mpm: ChosenMpm;
  readonly identity: ServerIdentity;
  /** The port to listen on, never 0. */
  readonly port: number;
  readonly coverageDirectory: string | undefined;
  readonly profiler: ProfilerFiles | undefined;
  readonly recorderDirectory: string | undefined;
  /** The list of content types; undefined where the system has none. */
  readonly mimeTypes: string | undefined;
  /** The program that rotates log files; undefined where they are not rotated. */
  readonly rotatelogs: string | undefined;
  /** The locale to set; undefined: that of the environment. */
  readonly locale: string | undefined;
  /** The variables of the user's own script for the environment. */
  readonly scriptVariables: Readonly<Record<string, string>>;
}

/** What a profiled run writes. */
export interface ProfilerFiles {
  /** Gets a file of its own for each run. */
  readonly directory: string;
  /** The last profile, under a name that stays. */
  readonly file: string;
}

/** Processes that run the application. */
export const applicationProcesses = ({ settings }: ServerPlan): number =>
  settings.debugMode ? 1 : (settings.processes.count ?? 1);

/** Requests that a process can run at once; debug mode has one, so that a debugger meets one request at a time. */
export const concurrency = ({ settings }: ServerPlan): number => (settings.debugMode ? 1 : settings.threads);
