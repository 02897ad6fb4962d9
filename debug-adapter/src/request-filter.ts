import { UserError } from '../../common/src/errors';
import type { CompiledPattern } from './agent-protocol';

const PATTERN = /^(?<exclusion>!)?\s*(?:(?<method>[A-Za-z]+)\s+)?(?<path>[/*]\S*)$/;

/** What the wildcards of a pattern stand for; a regular expression that Python reads as we do. */
const WILDCARDS: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*', '?': '[^/]' };

/**
 * Read a pattern for requests: `/api/*`, `POST /cart/**`, `!/static/**`.
 *
 * @throws UserError `request-pattern` with what is accepted.
 */
export const compilePattern = (text: string): CompiledPattern => {
  const { exclusion, method, path } = PATTERN.exec(text.trim())?.groups ?? {};
  if (path === undefined) {
    throw new UserError({
      code: 'request-pattern',
      message: `"${text}" is no pattern for requests.`,
      action:
        'Write a path such as /cart or /api/**, with the method before it if wanted (POST /cart), or with ! before it for requests to leave alone.',
    });
  }
  const expression = path.replace(
    /\*\*|[*?]|[^*?]+/g,
    (part) => WILDCARDS[part] ?? part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
  );
  return {
    ...(method && { method: method.toUpperCase() }),
    path: `^${expression}$`,
    isExclusion: exclusion !== undefined,
  };
};
