import { entriesOf } from '../configuration/configuration';
import type { ConfigWord, Entry } from '../configuration/entries';
import type { FileSystem } from '../model/machine';
import { groupBy } from '../mounts/group-by';
import type { Mount } from '../mounts/mounts';
import type { Site } from '../mounts/site';
import { describeMount } from '../rules/site/common';
import { pythonFolder } from '../rules/site/python';

/** A Python home as the files in it describe it. */
export interface PythonHome {
  readonly path: string;
  /** `environment`: made by venv; `installation`: a Python itself; the others cannot be used. */
  readonly kind: 'environment' | 'installation' | 'no Python' | 'missing' | 'unknown';
  /** `3.12` */
  readonly version: string | undefined;
  /** Of an environment: the folder of the interpreter it was made from. */
  readonly base: string | undefined;
}

/** Reads `pyvenv.cfg` and the folders of a Python home. */
export const inspectHome = (
  files: Pick<FileSystem, 'read' | 'kind' | 'list'>,
  { value: path, known }: Pick<ConfigWord, 'value' | 'known'>,
): PythonHome => {
  if (!known) return { path, kind: 'unknown', version: undefined, base: undefined };
  const config = files.read(`${path}/pyvenv.cfg`);
  const folder = pythonFolder(files, path);
  const named = /\/python(\d+\.\d+)t?$/.exec(folder ?? '')?.[1];
  if (config !== undefined)
    return {
      path,
      kind: 'environment',
      version: /^version(?:_info)?\s*=\s*(\d+\.\d+)/m.exec(config)?.[1] ?? named,
      base: /^home\s*=\s*(.*\S)/m.exec(config)?.[1],
    };
  const kind =
    folder !== undefined ? 'installation' : files.kind(path) === undefined ? 'missing' : 'no Python';
  return { path, kind, version: named, base: undefined };
};

/** Applications that run with one Python home. */
export interface HomeUse {
  /** Undefined where none is set: then it is the Python that mod_wsgi is linked to. */
  readonly home: ConfigWord | undefined;
  readonly setBy: Entry | undefined;
  readonly mounts: readonly string[];
}

/** The Python homes that something runs with, each with the names of what does. */
export const homesInUse = (site: Site): readonly HomeUse[] => {
  const uses = groupBy(site.mounts, ({ pythonHome }) => pythonHome);
  return [...uses].map(([home, mounts]) => ({
    home,
    setBy: setterOf(site, home, mounts[0]),
    mounts: mounts.map((mount) => `${describeMount(mount)}${groupOf(mount)}`),
  }));
};

const groupOf = ({ daemon }: Mount): string => (daemon ? ` (daemon \`${daemon.name}\`)` : ' (embedded)');

const setterOf = (
  { configuration }: Site,
  home: ConfigWord | undefined,
  mount: Mount | undefined,
): Entry | undefined => {
  if (!home) return undefined;
  return mount?.daemon?.entry.options.get('python-home')?.value === home
    ? mount.daemon.entry
    : entriesOf(configuration, 'WSGIPythonHome').at(-1);
};
