import type { LibraryLookup } from './features/which-python';

/** An Apache that can be asked. */
export interface ApacheProgram {
  readonly executable: string;
  readonly version: string;
}

/** How a program ended. */
export interface ProgramEnd {
  /** Undefined if it did not end by itself. */
  readonly exitCode: number | undefined;
  /** Where it did not end by itself: what happened, as the end of a sentence, and what to do. */
  readonly why?: readonly [happened: string, action: string];
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program is run with. */
export interface ProgramStart {
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the program before its time. */
  readonly signal: AbortSignal;
}

/** Why there are no programs: the user does not trust the workspace, or the server runs where there are none, as in a web worker. */
export type NoPrograms = 'not trusted' | 'no machine';

/**
 * The programs of this machine that may be started on the user's behalf: only in workspaces that are trusted, never while somebody
 * types.
 */
export interface Programs {
  readonly libraryOf: LibraryLookup;
  /**
   * Finds the Apache to ask: the one named, else the machine's.
   *
   * @throws UserError `httpd-missing`, with what to install
   */
  findApache(named: string | undefined): Promise<ApacheProgram>;
  /** Runs a program to its end, or ends it when its time is over. Never rejects. */
  run(program: string, args: readonly string[], start: ProgramStart): Promise<ProgramEnd>;
  /** Writes a text to a file that only this user can read, and removes it afterwards. */
  withFile<Result>(text: string, use: (path: string) => Promise<Result>): Promise<Result>;
}
