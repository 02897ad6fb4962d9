/** The names of the things of a configuration that a piece of work has looked at, beyond what it was given. */
export type Reads = Set<string>;

let active: Reads | undefined;

/** Does a piece of work, and notes what it looks at, so that it is done again when that has changed. */
export const noting = <Result>(reads: Reads, work: () => Result): Result => {
  const outer = active;
  active = reads;
  try {
    return work();
  } finally {
    active = outer;
  }
};

/** Says that a thing is looked at: {@link SOURCE} has their names. */
export const note = (source: string): void => {
  active?.add(source);
};

/** The things that can be looked at. */
export const SOURCE = {
  /** The entries of a name. */
  entries: (key: string): string => `entries ${key}`,
  /** The entries of a name in no section. */
  serverEntries: (key: string): string => `server ${key}`,
  /** The last of these. */
  lastEntry: (key: string): string => `last ${key}`,
  /** The per-directory sections in no section. */
  serverSections: 'server sections',
  /** All entries, or all in no section. */
  everything: 'everything',
  /** The texts of the files. */
  files: 'files',
  serverRoot: 'ServerRoot',
  complete: 'complete',
  conditions: 'conditions',
  accessFile: (path: string): string => `access ${path}`,
  /** The numbers of lines. */
  lines: 'lines',
  hosts: 'hosts',
  groups: 'groups',
  groupNames: 'group names',
  mounts: 'mounts',
  /** Those of the main server. */
  serverMounts: 'server mounts',
  /** The daemon groups of a name. */
  group: (name: string): string => `group ${name}`,
  /** The mounts that run in a daemon group, or in none. */
  users: (name: string | undefined): string => (name === undefined ? 'embedded' : `users ${name}`),
  /** What stands at a path of the machine. */
  disk: (path: string): string => `disk ${path}`,
} as const;
