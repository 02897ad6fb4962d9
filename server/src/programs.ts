import type { LibraryLookup } from './features/which-python';

/**
 * The programs of this machine that may be started on the user's behalf: only in workspaces that are trusted, never while somebody
 * types. Where the server runs without programs (in a web worker) there are none.
 */
export interface Programs {
  readonly libraryOf: LibraryLookup;
}
