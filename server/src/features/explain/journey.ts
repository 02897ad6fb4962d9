import type { RequestedFiles } from '../../model/machine';
import type { Host } from '../../mounts/hosts';
import type { Site } from '../../mounts/site';
import type { Doubt } from '../../rewriting/condition';
import type { RewriteRule } from '../../rewriting/rules';
import type { Leg } from './leg';
import type { RequestUrl } from './request-url';
import { Walk, type WalkGround } from './walk';

/** Apache gives up at the next one (`LimitInternalRecursion`). */
const MOST_LEGS = 10;

/** So often its rules look ahead; one look can bring others about. */
const MOST_LOOKS = 200;

/** A request on its way. */
export interface Journey {
  readonly legs: readonly Leg[];
  /** True if it starts again for ever, which Apache answers with 500. */
  readonly loops: boolean;
  /** The rules of which nobody can tell whether they apply, in the order in which they were met. */
  readonly open: readonly OpenRule[];
}

export interface OpenRule {
  readonly rule: RewriteRule;
  readonly doubts: readonly Doubt[];
  /** The leg in which it was met. */
  readonly leg: number;
  /** True if it is a rule of a folder, which is asked when the file is known. */
  readonly isInFolder: boolean;
}

/**
 * Follows a request through the server.
 *
 * @param disk undefined if files may not be looked at
 * @param taken which of the rules of which nobody can tell applies; without it none
 */
export const follow = (
  site: Site,
  host: Host,
  url: RequestUrl,
  disk: RequestedFiles | undefined,
  taken?: number,
): Journey => {
  const legs: Leg[] = [];
  const open: OpenRule[] = [];
  let environment = new Map<string, string | undefined>([['REDIRECT_STATUS', '']]);
  const decide: WalkGround['decide'] = (rule, doubts, isInFolder) => {
    open.push({ rule, doubts, leg: legs.length, isInFolder });
    return open.length - 1 === taken;
  };
  const looks = { left: MOST_LOOKS };
  let next: RequestUrl | undefined = url;
  let rewrites = true;
  while (next && legs.length <= MOST_LEGS) {
    const walk: Walk = new Walk(
      { site, host, disk, environment, decide, rewrites, aheadOf: [], looks },
      next,
    );
    const leg: Leg = walk.leg();
    legs.push(leg);
    rewrites = !walk.ended;
    next = leg.next;
    const kept = [...environment].filter(([name]) => name !== 'REDIRECT_STATUS');
    environment = new Map([
      ['REDIRECT_STATUS', '200'],
      ...kept.map(([name, value]) => [`REDIRECT_${name}`, value] as const),
    ]);
  }
  return { legs, loops: next !== undefined, open };
};
