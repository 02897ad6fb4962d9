import { type Configuration, entriesOf } from '../configuration/configuration';
import { type ConfigWord, type Entry, hostEntryOf } from '../configuration/entries';

/** The main server or a virtual host. */
export interface Host {
  /** Undefined for the main server. */
  readonly entry: Entry | undefined;
  readonly addresses: readonly string[];
  readonly serverName: ConfigWord | undefined;
  /** Its name without scheme and port, lower case; undefined where it is guessed. */
  readonly name: string | undefined;
  readonly aliases: readonly ConfigWord[];
  /** The directives that stand directly at its level. */
  readonly own: readonly Entry[];
  /** The per-directory sections among these. */
  readonly sections: readonly Entry[];
  /** The last of these by key: for directives of which only the last counts. */
  readonly last: ReadonlyMap<string, Entry>;
}

/** The main server first, then the virtual hosts in reading order. */
export const hostsOf = (
  configuration: Configuration,
): { readonly server: Host; readonly hosts: readonly Host[] } => {
  const server = hostOf(undefined, configuration.entries);
  const virtual = entriesOf(configuration, '<VirtualHost').map((entry) => hostOf(entry, entry.children));
  return { server, hosts: [server, ...virtual] };
};

const hostOf = (entry: Entry | undefined, own: readonly Entry[]): Host => {
  const serverName = own.findLast(({ key }) => key === 'servername')?.words[0];
  return {
    entry,
    addresses: entry?.words.map(({ value }) => value) ?? [],
    serverName,
    name: serverName?.known ? splitServerName(serverName.value).name.toLowerCase() : undefined,
    aliases: own.filter(({ key }) => key === 'serveralias').flatMap(({ words }) => words),
    own,
    sections: own.filter(({ key }) => key.startsWith('<') && key !== '<virtualhost'),
    last: new Map(own.map((child) => [child.key, child])),
  };
};

/** The host an entry stands in. */
export const hostAround = (hosts: readonly Host[], entry: Entry): Host | undefined => {
  let index = indexes.get(hosts);
  if (!index) {
    index = new Map(hosts.map((host) => [host.entry, host]));
    indexes.set(hosts, index);
  }
  return index.get(hostEntryOf(entry));
};

const indexes = new WeakMap<readonly Host[], ReadonlyMap<Entry | undefined, Host>>();

/** The name without scheme and port, lower case; undefined where it is guessed. */
export const nameOf = ({ name }: Host): string | undefined => name;

const splitServerName = (value: string): { readonly name: string; readonly port: string | undefined } => {
  const [, name = value, port] = /^(?:[a-z]+:\/\/)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/i.exec(value) ?? [];
  return { name, port };
};

/** The port that `%{SERVER}` sees: of the name, else of the address; undefined for 80, 443 and what nobody knows. */
export const portOf = ({ serverName, addresses }: Host): string | undefined => {
  const port =
    (serverName && splitServerName(serverName.value).port) ?? /:(\d+)$/.exec(addresses[0] ?? '')?.[1];
  return port === '80' || port === '443' ? undefined : port;
};

/** How messages name a host. */
export const describeHost = (host: Host): string =>
  host.entry === undefined
    ? 'the main server'
    : (nameOf(host) ?? `\`<VirtualHost ${host.addresses.join(' ')}>\``);
