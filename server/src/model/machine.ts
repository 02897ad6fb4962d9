/** The files a configuration can name. Paths are the server's, joined with `/`. */
export interface FileSystem {
  /** The text of a file, or undefined if there is none or it cannot be read. */
  read(path: string): string | undefined;
  /** What stands at a path, links followed; undefined if there is nothing. */
  kind(path: string): 'file' | 'folder' | undefined;
  /** The names in a folder in any order, or undefined if it cannot be read. */
  list(path: string): readonly string[] | undefined;
}

/** The owner and the permissions of a file, where they are known. */
export interface PathPermissions {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The machine that a configuration is for, where it is the one at hand. */
export interface TargetMachine extends FileSystem {
  status(path: string): PathPermissions | undefined;
}

/** The disk that requests are answered from, as far as rewrite rules ask about it. */
export interface RequestedFiles extends Pick<FileSystem, 'kind' | 'read'> {
  /** In bytes; undefined if there is nothing. */
  size(path: string): number | undefined;
  isLink(path: string): boolean;
}

/** What of the machine a configuration is read on can change its meaning. */
export interface Machine {
  readonly files: FileSystem;
  readonly environment: Readonly<Record<string, string | undefined>>;
  hasUser(name: string): boolean;
  hasGroup(name: string): boolean;
  /** Whether a host name has an address. */
  resolves(host: string): boolean;
  /** The module structures a shared object exports, or undefined if nobody looked inside. */
  modulesIn(library: string): readonly string[] | undefined;
}

/** The server that reads the configuration: what was decided when it was built and started. */
export interface Server {
  /** Name of the program as it appears in its messages. */
  readonly program: string;
  readonly version: string;
  readonly serverRoot: string;
  /** Names of the modules that need no LoadModule: those compiled in, and what is known to be loaded before. */
  readonly modules: readonly string[];
  /** Names given with -D. */
  readonly defines: readonly string[];
}

/** A machine of which nothing is known: no files, no environment, every account and host exists. */
export const unknownMachine: Machine = {
  files: { read: () => undefined, kind: () => undefined, list: () => undefined },
  environment: {},
  hasUser: () => true,
  hasGroup: () => true,
  resolves: () => true,
  modulesIn: () => undefined,
};
