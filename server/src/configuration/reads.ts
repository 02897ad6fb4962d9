import { detached } from '../syntax/detached';

/** The names of the things of a configuration that a piece of work has looked at, beyond what it was given. */
export type Reads = ReadonlySet<string>;

/** What a piece of work has made, and what it has looked at. */
export interface Noted<Result> {
  readonly result: Result;
  readonly reads: Reads;
}

const NOTHING: Reads = new Set();

let isNoting = false;

/** Most pieces of work look at nothing else: the set is made with the first thing. */
let active: Set<string> | undefined;

/** Does a piece of work on a subject, and notes what it looks at, so that it is done again when that has changed. */
export const noting = <Subject, Result>(
  work: (subject: Subject) => Result,
  subject: Subject,
): Noted<Result> => {
  const outer = active;
  const wasNoting = isNoting;
  active = undefined;
  isNoting = true;
  try {
    const result = work(subject);
    return { result, reads: active ?? NOTHING };
  } finally {
    active = outer;
    isNoting = wasNoting;
  }
};

/** Says that a thing is looked at: {@link SOURCE} has their names. */
export const note = (source: string): void => {
  if (!isNoting) return;
  active ??= new Set();
  active.add(source);
};

/** More names than these are not kept. */
const MOST_NAMES = 20_000;

/** Names of one kind: the same string each time, since every part of a configuration notes much the same things. */
const named = (kind: string): ((name: string) => string) => {
  const made = new Map<string, string>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const source = detached(`${kind} ${name}`);
    if (made.size >= MOST_NAMES) made.clear();
    made.set(detached(name), source);
    return source;
  };
};

const usersOf = named('users');

/** The things that can be looked at. */
export const SOURCE = {
  /** The entries of a name. */
  entries: named('entries'),
  /** The entries of a name in no section. */
  serverEntries: named('server'),
  /** The last of these. */
  lastEntry: named('last'),
  /** The per-directory sections in no section. */
  serverSections: 'server sections',
  /** All entries, or all in no section. */
  everything: 'everything',
  /** The texts of the files. */
  files: 'files',
  serverRoot: 'ServerRoot',
  complete: 'complete',
  conditions: 'conditions',
  accessFile: named('access'),
  /** Which access files are there on the way to a folder. */
  accessPathsTo: named('access to'),
  /** The numbers of lines. */
  lines: 'lines',
  hosts: 'hosts',
  groups: 'groups',
  groupNames: 'group names',
  mounts: 'mounts',
  /** Those of the main server. */
  serverMounts: 'server mounts',
  /** The daemon groups of a name. */
  group: named('group'),
  /** The mounts that run in a daemon group, or in none. */
  users: (name: string | undefined): string => (name === undefined ? 'embedded' : usersOf(name)),
  /** What stands at a path of the machine. */
  disk: named('disk'),
} as const;
