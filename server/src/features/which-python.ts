import type { Explanation } from '../../../common/src/language-requests';
import { entriesOf } from '../configuration/configuration';
import type { Entry } from '../configuration/entries';
import type { FileSystem } from '../model/machine';
import type { Site } from '../mounts/site';
import type { NoPrograms } from '../programs';
import { pythonOfModule } from '../rules/site/python';
import { type PlaceText, placeOf } from './explain/places';
import { absolute } from './links';
import { type HomeUse, homesInUse, inspectHome, type PythonHome } from './python-homes';

/** The Python library that mod_wsgi is linked to. */
export interface LinkedLibrary {
  /** For instance `libpython3.11.so.1.0`. */
  readonly name: string;
  /** Undefined where the dynamic linker does not find it. */
  readonly file: string | undefined;
}

/** Finds the Python library of a module by asking the dynamic linker; undefined where it names none. */
export type LibraryLookup = (module: string) => Promise<LinkedLibrary | undefined>;

/**
 * Which Python each application runs with, and whether it fits the module. A virtual environment lends its packages to the
 * Python that mod_wsgi is linked to; it cannot bring another one.
 *
 * @param place how places are written
 * @param lookup finds the library, or why no program may be started for that
 */
export const whichPython = async (
  site: Site,
  files: Pick<FileSystem, 'read' | 'kind' | 'list'>,
  lookup: LibraryLookup | NoPrograms,
  place: PlaceText,
): Promise<Explanation> => {
  const module = await moduleOf(site, files, lookup, place);
  const uses = homesInUse(site);
  const parts = [
    '# Which Python is this?',
    '## mod_wsgi',
    module.text,
    '## Applications',
    ...(uses.length === 0
      ? ['There is no mount in this configuration.']
      : uses.map((use) => describeUse(use, files, module.version, place))),
  ];
  return { markdown: `${parts.join('\n\n')}\n` };
};

interface ModuleFacts {
  readonly text: string;
  /** `3.11`; undefined if nobody can say. */
  readonly version: string | undefined;
}

const REFUSALS: Readonly<Record<NoPrograms, string>> = {
  'not trusted':
    'is not looked into, because the workspace is not trusted: that would start a program. Trust it, and ask again.',
  'no machine': 'cannot be looked into, because this editor runs without a machine behind it.',
};

const moduleOf = async (
  site: Site,
  files: Pick<FileSystem, 'kind'>,
  lookup: LibraryLookup | NoPrograms,
  place: PlaceText,
): Promise<ModuleFacts> => {
  const { configuration } = site;
  const entry = entriesOf(configuration, 'LoadModule').find(({ words }) => words[0]?.value === 'wsgi_module');
  const word = entry?.words[1];
  if (!entry || !word)
    return {
      text: 'No file of this configuration loads `wsgi_module`, so its Python is not known here.',
      version: undefined,
    };
  const path = absolute(configuration, word.value);
  const named = pythonOfModule(configuration)?.version;
  const title = `\`${path}\` (${sourceOf(entry, place)})`;
  const say = (text: string, version = named): ModuleFacts => ({ text: `${title} ${text}`, version });
  const byName = named === undefined ? '' : ` Its name says Python ${named}.`;
  if (files.kind(path) === undefined) return say(`is not on this machine.${byName}`);
  if (typeof lookup === 'string') return say(`${REFUSALS[lookup]}${byName}`);
  const linked = await lookup(path);
  if (!linked)
    return say(`names no Python library: it is linked statically, or no module of this machine.${byName}`);
  const version = /(\d+\.\d+)/.exec(linked.name)?.[1] ?? named;
  return linked.file === undefined
    ? say(`needs \`${linked.name}\`, which the dynamic linker does not find: Apache cannot load it.`, version)
    : say(`is linked to \`${linked.file}\`: Python ${version ?? '?'}.`, version);
};

const sourceOf = (entry: Entry, place: PlaceText): string => `\`${entry.name}\`, ${placeOf(place, entry)}`;

const describeUse = (
  { home, setBy, mounts }: HomeUse,
  files: Pick<FileSystem, 'read' | 'kind' | 'list'>,
  version: string | undefined,
  place: PlaceText,
): string => {
  const list = mounts.map((mount) => `- ${mount}`).join('\n');
  if (!home)
    return [
      '### No Python home',
      list,
      `They run with the Python of mod_wsgi${version === undefined ? '' : ` (${version})`} and the packages installed for it. Give each group a \`python-home=\` to run with an environment.`,
    ].join('\n\n');
  const facts = inspectHome(files, home);
  const from = setBy ? ` (${sourceOf(setBy, place)})` : '';
  return [`### \`${home.value}\``, list, `${KINDS[facts.kind](facts)}${from}.`, verdict(facts, version)]
    .filter(Boolean)
    .join('\n\n');
};

const versioned = ({ version }: PythonHome): string => (version === undefined ? '' : ` of Python ${version}`);

const KINDS: Readonly<Record<PythonHome['kind'], (home: PythonHome) => string>> = {
  environment: (home) =>
    `A virtual environment${versioned(home)}${home.base === undefined ? '' : `, made from the Python in \`${home.base}\``}`,
  installation: (home) => `An installation${versioned(home)}`,
  'no Python': () => 'A folder without a Python in it: the process cannot start',
  missing: ({ path }) =>
    `Not there: the process cannot start. Make it with \`python3 -m venv ${path}\`, or correct the path`,
  unknown: () => 'Only known when the server runs',
};

const verdict = ({ kind, version, path }: PythonHome, needed: string | undefined): string => {
  if (kind !== 'environment' && kind !== 'installation') return '';
  if (version === undefined || needed === undefined)
    return '**Not decided**: the version of one of the two is not known.';
  return version === needed
    ? `**Fits**: mod_wsgi runs Python ${needed}, and takes its packages from here.`
    : `**Does not fit**: mod_wsgi runs Python ${needed} and looks for packages in \`${path}/lib/python${needed}\`, which an environment of ${version} does not have. Make the environment with Python ${needed}, or load a mod_wsgi that is built for ${version}.`;
};
