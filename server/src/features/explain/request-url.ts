import type { RequestFacts } from '../../model/expression/evaluate';
import { describeHost, type Host, nameOf } from '../../mounts/hosts';
import type { Site } from '../../mounts/site';
import { matchesWildcard } from '../../mounts/wildcards';

/** A URL as a request for it reaches the server. */
export interface RequestUrl {
  /** Undefined if only a path was given. */
  readonly host: string | undefined;
  readonly port: string;
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
}

/** Takes a URL apart, or a path alone; undefined if it is neither. */
export const parseUrl = (text: string): RequestUrl | undefined => {
  try {
    const isPath = text.startsWith('/');
    const { hostname, port, protocol, pathname, search } = new URL(isPath ? `http://localhost${text}` : text);
    const scheme = protocol.replace(':', '');
    if (!/^(?:https?|wss?)$/.test(scheme)) return undefined;
    return {
      host: isPath ? undefined : hostname.toLowerCase(),
      port: port || (scheme === 'https' || scheme === 'wss' ? '443' : '80'),
      scheme,
      path: decodeURI(pathname),
      query: search.slice(1),
    };
  } catch {
    return undefined;
  }
};

/** Scheme, host and port as a browser shows them; undefined if only a path was given. */
export const originOf = ({ host, port, scheme }: RequestUrl): string | undefined =>
  host === undefined ? undefined : `${scheme}://${hostAndPort(host, port, scheme)}`;

const hostAndPort = (host: string, port: string, scheme: string): string =>
  port === (scheme === 'https' || scheme === 'wss' ? '443' : '80') ? host : `${host}:${port}`;

/** The URL as text; of a path alone that path. */
export const urlText = (url: RequestUrl): string =>
  `${originOf(url) ?? ''}${url.path}${url.query === '' ? '' : `?${url.query}`}`;

/** What a request for the URL tells to the conditions of `<If>`; what a browser adds of its own stays open. */
export const factsOfUrl = ({ host, port, scheme, path, query }: RequestUrl): RequestFacts => {
  const values: Readonly<Record<string, string | undefined>> = {
    REQUEST_URI: path,
    DOCUMENT_URI: path,
    QUERY_STRING: query,
    HTTP_HOST: host === undefined ? undefined : hostAndPort(host, port, scheme),
    SERVER_NAME: host,
    SERVER_PORT: port,
    REQUEST_SCHEME: scheme,
    HTTPS: scheme === 'https' ? 'on' : 'off',
    REQUEST_METHOD: 'GET',
  };
  return { variable: (name) => values[name] };
};

/** The host that answers, those it was chosen among, and why. */
export interface ChosenHost {
  readonly host: Host;
  readonly reason: string;
  readonly candidates: readonly Host[];
}

/** Chooses the virtual host as Apache does: by the port, then by the name, else the first of the port. */
export const chooseHost = (site: Site, { host: name, port }: RequestUrl): ChosenHost => {
  const candidates = hostsAt(site, port);
  const [first] = candidates;
  if (!first)
    return {
      host: site.server,
      reason: 'no virtual host is for this port, so the main server answers',
      candidates,
    };
  const found = (host: Host, reason: string): ChosenHost => ({ host, reason, candidates });
  const byName = name === undefined ? undefined : candidates.find((host) => nameOf(host) === name);
  if (byName) return found(byName, 'its `ServerName` is the host of the URL');
  const byAlias =
    name === undefined
      ? undefined
      : candidates.find(({ aliases }) =>
          aliases.some(({ value }) => matchesWildcard(value.toLowerCase(), 'name', name)),
        );
  if (byAlias) return found(byAlias, 'one of its `ServerAlias` matches the host of the URL');
  return found(first, 'no name matches, so the first virtual host of the port answers');
};

/** The virtual hosts of a port; an address without a port takes any. */
const hostsAt = ({ hosts }: Site, port: string): readonly Host[] =>
  hosts.filter(
    ({ entry, addresses }) =>
      entry &&
      addresses.some((address) => (/:(\d+|\*)$/.exec(address)?.[1] ?? port).replace('*', port) === port),
  );

/** Names of hosts on the page: the address besides the name. */
export const hostTitle = (host: Host): string =>
  host.entry && host.name !== undefined
    ? `${describeHost(host)} (\`${host.addresses.join(' ')}\`)`
    : describeHost(host);
