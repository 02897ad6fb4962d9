import { matchesPattern } from '../patterns/pattern';

/** Whether a shell wildcard as Apache's sections use it covers a text; `path`: the wildcards do not match a slash. */
export const matchesWildcard = (pattern: string, kind: 'name' | 'path', text: string): boolean =>
  matchesPattern(regexOf(pattern, kind), text);

/** As a regular expression; a set whose range runs backwards makes it one that matches nothing. */
const regexOf = (pattern: string, kind: 'name' | 'path'): string => {
  const any = kind === 'path' ? '[^/]' : '.';
  const source = pattern.replace(/\[!?[^\]]+\]|[*?]|[.+^${}()|[\]\\/]/g, (found) => {
    if (found === '*') return `${any}*`;
    if (found === '?') return any;
    if (found.length === 1) return `\\${found}`;
    const [, not, members = ''] = /^\[(!?)(.*)\]$/s.exec(found) ?? [];
    return `[${not ? '^' : ''}${members.replace(/[\\[^]/g, '\\$&')}]`;
  });
  return `^${source}$`;
};

/** True if a text contains a shell wildcard. */
export const hasWildcard = (text: string): boolean => /[*?[]/.test(text);
