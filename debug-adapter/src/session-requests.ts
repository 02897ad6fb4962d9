import type { DebugRequests } from '../../common/src/debug-requests';
import type { Wishes } from './debuggee';
import { compilePattern } from './request-filter';

type SessionRequest =
  | 'modWsgi/requestFilter'
  | 'modWsgi/ignoredExceptions'
  | 'modWsgi/forgetIgnoredExceptions';

type Handlers = {
  readonly [Name in SessionRequest]: (
    wishes: Wishes,
    args: DebugRequests[Name]['arguments'],
    apply: () => Promise<void>,
  ) => Promise<DebugRequests[Name]['body']>;
};

/**
 * Requests beyond the protocol that are about the session and not about one process: each changes what is wished of
 * all, and has it applied.
 */
export const SESSION_REQUESTS: Handlers = {
  'modWsgi/requestFilter': async (wishes, { patterns }, apply) => {
    if (patterns) {
      patterns.forEach(compilePattern);
      wishes.requestFilter = patterns;
      await apply();
    }
    return { patterns: wishes.requestFilter };
  },
  'modWsgi/ignoredExceptions': async ({ ignored }) => ({ ignored: [...ignored] }),
  'modWsgi/forgetIgnoredExceptions': async ({ ignored }, _args, apply) => {
    const forgotten = ignored.splice(0).length;
    await apply();
    return { forgotten };
  },
};
