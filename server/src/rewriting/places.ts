import type { Entry } from '../configuration/entries';
import type { Host } from '../mounts/hosts';
import { isAccessFile } from '../mounts/overrides';
import { folderOf, patternOf, stepOf } from '../mounts/sections';
import { hasWildcard } from '../mounts/wildcards';
import { inherit, NO_REWRITING, type RewriteSettings, readRewriting } from './rules';

/** The rules of a server; undefined if there are none. Virtual hosts take over the main server's engine, but not its rules. */
export const serverRewriting = (host: Host, server: Host): RewriteSettings | undefined => {
  const outer = readRewriting(server.own);
  if (host === server) return outer;
  const inner = readRewriting(host.own);
  if (!outer) return inner;
  return inherit(outer, inner ?? NO_REWRITING);
};

/** The rules of the folders around a file. */
export interface FolderRewriting {
  readonly settings: RewriteSettings;
  /** Whose rules they are, with a slash at its end: for Apache that is what the section names, be it a folder or not. */
  readonly folder: string;
  readonly section: Entry;
}

/**
 * The rules that count for a request that has found its file: those of the last section that says anything of rewriting.
 *
 * @param sections those that apply, in merge order
 * @param engine the one of the server, which folders take over
 */
export const folderRewriting = (
  sections: readonly Entry[],
  engine: Entry | undefined,
): FolderRewriting | undefined => {
  let merged: FolderRewriting | undefined;
  for (const section of sections) {
    const own = readRewriting(section.children);
    if (own)
      merged = {
        settings: inherit(merged?.settings ?? { ...NO_REWRITING, engine }, own),
        folder: folderOfSection(section),
        section,
      };
  }
  return merged;
};

const folderOfSection = (section: Entry): string => {
  if (isAccessFile(section)) return withSlash(folderOf(section.range.file));
  return stepOf(section) === 'if' ? '*If/' : withSlash(patternOf(section));
};

/** Whether rules in a section are asked as those of a folder are: elsewhere Apache asks them too, but does not support it. */
export const isSupported = (section: Entry): boolean =>
  isAccessFile(section) ||
  (section.key === '<directory' && section.words.length === 1 && !hasWildcard(patternOf(section)));

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

/** Whether `Options` of the sections let Apache follow links, without which it answers 403 where rules are switched on. */
export const followsLinks = (levels: readonly (readonly Entry[])[]): boolean => {
  let options: ReadonlySet<string> = new Set(['followsymlinks']);
  for (const entry of levels.flat()) {
    if (entry.key !== 'options') continue;
    const words = entry.words.map(({ value }) => value.toLowerCase());
    const changed = new Set(words.some((word) => /^[+-]/.test(word)) ? options : []);
    for (const word of words) {
      const name = word.replace(/^[+-]/, '');
      if (word.startsWith('-')) changed.delete(name);
      else changed.add(name);
    }
    options = changed;
  }
  return ['all', 'followsymlinks', 'symlinksifownermatch'].some((name) => options.has(name));
};
