import type { Configuration } from '../configuration/configuration';
import { entriesOf } from '../configuration/configuration';
import { type ConfigWord, type Entry, placeOf } from '../configuration/entries';
import type { Part } from '../configuration/part';
import type { RequestFacts } from '../model/expression/evaluate';
import { findPattern } from '../patterns/pattern';
import { type Access, accessFor } from './access';
import { decideSections } from './conditions';
import { type DaemonGroup, findGroup, type GroupIndex } from './groups';
import { type Host, hostAround, nameOf, portOf } from './hosts';
import { conditionalSections, effective, patternOf, sectionsFor } from './sections';

/** A value with what set it; without `entry` it is the default. */
export interface Setting {
  readonly value: string;
  readonly known: boolean;
  readonly entry: Entry | undefined;
  readonly word: ConfigWord | undefined;
  /** The directive that an option on the alias overrules. */
  readonly overruled: Entry | undefined;
  /** Directives in `<If>` sections that take its place where their condition holds. */
  readonly conditional: readonly Entry[];
}

/** An application at a URL. */
export interface Mount {
  readonly kind: 'alias' | 'match' | 'handler';
  readonly entry: Entry;
  readonly host: Host;
  /** The URL path, or the pattern of a match; undefined for a handler, whose URLs are those of its files. */
  readonly url: ConfigWord | undefined;
  readonly script: ConfigWord | undefined;
  readonly sections: readonly Entry[];
  /** The `<If>` sections that are merged behind these, where their condition holds. */
  readonly conditional: readonly Entry[];
  readonly processGroup: Setting;
  readonly applicationGroup: Setting;
  readonly callable: Setting;
  readonly passAuthorization: Setting;
  /** The group in which it runs; undefined if embedded, or if the group is not declared or not known. */
  readonly daemon: DaemonGroup | undefined;
  readonly pythonHome: ConfigWord | undefined;
  readonly pythonPath: ConfigWord | undefined;
  readonly access: Access;
}

/** What mounts are resolved with. */
export interface Ground {
  readonly configuration: Configuration;
  readonly server: Host;
  readonly groupsByName: GroupIndex;
}

const ALIASES = [
  ['wsgiscriptalias', 'alias'],
  ['wsgiscriptaliasmatch', 'match'],
] as const;

/** The applications that a part of a configuration mounts, in reading order. */
export const mountsIn = (part: Part, ground: Ground): readonly Mount[] => {
  const aliases = ALIASES.flatMap(([key, kind]) =>
    (part.byKey.get(key) ?? []).flatMap((entry) => {
      const [url, script] = entry.words;
      const host = hostAround(ground, entry);
      return url && script ? [makeMount({ kind, entry, host, url, script }, ground)] : [];
    }),
  );
  // Scripts that a handler runs: the whole folder of the section is one mount.
  const handlers = ['sethandler', 'addhandler'].flatMap((key) =>
    (part.byKey.get(key) ?? []).flatMap((entry) => {
      if (entry.words[0]?.value !== 'wsgi-script') return [];
      const host = hostAround(ground, entry);
      return [makeMount({ kind: 'handler', entry, host, url: undefined, script: undefined }, ground)];
    }),
  );
  const all = [...aliases, ...handlers];
  return all.length > 1 ? all.sort((a, b) => a.entry.order - b.entry.order) : all;
};

type MountBase = Pick<Mount, 'kind' | 'entry' | 'host' | 'url' | 'script'>;

/** A request as far as its URL tells. */
export interface UrlRequest {
  /** The path of the URL. */
  readonly path: string;
  /** What the URL leads to, where a handler answers. */
  readonly file?: string;
  readonly facts: RequestFacts;
}

/** A mount as one request meets it: with the sections of its very URL, and the conditions decided as far as the URL tells. */
export const mountFor = (mount: Mount, request: UrlRequest, ground: Ground): Mount => {
  const { url, script } = mount;
  const found = mount.kind === 'match' && url ? findPattern(url.value, request.path) : undefined;
  const file =
    script && found?.kind === 'found'
      ? script.value.replace(/\$(\d)/g, (_, group) => found.groups[Number(group)] ?? '')
      : undefined;
  return makeMount(
    {
      ...mount,
      script:
        script && file !== undefined ? { ...placeOf(script), known: script.known, value: file } : script,
    },
    ground,
    request,
  );
};

const makeMount = (base: MountBase, ground: Ground, request?: UrlRequest): Mount => {
  const { configuration, server, groupsByName } = ground;
  const { kind, entry, host, url, script } = base;
  const file = script?.known && !/\$\d/.test(script.value) ? script.value : undefined;
  const path = request?.path ?? (kind === 'alias' && url?.known ? url.value : undefined);
  const merged =
    kind === 'handler' && request?.file === undefined
      ? handlerSections(entry, ground, host)
      : sectionsFor({ file: request?.file ?? file, url: path }, ground, host);
  const { sections, conditional } = withConditions(
    merged,
    conditionalSections(merged, ground, host),
    request?.facts,
  );
  const setting = (option: string, directive: string, fallback: string): Setting =>
    settingOf(
      entry,
      option,
      effective(directive, sections, server, host),
      conditional.length === 0
        ? conditional
        : conditional.flatMap(({ children }) => children.findLast(({ key }) => key === directive) ?? []),
      fallback,
    );
  const processGroup = setting('process-group', 'wsgiprocessgroup', '');
  const applicationGroup = setting('application-group', 'wsgiapplicationgroup', '%{RESOURCE}');
  const name = expandLabel(processGroup.value, host, kind === 'alias' ? url?.value : undefined);
  const daemon = name ? findGroup(groupsByName, name, host) : undefined;
  const lastWord = (key: string): ConfigWord | undefined => entriesOf(configuration, key).at(-1)?.words[0];
  return {
    kind,
    entry,
    host,
    url,
    script,
    sections,
    conditional,
    processGroup,
    applicationGroup,
    callable: setting('callable-object', 'wsgicallableobject', 'application'),
    passAuthorization: setting('pass-authorization', 'wsgipassauthorization', 'Off'),
    daemon,
    pythonHome: daemon?.entry.options.get('python-home')?.value ?? lastWord('wsgipythonhome'),
    pythonPath: daemon
      ? daemon.entry.options.get('python-path')?.value
      : processGroup.value === ''
        ? lastWord('wsgipythonpath')
        : undefined,
    access: accessFor(sections, conditional),
  };
};

/** What applies for certain, and behind it what applies where a condition holds. */
export const withConditions = (
  sections: readonly Entry[],
  conditional: readonly Entry[],
  facts: RequestFacts | undefined,
): Pick<Mount, 'sections' | 'conditional'> => {
  if (conditional.length === 0 || !facts) return { sections, conditional };
  const decided = decideSections(conditional, facts);
  const those = (wanted: boolean | undefined) =>
    decided.filter(({ holds }) => holds === wanted).map(({ section }) => section);
  // One that may apply can still be followed by one that does: it is told as one that may.
  return { sections: [...sections, ...those(true)], conditional: those(undefined) };
};

/** A handler's own section and, if it is a folder, those around that. */
const handlerSections = (entry: Entry, ground: Ground, host: Host): readonly Entry[] => {
  const section = entry.parent;
  if (!section || section.key === '<virtualhost') return [];
  const folder = section.key === '<directory' ? patternOf(section) : undefined;
  if (folder?.startsWith('/') !== true) return [section];
  const around = sectionsFor({ file: `${folder.replace(/\/$/, '')}/*`, url: undefined }, ground, host);
  return around.includes(section) ? around : [...around, section];
};

const settingOf = (
  alias: Entry,
  option: string,
  directive: Entry | undefined,
  conditional: readonly Entry[],
  fallback: string,
): Setting => {
  const own = alias.options.get(option)?.value;
  const word = own ?? directive?.words[0];
  const value = word?.value ?? fallback;
  return {
    value: value === '%{GLOBAL}' && option === 'process-group' ? '' : value,
    known: word?.known ?? true,
    entry: own ? alias : directive,
    word,
    overruled: own ? directive : undefined,
    conditional: own ? [] : conditional,
  };
};

/**
 * The name a label becomes, as far as the configuration tells.
 *
 * @returns undefined for `%{ENV:…}`, `%{HOST}` and where the host's name is guessed
 */
export const expandLabel = (value: string, host: Host, mount: string | undefined): string | undefined => {
  if (!value.startsWith('%{')) return value;
  const name = nameOf(host);
  if (name === undefined) return undefined;
  const port = portOf(host);
  const server = port === undefined ? name : `${name}:${port}`;
  if (value === '%{GLOBAL}') return '';
  if (value === '%{SERVER}') return server;
  if (value === '%{RESOURCE}')
    return mount === undefined ? undefined : `${server}|${mount.replace(/\/+$/, '')}`;
  return undefined;
};
