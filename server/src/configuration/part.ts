import type { Analysis } from '../analysis';
import type { IncludeTarget } from '../model/include';
import type { Block } from '../syntax/blocks';
import type { ConditionRead, Entry } from './entries';

/**
 * A piece of a configuration: what a block of a file becomes when it is read. A part whose block did not change, and nothing that it
 * depends on, stays the same object from one version of the configuration to the next; so what was found out about it stays true.
 */
export class Part {
  /** Number of the first entry in reading order: changes with what stands before. */
  base = 0;
  /** All entries in reading order. */
  readonly all: Entry[] = [];
  /** Those in no section. */
  readonly top: Entry[] = [];
  readonly byKey = new Map<string, Entry[]>();
  readonly conditions: ConditionRead[] = [];

  constructor(readonly file: string) {}

  add(entry: Entry): void {
    if (!entry.parent) this.top.push(entry);
    this.all.push(entry);
    const same = this.byKey.get(entry.key);
    if (same) same.push(entry);
    else this.byKey.set(entry.key, [entry]);
  }
}

/** Whether two parts hold the same. */
export const holdsTheSame = (a: Part, b: Part): boolean =>
  a.conditions.length + b.conditions.length === 0 && isSame(a.all, b.all);

/** What a part was read from, and under which circumstances. */
interface RememberedPart {
  readonly part: Part;
  readonly certain: boolean;
  /** The state of the reader it depends on; undefined if it depends on none. */
  readonly state: number | undefined;
}

/** Whether two lists hold the same objects. */
export const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index]);

/** What is kept of one reading of a file: a file can be read several times. */
export class FileMemory {
  readonly parts = new WeakMap<Block, RememberedPart>();
  /** What became of blocks that are read anew: several parts, if files are included between them. */
  readonly acting = new WeakMap<Block, readonly Part[]>();
  /** The entries of single lines in parts that are read anew. */
  readonly entries = new WeakMap<object, Entry>();
  /** All of the file, where none of its blocks asked for what was read before it or changed what is read behind it. */
  whole: WholeFile | undefined;
}

interface WholeFile {
  readonly analysis: Analysis;
  readonly certain: boolean;
  readonly parts: readonly Part[];
}

/** What an Include reads, as long as the files are those of a version. */
interface RememberedTarget {
  readonly version: string;
  readonly target: IncludeTarget;
}

/** What is kept from one reading of a configuration to the next. */
export class ReaderMemory {
  private readonly files = new Map<string, FileMemory[]>();
  private readonly targets = new Map<string, RememberedTarget>();
  private states = new Map<string, number>();
  private nextState = 0;

  /** @param reading how often the file was read before */
  of(file: string, reading: number): FileMemory {
    const known = this.files.get(file) ?? [];
    this.files.set(file, known);
    known[reading] ??= new FileMemory();
    return known[reading];
  }

  /** @param version of the files; undefined if nobody knows whether they change */
  includeTarget(path: string, version: string | undefined, resolve: () => IncludeTarget): IncludeTarget {
    const known = this.targets.get(path);
    if (known && known.version === version) return known.target;
    const target = resolve();
    if (version !== undefined) this.targets.set(path, { version, target });
    return target;
  }

  /** The number of a state: the same after the same steps. */
  stateAfter(state: number, step: string): number {
    const key = `${state} ${step}`;
    const known = this.states.get(key);
    if (known !== undefined) return known;
    if (this.states.size > MOST_STATES) this.states = new Map();
    this.states.set(key, ++this.nextState);
    return this.nextState;
  }
}

const MOST_STATES = 1000;
