/** What the debug adapter tells the editor's side beyond the protocol's own events. */

/** Lines of one file that hold statements, 1-based: those that ran and those that did not. */
export interface FileLines {
  readonly executed: readonly number[];
  readonly missing: readonly number[];
}

/** Coverage of a session by absolute path. */
export type CoverageSnapshot = Readonly<Record<string, FileLines>>;

export const COVERAGE_EVENT = 'mod_wsgi.coverage';

/** Sent once, before the session ends. */
export interface CoverageEventBody {
  readonly files: CoverageSnapshot;
}

export const READY_EVENT = 'mod_wsgi.ready';

/** The server answers. */
export interface ReadyEventBody {
  readonly url: string;
}

/** The `variables` of an answer that refuses a request because of a `UserError`: its fields. */
export type UserErrorBody = {
  readonly code: string;
  readonly message: string;
  readonly action: string;
  /** A command line that does it. */
  readonly command?: string;
};
