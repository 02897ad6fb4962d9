import type { Analysis } from '../analysis';
import type { ConditionRead, Definition, Entry, IncludeRead, MacroRead } from './entries';
import type { Part } from './part';

/** A file that was read, parsed. */
export interface ConfigFile {
  /** As the Include names it. */
  readonly path: string;
  readonly analysis: Analysis;
  /** Stays the same as long as no line of the file gets another number. */
  readonly lines: object;
}

/** How a configuration differs from the version before. */
export interface Difference {
  readonly added: readonly Part[];
  readonly removed: readonly Part[];
  /** The names of what has changed, see `SOURCE`; of entries only those that somebody has looked at. */
  readonly sources: readonly string[];
}

/** The configuration as Apache puts it together, as far as its files tell. */
export interface Configuration {
  readonly root: string;
  /** False if the root is a file that another one may include: then nothing is known of what stands around it. */
  readonly rooted: boolean;
  /** True if the configuration is for the machine at hand, so that its paths can be looked at. */
  readonly local: boolean;
  /** True if every Include could be followed. */
  readonly complete: boolean;
  readonly files: ReadonlyMap<string, ConfigFile>;
  readonly entries: readonly Entry[];
  /** All entries in reading order, sections before what they hold. */
  readonly all: readonly Entry[];
  /** In reading order. */
  readonly parts: readonly Part[];
  /** The same object for all versions of one configuration. */
  readonly series: object;
  readonly definitions: readonly Definition[];
  readonly macros: readonly MacroRead[];
  readonly conditions: readonly ConditionRead[];
  readonly includes: readonly IncludeRead[];
  readonly serverRoot: string;
  /** Files and folders whose change can change the configuration. */
  readonly dependencies: ReadonlySet<string>;
  /**
   * What stands in a folder's access file, read as this server reads it; undefined if there is no such file.
   *
   * @param isPassedOver what the server leaves out as if it were not there
   */
  accessFile(path: string, isPassedOver?: (entry: Entry) => boolean): readonly Entry[] | undefined;
  /**
   * The access files that are there on the way to a folder, the shortest path first; of one folder the first of the names.
   *
   * @param names what access files are called
   */
  accessPathsTo(folder: string, names: readonly string[]): readonly AccessPath[];
  /** The paths of access files that somebody has asked for. */
  readonly accessFiles: { has(path: string): boolean };
  /** The entries of a key, in reading order. */
  withKey(key: string): readonly Entry[];
  /** The same for who notes by himself what he has looked at. */
  peek(key: string): readonly Entry[];
  /** How this version differs from an earlier one. */
  differenceFrom(before: Configuration): Difference;
}

/** An access file and the folder that it is about. */
export interface AccessPath {
  readonly folder: string;
  readonly path: string;
}

/** The entries of a name, letter case ignored, `<` in front of a section; in reading order. */
export const entriesOf = (configuration: Configuration, name: string): readonly Entry[] =>
  configuration.withKey(name.toLowerCase());
