/** Asked by a language server that has no disk of its own, as in a web worker: what stands at this URI? */
export const READ_PATH = 'mod_wsgi/readPath';

/** What {@link READ_PATH} is sent with. */
export interface ReadPathParams {
  readonly uri: string;
}

/**
 * What stands at a URI; `null` if there is nothing, or if it cannot be read. `stamp` is equal as long as the file is. The text of a
 * file that is longer than a configuration can be is left out.
 */
export type PathContent =
  | { readonly kind: 'file'; readonly stamp: string; readonly text?: string }
  | { readonly kind: 'folder'; readonly stamp: string; readonly names: readonly string[] };
