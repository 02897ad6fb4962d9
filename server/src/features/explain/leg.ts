import type { Entry } from '../../configuration/entries';
import type { Access } from '../../mounts/access';
import type { Mount } from '../../mounts/mounts';
import type { AccessFile } from '../../mounts/overrides';
import type { Rewriting } from '../../rewriting/apply';
import type { FolderRewriting } from '../../rewriting/places';
import type { RewriteSettings } from '../../rewriting/rules';
import type { EarlierStep } from '../before-mounts';
import type { Applying } from './applying';
import type { RequestUrl } from './request-url';
import type { Undecided } from './undecided';

/** A file with what of the URL is left behind it. */
export interface Found {
  readonly name: string;
  readonly pathInfo: string;
}

/** What answers a URL that nothing has sent elsewhere. */
export type Answer =
  | { readonly kind: 'mount'; readonly mount: Mount }
  | { readonly kind: 'earlier'; readonly step: EarlierStep }
  /** `by`: the `DocumentRoot`, `Alias` or `RewriteRule` that makes it this file. */
  | ({
      readonly kind: 'file';
      /** What Apache looks for, with what of the URL is left behind the file. */
      readonly path: string;
      readonly by: Entry;
      readonly handler: Mount | undefined;
    } & Found)
  /** Nobody knows which file. */
  | { readonly kind: 'nowhere' };

/** What is merged for the file of an answer, and who is let in. */
export interface Merged {
  readonly file: string | undefined;
  readonly applying: Applying;
  readonly access: Access;
  /** Access files that say what they may not, so that the answer is 500. */
  readonly refusing: readonly AccessFile[];
}

/** What the rules of a server or of folders make of a request. */
export interface Rewrites {
  readonly settings: RewriteSettings;
  /** Undefined if the rules are switched off. */
  readonly rewriting: Rewriting | undefined;
  /** True if an earlier rule has ended all rewriting. */
  readonly ended: boolean;
}

export interface FolderRewrites extends Rewrites, Pick<FolderRewriting, 'folder' | 'section'> {
  /** True if `Options` forbids to follow links, and with that to rewrite: 403. */
  readonly linksForbidden: boolean;
}

/** One way through the server: from a URL to an answer, or to the URL with which it starts again. */
export interface Leg {
  readonly url: RequestUrl;
  readonly server: Rewrites | undefined;
  /** The mounts that were compared with the URL, the one that answers last. */
  readonly tried: readonly Mount[];
  /** Undefined if the rules of the server have sent the request elsewhere. */
  readonly answer: Answer | undefined;
  readonly merged: Merged | undefined;
  readonly folders: FolderRewrites | undefined;
  /** What was passed over, since nobody can tell whether it counts. */
  readonly undecided: readonly Undecided[];
  /** The URL of the next leg. */
  readonly next: RequestUrl | undefined;
}
