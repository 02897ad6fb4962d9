import type { ConfigWord, Entry } from '../configuration/entries';
import { type Host, hostAround, nameOf } from './hosts';

/** A daemon process group. */
export interface DaemonGroup {
  readonly name: string;
  readonly nameWord: ConfigWord;
  readonly entry: Entry;
  readonly host: Host;
}

/** The daemon group that an entry declares; undefined if its name is not known. */
export const daemonGroupOf = (entry: Entry, server: Host): DaemonGroup | undefined => {
  const nameWord = entry.words[0];
  return nameWord?.known
    ? { name: nameWord.value, nameWord, entry, host: hostAround({ server }, entry) }
    : undefined;
};

/** The group of a name that a host may use. */
export const findGroup = (groups: GroupIndex, name: string, host: Host): DaemonGroup | undefined =>
  groups.get(name)?.find((group) => isVisible(group, host));

/** Groups by name; two of one name are a mistake, but one that has to be talked about. */
export interface GroupIndex {
  get(name: string): readonly DaemonGroup[] | undefined;
  has(name: string): boolean;
  keys(): Iterable<string>;
}

/** A numeric option of a group; undefined if it is not given or not a number. */
export const numberOption = ({ entry }: DaemonGroup, name: string): number | undefined => {
  const text = entry.options.get(name)?.value.value;
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
};

/** What mod_wsgi uses where the option is absent. */
const DEFAULT_THREADS = 15;

/** `2×15 threads` of a group: processes and threads as they will be. */
export const sizeOf = (group: DaemonGroup): { readonly processes: number; readonly threads: number } => ({
  processes: numberOption(group, 'processes') ?? 1,
  threads: numberOption(group, 'threads') ?? DEFAULT_THREADS,
});

/** Whether a host may use a group: declared at server level, or in a host of the same name. */
export const isVisible = (group: DaemonGroup, host: Host): boolean =>
  group.host.entry === undefined ||
  group.host === host ||
  (nameOf(group.host) !== undefined && nameOf(group.host) === nameOf(host));
