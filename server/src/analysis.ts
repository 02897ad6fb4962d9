import { type Directive, findDirective, findSection } from './catalogue/directives';
import type { Place } from './catalogue/facts';
import { findModule } from './catalogue/modules';
import { isStartupCondition, sectionEffect } from './catalogue/places';
import type { Block } from './syntax/blocks';
import type { Node, SectionNode, SyntaxTree } from './syntax/nodes';
import { parse } from './syntax/parse';
import { reparse } from './syntax/reparse';
import { type Line, lines } from './syntax/walk';

/** A file per folder that is read per request has rules of its own. */
export type Dialect = 'server' | '.htaccess';

/**
 * Where a line stands, as far as this file tells. `server or virtual host`: a fragment whose top can be either;
 * `unknown`: nothing is certain, and nothing is reported.
 */
export type KnownPlace = Place | '.htaccess' | 'server or virtual host' | 'unknown';

/**
 * All that is known of one file by itself. Built once per version of it; the next version takes its lines over.
 *
 * A class, as all that has getters and is made often: V8 keeps the getter of a single object in that object's hidden class, and with it
 * whatever the getter can reach, until it collects the old generation.
 */
export class Analysis {
  readonly dialect: Dialect;
  /** True if statements of a template engine decide which lines there are: sections may nest as only it knows. */
  readonly generated: boolean;
  /** The place of lines in no section. */
  readonly top: KnownPlace;
  /** True if this is the file a server starts with, and not one that another includes. */
  readonly main: boolean;
  private all: readonly Line[] | undefined;

  /** @param baseName the file's name without its folder */
  constructor(
    readonly tree: SyntaxTree,
    baseName: string,
  ) {
    const facts = tree.blocks.map(factsOf);
    this.dialect = /^\.ht(?!passwd|group)/.test(baseName) ? '.htaccess' : 'server';
    this.generated = facts.some(({ generated }) => generated);
    this.top = this.dialect === '.htaccess' ? '.htaccess' : topPlace(facts, baseName);
    this.main = this.dialect === 'server' && isMain(facts, baseName);
  }

  /** Made when somebody asks for all of them. */
  get lines(): readonly Line[] {
    this.all ??= lines(this.tree);
    return this.all;
  }
}

/**
 * Parses a file and finds out what kind of file it is. Never throws.
 *
 * @param before an earlier version of the file, which saves parsing what did not change
 */
export const analyze = (text: string, fileName: string, before?: Analysis): Analysis => {
  const baseName = fileName.split('/').at(-1) ?? '';
  const tree = before ? reparse(before.tree, text, baseName) : parse(text, baseName);
  return new Analysis(tree, baseName);
};

/** What a block tells about the file it stands in. */
interface BlockFacts {
  readonly generated: boolean;
  /** True if it holds a line that only the main file of a configuration has, and one that a file of such a name has if it is one. */
  readonly isOfRoot: boolean;
  readonly isOfMain: boolean;
  readonly top: KnownPlace;
}

const factsByBlock = new WeakMap<Block, BlockFacts>();

const factsOf = (block: Block): BlockFacts => {
  const known = factsByBlock.get(block);
  if (known) return known;
  const { items, nodes } = block;
  const names = nodes.flatMap((node) => (node.kind === 'directive' ? node.name.value.toLowerCase() : []));
  const facts = {
    generated: items.some(({ kind }) => kind === 'template'),
    isOfRoot: names.some((name) => ROOT_DIRECTIVES.has(name)),
    isOfMain: names.some((name) => MAIN_DIRECTIVES.has(name)),
    top: topOf(nodes),
  };
  factsByBlock.set(block, facts);
  return facts;
};

const ROOT_FILES: ReadonlySet<string> = new Set(['httpd.conf', 'apache2.conf', 'apache.conf']);

/** Lines that only the main file of a configuration has. */
const ROOT_DIRECTIVES: ReadonlySet<string> = new Set(['serverroot', 'pidfile', 'defaultruntimedir']);

/** Lines that a file of a main file's name has if it is one. */
const MAIN_DIRECTIVES: ReadonlySet<string> = new Set(['listen', 'loadmodule', 'include', 'includeoptional']);

const isMain = (facts: readonly BlockFacts[], baseName: string): boolean => {
  const named = ROOT_FILES.has(baseName);
  return facts.some(({ isOfRoot, isOfMain }) => isOfRoot || (named && isOfMain));
};

/**
 * A fragment may be included anywhere. Lines that only the top level takes show that it is included there; without such
 * a line its place stays unknown.
 */
const topPlace = (facts: readonly BlockFacts[], baseName: string): KnownPlace => {
  const has = (place: KnownPlace): boolean => facts.some(({ top }) => top === place);
  if (ROOT_FILES.has(baseName) || has('server config')) return 'server config';
  return has('server or virtual host') ? 'server or virtual host' : 'unknown';
};

/** What the lines of a file tell that stand in no section, or in conditions only. */
const topOf = (nodes: readonly Node[]): KnownPlace => {
  let place: KnownPlace = 'unknown';
  for (const node of nodes) {
    const own = topOfNode(node);
    if (own === 'server config') return own;
    if (own !== 'unknown') place = own;
  }
  return place;
};

const topOfNode = (node: Node): KnownPlace => {
  if (node.kind === 'section') {
    const { name } = node.open;
    if (name.toLowerCase() === 'virtualhost') return 'server config';
    if (isStartupCondition(name)) return topOf(node.children);
    return topOfDirective(findSection(name));
  }
  if (node.kind !== 'directive') return 'unknown';
  const { value } = node.name;
  return ROOT_DIRECTIVES.has(value.toLowerCase())
    ? 'server config'
    : topOfDirective(findDirective(directiveName(value)));
};

const topOfDirective = (directive: Directive | undefined): KnownPlace =>
  directive && directive.places.length > 0 && directive.places.every(isTopPlace)
    ? 'server or virtual host'
    : 'unknown';

const isTopPlace = (place: Place): boolean => place === 'server config' || place === 'virtual host';

/** A directive's name: Apache takes a `>` behind it for a section's and drops it. */
export const directiveName = (word: string): string => (word.endsWith('>') ? word.slice(0, -1) : word);

/** What the catalogue knows of a line's directive or section. */
export const directiveOf = (line: Line): Directive | undefined => {
  if (line.kind === 'directive') return findDirective(directiveName(line.name.value));
  return line.kind === 'open' ? findSection(line.tag.name) : undefined;
};

/** The place of what stands directly in these sections. */
export const placeIn = (top: KnownPlace, sections: readonly SectionNode[]): KnownPlace => {
  for (const section of sections.toReversed()) {
    const effect = sectionEffect(section.open.name);
    if (effect === 'transparent' || effect === 'inherit') continue;
    return effect;
  }
  return top;
};

/** True if a directive may stand at a place, or if nobody can say. */
export const mayStand = (directive: Directive, place: KnownPlace): boolean => {
  switch (place) {
    case 'unknown':
      return true;
    case '.htaccess':
      return directive.htaccess;
    case 'server or virtual host':
      return directive.places.some(isTopPlace);
    default:
      return directive.places.includes(place);
  }
};

/** True if a condition around the line may load or ask for something that the catalogue has never heard of. */
export const isGuarded = (sections: readonly SectionNode[]): boolean =>
  sections.some(({ open }) => {
    const name = open.name.toLowerCase();
    if (name === 'ifdirective' || name === 'ifsection') return true;
    if (name !== 'ifmodule') return findSection(open.name) === undefined;
    const module = open.args[0]?.value ?? '';
    return !module.startsWith('!') && findModule(module) === undefined;
  });

/** True inside `<Macro>`, where words are parts of texts. */
export const isInMacro = (sections: readonly SectionNode[]): boolean =>
  sections.some(({ open: { name } }) => name.length === 'macro'.length && name.toLowerCase() === 'macro');
