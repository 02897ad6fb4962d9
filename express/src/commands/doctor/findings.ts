import type { SystemNeed } from '../../../../common/src/packages';

/** One thing that a server needs, and whether it was found. */
export interface Finding {
  /** Stable, for programs. */
  readonly id:
    | 'httpd'
    | 'apxs'
    | 'compiler'
    | 'make'
    | 'python'
    | 'python-reach'
    | 'python-library'
    | 'python-headers';
  readonly label: string;
  readonly found: boolean;
  /** What was found, or what is wrong: one fact each. */
  readonly facts: readonly string[];
  /** What to install where it is missing. */
  readonly needs: readonly SystemNeed[];
}

/** Where a module comes from. */
export type ModuleOrigin = 'given' | 'bundled' | 'pip' | 'distribution';

/**
 * What can be said of a module: `fits` can be loaded with this Python, `buildable` is built at the first start,
 * `wrong-python` is linked to another Python's library.
 */
export type ModuleState = 'fits' | 'buildable' | 'not-buildable' | 'wrong-python' | 'not-installed';

/** One mod_wsgi module, there or not. */
export interface ModuleFinding {
  readonly origin: ModuleOrigin;
  readonly state: ModuleState;
  /** Where it is, or would be. */
  readonly file: string | undefined;
  /** The Python library that it is linked to, where it is there and names one. */
  readonly library: string | undefined;
  /** Whether it runs applications in processes of their own; undefined where it is not there. */
  readonly daemonMode: boolean | undefined;
  /** Why it cannot be used. */
  readonly reason: string | undefined;
}

/** Everything that `doctor` found out. */
export interface Diagnosis {
  readonly launcher: string;
  readonly system: string;
  readonly findings: readonly Finding[];
  readonly modules: readonly ModuleFinding[];
  /** Whether an application could be served now. */
  readonly canServe: boolean;
  /** The module that start-server would load. */
  readonly serves: ModuleOrigin | undefined;
  /** Options that this user has to give besides the application. */
  readonly options: readonly string[];
  /** What to do, the most helpful first; the command where one does it. */
  readonly advice: readonly { readonly text: string; readonly command?: string }[];
}
