import type { Analysis } from '../analysis';
import { folderAbove, inFolder } from './access-files';
import type { AccessPath, ConfigFile, Configuration, Difference } from './configuration';
import type { ConditionRead, Definition, Entry, IncludeRead, MacroRead } from './entries';
import { isSame, type Part } from './part';
import { note, noting, SOURCE } from './reads';

/** What one reading has found, beside its parts. */
export type Reading = Pick<
  Configuration,
  'root' | 'rooted' | 'local' | 'files' | 'definitions' | 'macros' | 'includes' | 'dependencies'
> & { readonly complete: boolean; readonly serverRoot: string };

/** How access files are read. */
interface AccessFileReader {
  analysisOf(path: string): Analysis | undefined;
  read(analysis: Analysis, path: string, isPassedOver?: (entry: Entry) => boolean): readonly Entry[];
  /** Changes when access files can have changed. */
  readonly version: string;
  /** Number of what the server has defined and loaded. */
  readonly state: number;
}

/** A configuration in parts; what lists all of it is made when somebody asks for it. */
export class AssembledConfiguration implements Configuration {
  readonly root: string;
  readonly rooted: boolean;
  readonly local: boolean;
  readonly files: ReadonlyMap<string, ConfigFile>;
  readonly definitions: readonly Definition[];
  readonly macros: readonly MacroRead[];
  readonly includes: readonly IncludeRead[];
  readonly dependencies: ReadonlySet<string>;
  /** The access files that somebody has looked for, those that are not there among them. */
  accessFiles = new Map<string, Analysis | undefined>();
  private accessEntries = new Map<string, readonly Entry[]>();
  /** Those that are there on the way to folders, by what they are called. */
  private accessPaths = new Map<string, Map<string, readonly AccessPath[]>>();
  private readonly lists = new Map<string, readonly Entry[]>();
  private allEntries: readonly Entry[] | undefined;
  private topEntries: readonly Entry[] | undefined;
  private allConditions: readonly ConditionRead[] | undefined;

  /**
   * @param parts in reading order
   * @param series is the same object for all versions of one configuration
   */
  constructor(
    private readonly reading: Reading,
    readonly parts: readonly Part[],
    readonly series: object,
    private readonly access: AccessFileReader,
  ) {
    this.root = reading.root;
    this.rooted = reading.rooted;
    this.local = reading.local;
    this.files = reading.files;
    this.definitions = reading.definitions;
    this.macros = reading.macros;
    this.includes = reading.includes;
    this.dependencies = reading.dependencies;
    let base = 0;
    for (const part of parts) {
      part.base = base;
      base += part.all.length + 1;
    }
  }

  get entries(): readonly Entry[] {
    note(SOURCE.everything);
    this.topEntries ??= this.parts.flatMap(({ top }) => top);
    return this.topEntries;
  }

  get all(): readonly Entry[] {
    note(SOURCE.everything);
    this.allEntries ??= this.parts.flatMap((part) => part.all);
    return this.allEntries;
  }

  get conditions(): readonly ConditionRead[] {
    note(SOURCE.conditions);
    this.allConditions ??= this.parts.flatMap(({ conditions }) => conditions);
    return this.allConditions;
  }

  get complete(): boolean {
    note(SOURCE.complete);
    return this.reading.complete;
  }

  get serverRoot(): string {
    note(SOURCE.serverRoot);
    return this.reading.serverRoot;
  }

  accessFile(path: string, isPassedOver?: (entry: Entry) => boolean): readonly Entry[] | undefined {
    note(SOURCE.accessFile(path));
    const analysis = this.accessAnalysis(path);
    const known = isPassedOver ? undefined : this.accessEntries.get(path);
    if (!analysis || known) return known;
    // What is looked at for this is no matter of who asks.
    const { result: entries } = noting(() => this.access.read(analysis, path, isPassedOver), path);
    if (!isPassedOver) this.accessEntries.set(path, entries);
    return entries;
  }

  accessPathsTo(folder: string, names: readonly string[]): readonly AccessPath[] {
    note(SOURCE.accessPathsTo(folder));
    const key = names.join(' ');
    const known = this.accessPaths.get(key) ?? new Map<string, readonly AccessPath[]>();
    this.accessPaths.set(key, known);
    return this.findAccessPaths(folder, names, known);
  }

  /** @param known by folder */
  private findAccessPaths(
    folder: string,
    names: readonly string[],
    known: Map<string, readonly AccessPath[]>,
  ): readonly AccessPath[] {
    const before = known.get(folder);
    if (before) return before;
    const parent = folderAbove(folder);
    const above = parent === undefined ? NO_PATHS : this.findAccessPaths(parent, names, known);
    const path = names.map((name) => inFolder(folder, name)).find((each) => this.accessAnalysis(each));
    const found = path === undefined ? above : [...above, { folder, path }];
    known.set(folder, found);
    return found;
  }

  private accessAnalysis(path: string): Analysis | undefined {
    if (!this.accessFiles.has(path)) this.accessFiles.set(path, this.access.analysisOf(path));
    return this.accessFiles.get(path);
  }

  withKey(key: string): readonly Entry[] {
    note(SOURCE.entries(key));
    return this.peek(key);
  }

  peek(key: string): readonly Entry[] {
    const known = this.lists.get(key);
    if (known) return known;
    const found = this.parts.flatMap(({ byKey }) => byKey.get(key) ?? NONE);
    this.lists.set(key, found);
    return found;
  }

  /** Compares with the version before, and takes over the lists that are the same. */
  differenceFrom(before: Configuration): Difference {
    if (!(before instanceof AssembledConfiguration))
      throw new TypeError('Only versions of one configuration can be compared.');
    const { added, removed, inOrder } = compareParts(before.parts, this.parts);
    const sources: string[] = [SOURCE.files];
    const keys = new Set([...added, ...removed].flatMap(({ byKey }) => [...byKey.keys()]));
    for (const [key, list] of before.lists)
      if ((!inOrder || keys.has(key)) && !isSame(list, this.peek(key))) sources.push(SOURCE.entries(key));
      else this.lists.set(key, list);
    if (keys.size > 0 || !inOrder) sources.push(SOURCE.everything);
    if (before.allConditions) {
      if (isSame(before.allConditions, this.conditions)) this.allConditions = before.allConditions;
      else sources.push(SOURCE.conditions);
    }
    if (before.reading.complete !== this.reading.complete) sources.push(SOURCE.complete);
    if (before.reading.serverRoot !== this.reading.serverRoot) sources.push(SOURCE.serverRoot);
    sources.push(...this.changedAccessFiles(before));
    if (!haveSameLines(before.files, this.files)) sources.push(SOURCE.lines);
    return inOrder ? { added, removed, sources } : { added: this.parts, removed: before.parts, sources };
  }

  private changedAccessFiles(before: AssembledConfiguration): readonly string[] {
    const { version, state } = this.access;
    if (version === before.access.version && state === before.access.state) {
      this.accessFiles = before.accessFiles;
      this.accessEntries = before.accessEntries;
      this.accessPaths = before.accessPaths;
      return [];
    }
    const changed: string[] = [];
    for (const [path, analysis] of before.accessFiles) {
      const now = version === before.access.version ? analysis : this.access.analysisOf(path);
      this.accessFiles.set(path, now);
      if (now !== analysis || (now && state !== before.access.state)) {
        changed.push(SOURCE.accessFile(path));
        for (const folder of before.foldersBelow(path)) changed.push(SOURCE.accessPathsTo(folder));
      } else if (before.accessEntries.has(path))
        this.accessEntries.set(path, before.accessEntries.get(path) ?? NONE);
    }
    return changed;
  }

  /** The folders to which an access file would be on the way. */
  private foldersBelow(path: string): readonly string[] {
    const above = path.slice(0, path.lastIndexOf('/') + 1);
    return [...this.accessPaths.values()]
      .flatMap((known) => [...known.keys()])
      .filter((folder) => `${folder}/`.startsWith(above));
  }
}

const NONE: readonly Entry[] = [];

const NO_PATHS: readonly AccessPath[] = [];

/** Which parts are new and which are gone; `inOrder`: those that stayed come in the order in which they came before. */
const compareParts = (
  before: readonly Part[],
  after: readonly Part[],
): { readonly added: readonly Part[]; readonly removed: readonly Part[]; readonly inOrder: boolean } => {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const old = before.slice(head, before.length - tail);
  const fresh = after.slice(head, after.length - tail);
  const positions = new Map(old.map((part, index) => [part, index]));
  const stayed = fresh.flatMap((part) => positions.get(part) ?? []);
  const kept = new Set(fresh);
  return {
    added: fresh.filter((part) => !positions.has(part)),
    removed: old.filter((part) => !kept.has(part)),
    inOrder: stayed.every((position, index) => index === 0 || position > (stayed[index - 1] ?? -1)),
  };
};

/** Whether every line has the number it had. */
const haveSameLines = (
  before: ReadonlyMap<string, ConfigFile>,
  after: ReadonlyMap<string, ConfigFile>,
): boolean => {
  if (before.size !== after.size) return false;
  for (const [path, { lines }] of after) if (before.get(path)?.lines !== lines) return false;
  return true;
};
