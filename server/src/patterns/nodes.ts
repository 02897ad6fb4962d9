/** A regular expression as a tree. Texts are bytes, as they are to Apache: each character of one stands for a byte. */
export type Node =
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'either'; readonly choices: readonly Node[] }
  | Repeat
  | { readonly kind: 'group'; readonly number: number; readonly of: Node }
  | { readonly kind: 'at'; readonly place: Place }
  | { readonly kind: 'look'; readonly of: Node; readonly negated: boolean }
  /** Goes back by so many bytes: how a look-behind begins. */
  | { readonly kind: 'back'; readonly by: number }
  /** What has been found is not tried in another way. */
  | { readonly kind: 'atomic'; readonly of: Node }
  /** What a group has found, once more. */
  | { readonly kind: 'again'; readonly group: number; readonly ignoresCase: boolean };

export interface Repeat {
  readonly kind: 'repeat';
  readonly of: Node;
  readonly least: number;
  readonly most: number;
  readonly isLazy: boolean;
}

export type Place =
  | 'start'
  | 'end'
  | 'end-or-last-newline'
  | 'line-start'
  | 'line-end'
  | 'boundary'
  | 'no-boundary';

/** For each byte 1 if it is in the set. */
export type ByteSet = Uint8Array;

/** Why a pattern cannot be asked. */
export class PatternProblem extends Error {
  constructor(
    /** `broken`: Apache refuses it; `beyond`: it may be sound, but it is not followed here. */
    readonly kind: 'broken' | 'beyond',
    message: string,
  ) {
    super(message);
  }
}

export const broken = (message: string): PatternProblem => new PatternProblem('broken', message);
export const beyond = (message: string): PatternProblem => new PatternProblem('beyond', message);
