import { compileRegex } from '../model/regex';

const cache = new Map<string, RegExp>();

/** A shell wildcard as Apache's sections use it; `path`: the wildcards do not match a slash. */
export const wildcard = (pattern: string, kind: 'name' | 'path'): RegExp => {
  const key = `${kind} ${pattern}`;
  const cached = cache.get(key);
  if (cached) return cached;
  const compiled = compile(pattern, kind);
  if (cache.size > 1000) cache.clear();
  cache.set(key, compiled);
  return compiled;
};

const compile = (pattern: string, kind: 'name' | 'path'): RegExp => {
  const any = kind === 'path' ? '[^/]' : '.';
  const source = pattern.replace(/\[!?[^\]]+\]|[*?]|[.+^${}()|[\]\\/]/g, (found) => {
    if (found === '*') return `${any}*`;
    if (found === '?') return any;
    if (found.length > 1) return found.replace(/^\[!/, '[^').replace(/\\/g, '\\\\');
    return `\\${found}`;
  });
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    // A set whose range runs backwards matches nothing.
    return /(?!)/;
  }
};

/** True if a text contains a shell wildcard. */
export const hasWildcard = (text: string): boolean => /[*?[]/.test(text);

/** Whether a regular expression of Apache matches somewhere; a broken one matches nothing. */
export const regexMatches = (pattern: string, text: string): boolean =>
  compileRegex(pattern)?.test(text) ?? false;
