import { wordTable } from '../../../common/src/word-table';

/** Flags of RewriteRule and RewriteCond by their short names, with the long ones. */
const LONG_NAMES: Readonly<Record<string, string>> = wordTable({
  chain: 'c',
  discardpath: 'dpi',
  env: 'e',
  forbidden: 'f',
  gone: 'g',
  handler: 'h',
  last: 'l',
  next: 'n',
  nocase: 'nc',
  noescape: 'ne',
  nosubreq: 'ns',
  ornext: 'or',
  passthrough: 'pt',
  proxy: 'p',
  qsappend: 'qsa',
  qsdiscard: 'qsd',
  qslast: 'qsl',
  redirect: 'r',
  skip: 's',
});

/** Flags by their short names in lower case, each with its values: empty where it has none. */
export type Flags = ReadonlyMap<string, readonly string[]>;

/** The short name of a flag in lower case, letter case ignored. */
export const shortName = (name: string): string => LONG_NAMES[name.toLowerCase()] ?? name.toLowerCase();

/** Reads `[R=301,L]`; an empty text has no flags. */
export const readFlags = (text: string): Flags => {
  const flags = new Map<string, string[]>();
  for (const part of text.replace(/^\[|\]$/g, '').split(',')) {
    const [, name = '', value = ''] = /^\s*([^=]*)=?(.*?)\s*$/s.exec(part) ?? [];
    const key = shortName(name);
    if (key !== '') flags.set(key, [...(flags.get(key) ?? []), value]);
  }
  return flags;
};

/** The value of a flag that is given once; undefined if it is not given. */
export const flagValue = (flags: Flags, name: string): string | undefined => flags.get(name)?.at(-1);
