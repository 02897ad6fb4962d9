import type { Explanation } from '../../../../common/src/language-requests';
import type { Entry } from '../../configuration/entries';
import { type AccessFile, isAccessFile } from '../../mounts/overrides';
import { accessFilesFor } from '../../mounts/sections';
import type { Site } from '../../mounts/site';

/**
 * The configuration as one text: Includes followed, conditions decided, macros inserted, each line with its origin; behind it the
 * access files that are read on the way to the mounts.
 */
export const showConfiguration = (site: Site): Explanation => {
  const text = new ConfigurationText();
  text.add(site.configuration.entries, 0);
  for (const file of accessFilesOf(site)) text.addAccessFile(file);
  return { markdown: text.toString() };
};

const accessFilesOf = (site: Site): readonly AccessFile[] => {
  const found = new Map<string, AccessFile>();
  for (const { script, sections, host } of site.mounts) {
    if (!script?.known && !sections.some(isAccessFile)) continue;
    for (const file of accessFilesFor({ file: script?.value, url: undefined }, site, host))
      found.set(file.section.range.file, file);
  }
  return [...found.values()];
};

class ConfigurationText {
  private readonly lines: string[] = [];
  private file = '';
  private line = 0;

  add(entries: readonly Entry[], depth: number): void {
    for (const entry of entries) {
      const indent = '    '.repeat(depth);
      this.origin(entry, indent);
      if (!entry.certain)
        this.lines.push(`${indent}# under a condition that only the running server decides:`);
      const text = [entry.name, ...entry.words.map(({ value }) => quoted(value))].join(' ');
      if (!entry.key.startsWith('<')) this.lines.push(`${indent}${text}`);
      else {
        this.lines.push(`${indent}<${text}>`);
        this.add(entry.children, depth + 1);
        this.lines.push(`${indent}</${entry.name}>`);
      }
    }
  }

  addAccessFile({ section, overrides, forbidden }: AccessFile): void {
    const { file } = section.range;
    const by = overrides.entry ? ` by ${originOf(overrides.entry)}` : '';
    this.lines.push('', `# ${file}: read with each request, as allowed${by}`);
    for (const entry of forbidden)
      this.lines.push(
        `# line ${entry.line}: ${entry.name} is not allowed here, ${overrides.forgives ? 'and is passed over' : 'so every request is answered with 500'}`,
      );
    this.lines.push(`<Directory ${quoted(file.slice(0, file.lastIndexOf('/')) || '/')}>`);
    this.file = '';
    this.add(section.children, 1);
    this.lines.push('</Directory>');
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`;
  }

  /** Says where the next lines are from, if that is not where the lines before are from. */
  private origin(entry: Entry, indent: string): void {
    const { range, line } = entry;
    const follows = range.file === this.file && line >= this.line && !entry.fromMacro;
    if (!follows) this.lines.push(`${indent}# ${originOf(entry)}`);
    this.file = entry.fromMacro ? '' : range.file;
    this.line = line;
  }
}

const originOf = ({ range, line, fromMacro }: Entry): string =>
  fromMacro ? `${range.file}, by a macro` : `${range.file}:${line}`;

const quoted = (value: string): string =>
  /[\s"]/.test(value) || value === '' ? JSON.stringify(value) : value;
