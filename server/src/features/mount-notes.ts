import type { ConfigWord, Entry } from '../configuration/entries';
import { sizeOf } from '../mounts/groups';
import { describeHost } from '../mounts/hosts';
import type { Mount, Setting } from '../mounts/mounts';
import type { Site } from '../mounts/site';
import type { Range } from '../syntax/nodes';
import { baseName, code, type PlaceText, placeOf, plainPlace, table } from './explain/places';

/** What runs at a mount, in one line: ``daemon `shop` · 2×15 threads · %{GLOBAL} · /venv/shop``. */
export const noteOf = (mount: Mount): string =>
  [whereOf(mount), sizeNote(mount), mount.applicationGroup.value || '%{GLOBAL}', mount.pythonHome?.value]
    .filter(Boolean)
    .join(' · ');

const whereOf = ({ daemon, processGroup }: Mount): string => {
  if (daemon) return `daemon ${daemon.name}`;
  if (processGroup.value === '') return 'embedded';
  return `group ${processGroup.value}`;
};

const sizeNote = ({ daemon }: Mount): string | undefined => {
  if (!daemon) return undefined;
  const { processes, threads } = sizeOf(daemon);
  return `${processes}×${threads} threads`;
};

/** The mounts of a file that are written there, not inserted by a macro. */
export const mountsIn = ({ mounts }: Site, paths: readonly string[]): readonly Mount[] =>
  mounts.filter(({ entry }) => paths.includes(entry.range.file) && !entry.fromMacro);

/** Where a note stands: at the end of the directive. */
export const noteRange = ({ entry }: Mount): Range => entry.range;

/** A line of an explanation: what, and where it comes from. */
export interface MountFact {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

/**
 * Everything that is resolved for a mount, with its sources, for hovers and pages.
 *
 * @param place how a place is written
 */
export const factsOf = (mount: Mount, place: PlaceText = plainPlace): readonly MountFact[] => {
  const { host, url, script, daemon, access } = mount;
  const sourceOf = (entry: Entry): string => `\`${entry.name}\`, ${placeOf(place, entry)}`;
  const fact = (name: string, value: string | undefined, source: string): MountFact[] =>
    value === undefined || value === '' ? [] : [{ name, value, source }];
  const settingFact = (name: string, setting: Setting, empty: string): MountFact[] => [
    { name, value: setting.value || empty, source: setting.entry ? sourceOf(setting.entry) : 'default' },
    ...setting.conditional.map((entry) => ({
      name: `${name}, on a condition`,
      value: entry.words[0]?.value || empty,
      source: sourceOf(entry),
    })),
  ];
  const pythonFact = (name: string, option: string, word: ConfigWord | undefined): MountFact[] => {
    const isDaemons = daemon && word === daemon.entry.options.get(option)?.value;
    return fact(name, word?.value, word ? (isDaemons ? sourceOf(daemon.entry) : baseName(word.file)) : '');
  };
  const serverName = host.last.get('servername');
  return [
    ...fact('URL', url?.value, sourceOf(mount.entry)),
    ...fact('Script', script?.value, sourceOf(mount.entry)),
    ...fact('Host', describeHost(host), serverName ? sourceOf(serverName) : ''),
    ...settingFact('Process group', mount.processGroup, 'embedded in Apache'),
    ...fact('Daemon', daemon && sizeNote(mount), daemon ? sourceOf(daemon.entry) : ''),
    ...fact('User', daemon?.entry.options.get('user')?.value.value, daemon ? sourceOf(daemon.entry) : ''),
    ...settingFact('Application group', mount.applicationGroup, '%{GLOBAL}'),
    ...pythonFact('Python home', 'python-home', mount.pythonHome),
    ...pythonFact('Python path', 'python-path', mount.pythonPath),
    ...settingFact('Callable', mount.callable, 'application'),
    ...settingFact('Authorization header', mount.passAuthorization, 'Off'),
    ...fact('Access', access.verdict, access.entry ? sourceOf(access.entry) : 'no section says anything'),
  ];
};

/** The facts as a Markdown table. */
export const factsTable = (facts: readonly MountFact[]): string =>
  table(
    ['', 'Value', 'From'],
    facts.map(({ name, value, source }) => [name, code(value), source]),
  );
