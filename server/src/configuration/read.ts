import { type Analysis, directiveName } from '../analysis';
import { findDirective, findSection } from '../catalogue/directives';
import { findModule } from '../catalogue/modules';
import { isStartupCondition } from '../catalogue/places';
import { resolveInclude } from '../model/include';
import type { FileSystem } from '../model/machine';
import type { Block } from '../syntax/blocks';
import type { DirectiveNode, Node, OpenTag, SectionNode } from '../syntax/nodes';
import { parse } from '../syntax/parse';
import { expandVariables } from '../syntax/variables';
import { AssembledConfiguration } from './assembled';
import { ACTING, roleOf } from './block-role';
import { judgeCondition } from './conditions';
import type { ConfigFile } from './configuration';
import type { ConfigWord, Definition, Entry, IncludeRead, MacroRead, SourceRange, Verdict } from './entries';
import { LineEntry } from './line-entry';
import { type FileMemory, holdsTheSame, Part, ReaderMemory } from './part';

/** httpd follows Includes this deep, and then refuses them. */
const MAX_DEPTH = 128;

/** More files than this are no configuration; the editor must not wait for them. */
const MAX_FILES = 5000;

/** Longer configurations are not read to their end, in characters. */
const MAX_LENGTH = 64 * 1024 * 1024;

/** What a configuration is read from. */
export interface Sources {
  readonly files: FileSystem;
  /** The parsed text of a file, or undefined if it cannot be read. */
  analysisOf(path: string): Analysis | undefined;
  /** Changes when the files can have changed; where it is missing, access files never change. */
  version?(): string;
}

/** What to read. */
export interface Task {
  readonly root: string;
  readonly rooted: boolean;
  readonly local: boolean;
  /** Used until `ServerRoot` says otherwise. */
  readonly serverRoot: string;
  /** Variables of the server's environment. */
  readonly environment: ReadonlyMap<string, string>;
  /** All modules of the server, where it has read its configuration before: an access file is read with each request. */
  readonly modules?: ReadonlySet<string>;
  /** Directives and sections that are left out. */
  readonly isPassedOver?: (entry: Entry) => boolean;
}

/**
 * Reads a configuration through its Includes. Total: what Apache would stop at is left out, and the rest is read, so that
 * a file being edited keeps its meaning. Conditions that nobody can decide keep all their branches.
 *
 * @param memory of earlier readings of the same task: what did not change since is taken over from there
 */
export const readConfiguration = (
  sources: Sources,
  task: Task,
  memory = new ReaderMemory(),
): AssembledConfiguration => new Reader(sources, task, memory).read();

/** Where lines are read: the file, the sections around them, and whether they are read at all. */
interface Context {
  readonly file: string;
  readonly parent: LineEntry | undefined;
  readonly certain: boolean;
  readonly depth: number;
  /** The place of the `Use` whose text is read. */
  readonly use: SourceRange | undefined;
  /** The entries of lines that are read anew although they may be the same. */
  readonly known: WeakMap<object, Entry> | undefined;
}

interface Macro {
  readonly parameters: readonly string[];
  readonly body: string;
  readonly name: string;
}

class Reader {
  private readonly files = new Map<string, ConfigFile>();
  private readonly parts: Part[] = [];
  private readonly readings = new Map<string, number>();
  private readonly values = new Map<string, Definition>();
  private readonly defined = new Set<string>();
  private readonly definitions: Definition[] = [];
  private readonly modules = new Set<string>(['core']);
  private readonly macros = new Map<string, Macro>();
  private readonly macroReads: MacroRead[] = [];
  private readonly includes: IncludeRead[] = [];
  private readonly dependencies = new Set<string>();
  private readonly reading: string[] = [];
  private serverRoot: string;
  private complete = true;
  private length = 0;
  private modulesLoaded = 0;
  private part: Part | undefined;
  /** Where the parts of the block that is read stand among all. */
  private segments: number[] = [];
  /** Number of what was defined and loaded so far. */
  private state: number;

  constructor(
    private readonly sources: Sources,
    private readonly task: Task,
    private readonly memory: ReaderMemory,
  ) {
    const { rooted, local, environment } = task;
    this.state = memory.stateAfter(0, JSON.stringify([rooted, local, task.serverRoot, [...environment]]));
    this.serverRoot = task.serverRoot;
    for (const module of task.modules ?? []) this.modules.add(module);
    for (const [name, value] of task.environment) {
      const definition = { name, value, at: undefined };
      this.values.set(name.toLowerCase(), definition);
      this.definitions.push(definition);
    }
  }

  read(): AssembledConfiguration {
    const { root, rooted, local } = this.task;
    const context = { parent: undefined, certain: true, depth: 0, use: undefined, known: undefined };
    this.readFile(root, { file: root, ...context });
    const { complete, files, definitions, macroReads: macros, includes, serverRoot, dependencies } = this;
    return new AssembledConfiguration(
      { root, rooted, local, complete, files, definitions, macros, includes, serverRoot, dependencies },
      this.parts,
      this.memory,
      {
        analysisOf: (path) => this.sources.analysisOf(path),
        read: (analysis, path, isPassedOver) => this.accessFile(analysis, path, isPassedOver),
        version: `${this.state} ${this.sources.version?.() ?? ''}`,
        state: this.state,
      },
    );
  }

  /** Reads an access file as this server does with each request, after it has read its configuration. */
  private accessFile(analysis: Analysis, path: string, isPassedOver: Task['isPassedOver']): readonly Entry[] {
    const sources = { files: this.sources.files, analysisOf: () => analysis };
    return readConfiguration(sources, {
      ...this.task,
      root: path,
      rooted: false,
      serverRoot: this.serverRoot,
      environment: new Map([...this.values.values()].map(({ name, value }) => [name, value ?? ''])),
      ...(this.knowsModules && { modules: this.modules }),
      ...(isPassedOver && { isPassedOver }),
    }).entries;
  }

  /** True if what is not loaded so far is not there. */
  private get knowsModules(): boolean {
    return this.task.modules !== undefined || (this.task.rooted && this.modulesLoaded > 0);
  }

  private readFile(path: string, context: Context): void {
    this.dependencies.add(path);
    const analysis = this.sources.analysisOf(path);
    if (!analysis) {
      this.complete = false;
      return;
    }
    this.files.set(path, { path, analysis, lines: analysis.tree.lines });
    this.length += analysis.tree.text.length;
    this.reading.push(path);
    if (context.parent || context.use)
      this.readNodes(analysis.tree.children, { ...context, file: path, known: undefined });
    else this.readTop(analysis, path, context);
    this.reading.pop();
  }

  /** Reads a file that stands in no section. */
  private readTop(analysis: Analysis, file: string, context: Context): void {
    const { certain } = context;
    const reading = this.readings.get(file) ?? 0;
    this.readings.set(file, reading + 1);
    const remembered = this.memory.of(file, reading);
    const { whole } = remembered;
    if (whole?.analysis === analysis && whole.certain === certain) {
      for (const part of whole.parts) this.parts.push(part);
      return;
    }
    const { blocks } = analysis.tree;
    const from = this.parts.length;
    this.readBlocks(blocks, { ...context, file }, remembered);
    const isWhole = blocks.every((block) => roleOf(block) === 'plain');
    remembered.whole = isWhole ? { analysis, certain, parts: this.parts.slice(from) } : undefined;
  }

  private readBlocks(blocks: readonly Block[], context: Context, remembered: FileMemory): void {
    const { certain } = context;
    const { parts, entries: known } = remembered;
    const outer = this.segments;
    this.segments = [];
    for (const block of blocks) {
      const old = parts.get(block);
      if (old?.certain === certain && (old.state === undefined || old.state === this.state)) {
        this.parts.push(old.part);
        continue;
      }
      const role = roleOf(block);
      this.part = undefined;
      if (role === 'acting') {
        this.readActing(block, { ...context, known }, remembered.acting);
        continue;
      }
      this.readNodes(block.nodes, { ...context, known });
      const part: Part | undefined = this.part;
      if (part) parts.set(block, { part, certain, state: role === 'plain' ? undefined : this.state });
      this.part = undefined;
    }
    this.segments = outer;
  }

  /** Reads a block that acts. What becomes of it often is what it was the last time. */
  private readActing(block: Block, context: Context, remembered: WeakMap<Block, readonly Part[]>): void {
    const outer = this.segments;
    this.segments = [];
    this.readNodes(block.nodes, context);
    this.part = undefined;
    const old = remembered.get(block) ?? [];
    const made = this.segments.map((position, index) => {
      const part = this.parts[position] as Part;
      const before = old[index];
      if (!before || !holdsTheSame(before, part)) return part;
      for (const [at, entry] of part.all.entries()) if (entry instanceof LineEntry) entry.moveTo(before, at);
      this.parts[position] = before;
      return before;
    });
    remembered.set(block, made);
    this.segments = outer;
  }

  /** The part that is read. */
  private partIn({ file }: Context): Part {
    if (!this.part) {
      this.part = new Part(file);
      this.segments.push(this.parts.length);
      this.parts.push(this.part);
    }
    return this.part;
  }

  /** Something was defined or loaded. */
  private step(entry: Entry): void {
    const values = entry.words.map(({ value }) => value);
    this.state = this.memory.stateAfter(this.state, JSON.stringify([entry.key, values]));
  }

  private readNodes(nodes: readonly Node[], context: Context): void {
    for (const node of nodes) {
      if (node.kind === 'directive') this.readDirective(node, context);
      else if (node.kind === 'section') this.readSection(node, context);
    }
  }

  private readDirective(node: DirectiveNode, context: Context): void {
    const entry = this.directiveEntry(node, context);
    if (this.task.isPassedOver?.(entry)) return;
    this.add(entry, context);
    this.act(entry, context);
  }

  /** A line in no section is the same entry in the next reading, if it says the same. */
  private directiveEntry(node: DirectiveNode, context: Context): LineEntry {
    const { known, parent, certain } = context;
    const old = parent ? undefined : known?.get(node);
    if (old instanceof LineEntry && old.certain === certain) {
      old.moveTo(this.partIn(context));
      return old;
    }
    const entry = this.makeEntry(directiveName(this.expand(node.name.value)), node, context);
    if (!parent && !node.name.opaque && !node.args.some(({ opaque }) => opaque)) known?.set(node, entry);
    return entry;
  }

  private readSection(node: SectionNode, context: Context): void {
    const { open } = node;
    const name = this.expand(open.name);
    const entry = this.makeEntry(`<${name}`, open, context);
    const key = name.toLowerCase();
    if (key === 'macro') {
      this.defineMacro(entry, node, context);
      return;
    }
    if (!isStartupCondition(key)) {
      if (this.task.isPassedOver?.(entry)) return;
      this.add(entry, context);
      this.readNodes(node.children, { ...context, parent: entry });
      return;
    }
    const verdict: Verdict = judgeCondition(key, entry.words, {
      modules: this.modules,
      defined: this.defined,
      modulesComplete: this.knowsModules,
      files: this.task.local ? this.sources.files : undefined,
    });
    this.partIn(context).conditions.push({ entry, verdict });
    if (verdict === 'fails') return;
    this.readNodes(node.children, { ...context, certain: context.certain && verdict === 'holds' });
  }

  private add(entry: LineEntry, context: Context): void {
    context.parent?.hold(entry);
    this.partIn(context).add(entry);
  }

  private makeEntry(name: string, line: DirectiveNode | OpenTag, context: Context): LineEntry {
    const { file, parent, certain, use } = context;
    const directive = name.startsWith('<') ? findSection(name.slice(1)) : findDirective(name);
    const source = { file, line, use };
    return new LineEntry(
      name,
      directive,
      source,
      { parent, part: this.partIn(context), certain },
      this.expand,
    );
  }

  private readonly expand = (text: string): string =>
    text.includes('${') ? expandVariables(text, (name) => this.values.get(name.toLowerCase())?.value) : text;

  /** What acts while the file is read. */
  private act(entry: Entry, context: Context): void {
    if (!ACTING.has(entry.key)) return;
    const [first, second] = entry.words;
    if (entry.key !== 'include' && entry.key !== 'includeoptional') this.step(entry);
    switch (entry.key) {
      case 'define':
        if (first) this.define(first, second);
        break;
      case 'undefine':
        if (first) {
          this.defined.delete(first.value);
          this.values.delete(first.value.toLowerCase());
        }
        break;
      case 'serverroot':
        if (first?.known) this.serverRoot = first.value.replace(/(.)\/+$/, '$1');
        break;
      case 'loadmodule':
        if (first?.known) {
          this.modules.add(findModule(first.value)?.name ?? first.value);
          this.modulesLoaded++;
        }
        break;
      case 'include':
      case 'includeoptional':
        this.include(entry, context);
        break;
      case 'use':
        this.use(entry, context);
        break;
      default:
    }
  }

  private define(name: ConfigWord, value: ConfigWord | undefined): void {
    const definition = { name: name.value, value: value?.value, at: name };
    this.defined.add(name.value);
    if (value) this.values.set(name.value.toLowerCase(), definition);
    this.definitions.push(definition);
  }

  private include(entry: Entry, context: Context): void {
    const [path] = entry.words;
    const optional = entry.key === 'includeoptional';
    if (!path?.known || context.depth >= MAX_DEPTH || !this.mayFollow(path.value)) {
      this.complete = false;
      return;
    }
    const absolute = path.value.startsWith('/') ? path.value : `${this.serverRoot}/${path.value}`;
    const target = this.memory.includeTarget(`${entry.key} ${absolute}`, this.sources.version?.(), () =>
      resolveInclude(this.sources.files, absolute, optional),
    );
    this.dependencies.add(folderOfPattern(absolute));
    const files = target.problem === undefined ? target.files : [];
    this.includes.push({ entry, files, problem: target.problem });
    if (target.problem !== undefined || target.unread) this.complete = false;
    const inner = { ...context, depth: context.depth + 1 };
    for (const file of files) {
      if (this.reading.includes(file) || this.files.size >= MAX_FILES || this.length > MAX_LENGTH) {
        this.complete = false;
        continue;
      }
      // What follows the files at the top level is a part of its own.
      if (!context.parent) this.part = undefined;
      this.readFile(file, inner);
      if (!context.parent) this.part = undefined;
    }
  }

  /** A fragment whose ServerRoot nobody knows cannot follow relative paths. */
  private mayFollow(path: string): boolean {
    return path.startsWith('/') || this.serverRoot !== '';
  }

  private defineMacro(entry: Entry, node: SectionNode, context: Context): void {
    const [name, ...parameters] = entry.words;
    if (!name) return;
    const analysis = this.files.get(context.file)?.analysis;
    const end = node.close?.start ?? node.end;
    this.macros.set(name.value.toLowerCase(), {
      name: name.value,
      parameters: parameters.map(({ value }) => value),
      body: context.use ? '' : (analysis?.tree.text.slice(node.open.end, end) ?? ''),
    });
    this.macroReads.push({ name: name.value, at: name });
  }

  private use(entry: Entry, context: Context): void {
    const [name, ...values] = entry.words;
    const macro = name && this.macros.get(name.value.toLowerCase());
    if (!macro || context.depth >= MAX_DEPTH || values.length !== macro.parameters.length) return;
    const text = substitute(
      macro,
      values.map(({ value }) => value),
    );
    // A macro that uses itself is refused by Apache; here it finds no macro of its name while it is read.
    const key = macro.name.toLowerCase();
    this.macros.delete(key);
    const use = context.use ?? entry.range;
    this.readNodes(parse(text).children, { ...context, depth: context.depth + 1, use, known: undefined });
    this.macros.set(key, macro);
  }
}

/** Puts values in place of parameters: the longest first, so that no parameter is taken for the start of another. */
const substitute = ({ parameters, body }: Macro, values: readonly string[]): string => {
  const pairs = parameters
    .map((parameter, index) => ({ parameter, value: values[index] ?? '' }))
    .filter(({ parameter }) => parameter !== '')
    .sort((a, b) => b.parameter.length - a.parameter.length);
  if (pairs.length === 0) return body;
  const pattern = pairs.map(({ parameter }) => parameter.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  return body.replace(new RegExp(pattern, 'g'), (found) => {
    const value = pairs.find(({ parameter }) => parameter === found)?.value ?? '';
    return found.startsWith('@') ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
  });
};

/** The folder in which the first wildcard of a path is looked for. */
const folderOfPattern = (path: string): string => {
  const parts = path.split('/');
  const wild = parts.findIndex((part) => /[*?[]/.test(part));
  return wild < 0 ? path : parts.slice(0, wild).join('/') || '/';
};
