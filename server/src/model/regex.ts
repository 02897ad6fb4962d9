/** Spellings of PCRE that JavaScript does not have, and what comes closest; enough to tell sound patterns from broken ones. */
const TRANSLATIONS: readonly (readonly [RegExp, string])[] = [
  [/\(\?#[^)]*\)/g, ''],
  [/\(\?>/g, '(?:'],
  [/\(\?P?<([A-Za-z_]\w*)>/g, '(?:'],
  [/\(\?'([A-Za-z_]\w*)'/g, '(?:'],
  [/\(\?P=\w+\)|\\k[<{']\w+[>}']|\\g\{?-?\w+\}?/g, '(?:)'],
  [/\(\?[imsxUJ-]+\)/g, ''],
  [/\(\?[imsxUJ-]+:/g, '(?:'],
  [/\(\?(?:R|\d+|&\w+)\)/g, '(?:)'],
  [/([^\\]|^)([*+?}])\+/g, '$1$2'],
  [/\\[AZzGQEKhHRXCN]/g, ''],
  [/\[:\^?[a-z]+:\]/g, 'a-z'],
  [/\[\[?[.=]\w+[.=]\]\]?/g, '[a]'],
];

/** Constructs whose meaning is lost in translation: such a pattern is believed. */
const UNTRANSLATABLE = /\(\?\(|\(\*|\(\?C|\\[pP]/;

/**
 * Compiles a Perl-compatible regular expression as well as JavaScript can.
 *
 * @returns undefined if the pattern is broken for both
 */
export const compileRegex = (pattern: string): RegExp | undefined => {
  if (UNTRANSLATABLE.test(pattern)) return /(?:)/;
  const translated = TRANSLATIONS.reduce((text, [from, to]) => text.replace(from, to), pattern);
  try {
    return new RegExp(translated);
  } catch {
    return undefined;
  }
};

/**
 * Compiles a pattern that means the same to JavaScript.
 *
 * @returns undefined if it does not, or nobody knows
 */
export const faithfulRegex = (pattern: string, flags = ''): RegExp | undefined => {
  const compiled = compileRegex(pattern);
  const plain = (source: string): string => source.replaceAll('\\/', '/');
  return compiled && plain(compiled.source) === plain(pattern) ? new RegExp(compiled, flags) : undefined;
};
