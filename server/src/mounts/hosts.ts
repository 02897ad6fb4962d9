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
  readonly last: { get(key: string): Entry | undefined };
  /** Those of a key. */
  ownOf(key: string): readonly Entry[];
}

/** True for a section that is merged for a request. */
export const isPerDirectory = ({ key }: Entry): boolean => key.startsWith('<') && key !== '<virtualhost';

const hosts = new WeakMap<Entry, Host>();

/** The host of a `<VirtualHost>`. */
export const virtualHostOf = (entry: Entry): Host => {
  const known = hosts.get(entry);
  if (known) return known;
  const own = entry.children;
  const serverName = own.findLast(({ key }) => key === 'servername')?.words[0];
  const host: Host = {
    entry,
    addresses: entry.words.map(({ value }) => value),
    serverName,
    name: serverName?.known ? splitServerName(serverName.value).name.toLowerCase() : undefined,
    aliases: own.filter(({ key }) => key === 'serveralias').flatMap(({ words }) => words),
    own,
    sections: own.filter(isPerDirectory),
    last: lastByKey(own),
    ownOf: (key) => own.filter((child) => child.key === key),
  };
  hosts.set(entry, host);
  return host;
};

const lastByKey = (entries: readonly Entry[]): ReadonlyMap<string, Entry> => {
  const last = new Map<string, Entry>();
  for (const entry of entries) last.set(entry.key, entry);
  return last;
};

/** The host an entry stands in. */
export const hostAround = ({ server }: { readonly server: Host }, entry: Entry): Host => {
  const around = hostEntryOf(entry);
  return around ? virtualHostOf(around) : server;
};

/** The name without scheme and port, lower case; undefined where it is guessed. */
export const nameOf = ({ name }: Host): string | undefined => name;

/** A server's name in its parts. */
export const splitServerName = (
  value: string,
): { readonly name: string; readonly port: string | undefined } => {
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
