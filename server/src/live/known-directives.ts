import { type Directive, findDirective, findSection } from '../catalogue/directives';
import type { Place } from '../catalogue/facts';
import type { Line } from '../syntax/walk';

/** Directives that a running server knows and the catalogue does not, by lower-case name, `<` in front of sections. */
export type LearnedDirectives = ReadonlyMap<string, Directive>;

const OUTSIDE: readonly Place[] = ['server config', 'virtual host'];

const INSIDE: readonly Place[] = ['directory', 'location', 'files', 'if', 'proxy', 'limit'];

const HEADER = /^(<?)(\S+) \((\S+)\.c\)$/;

/** Reads the list that `httpd -L` prints: what nobody here has heard of, with its places and its help. */
export const parseDirectives = (output: string): LearnedDirectives => {
  const found = new Map<string, Directive>();
  const lines = output.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const [, bracket, name = '', module = ''] = HEADER.exec(lines[index] ?? '') ?? [];
    if (name === '') continue;
    const section = bracket === '<';
    if (section ? findSection(name) : findDirective(name)) continue;
    const next = lines.findIndex((line, at) => at > index && HEADER.test(line));
    const about = lines.slice(index + 1, next < 0 ? undefined : next).map((line) => line.trim());
    found.set(`${bracket}${name}`.toLowerCase(), toDirective(name, section, module, about));
  }
  return found;
};

const toDirective = (name: string, section: boolean, module: string, about: readonly string[]): Directive => {
  const where = about.findIndex((line) => line.startsWith('Allowed in *.conf '));
  const help = about.slice(0, Math.max(where, 0)).join(' ');
  const allowed = about[where] ?? '';
  const places = /only outside/.test(allowed)
    ? OUTSIDE
    : /only inside/.test(allowed)
      ? INSIDE
      : [...OUTSIDE, ...INSIDE];
  return {
    name,
    key: `${section ? '<' : ''}${name.toLowerCase()}`,
    section,
    module,
    args: 'RAW_ARGS',
    onRead: false,
    places,
    documentedPlaces: places,
    htaccess: / in \.htaccess/.test(allowed),
    ...(help !== '' && { help }),
  };
};

/** What the running server knows of a line's directive or section. */
export const learnedAt = (line: Line, learned: LearnedDirectives): Directive | undefined => {
  if (line.kind === 'directive') return learned.get(line.name.value.toLowerCase());
  return line.kind === 'open' ? learned.get(`<${line.tag.name}`.toLowerCase()) : undefined;
};
