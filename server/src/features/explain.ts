import type { Explanation } from '../../../common/src/language-requests';
import type { Configuration } from '../configuration/configuration';
import type { Entry } from '../configuration/entries';
import { accessFor } from '../mounts/access';
import { describeHost, type Host, nameOf } from '../mounts/hosts';
import type { Mount, Site } from '../mounts/mounts';
import { coversUrl, sectionsFor } from '../mounts/sections';
import { regexMatches, wildcard } from '../mounts/wildcards';
import { type EarlierStep, rewrites, stepBefore } from './before-mounts';
import { factsOf, factsTable } from './mount-notes';

/** Which virtual host and which mount answer a URL, step by step, with where each step comes from. */
export const explainUrl = (site: Site, text: string): Explanation => {
  const url = parseUrl(text);
  if (!url)
    return {
      markdown: `# ${text}\n\nThis is no URL. Write it as \`http://host/path\`, or as a path alone.\n`,
    };
  const candidates = hostsAt(site, url.port);
  const host = chooseHost(site, candidates, url.host);
  const steps = [
    `# ${text}`,
    '## 1. Host',
    hostStep(candidates, host, url),
    '## 2. Who answers',
    ...mountSteps(site, host.host, url.path),
  ];
  return { markdown: `${steps.join('\n\n')}\n` };
};

interface RequestUrl {
  readonly host: string | undefined;
  readonly port: string;
  readonly path: string;
}

const parseUrl = (text: string): RequestUrl | undefined => {
  if (text.startsWith('/')) return { host: undefined, port: '80', path: text.replace(/[?#].*$/, '') };
  try {
    const { hostname, port, protocol, pathname } = new URL(text);
    return {
      host: hostname.toLowerCase(),
      port: port || (protocol === 'https:' ? '443' : '80'),
      path: decodeURI(pathname),
    };
  } catch {
    return undefined;
  }
};

/** The virtual hosts of a port; an address without a port takes any. */
const hostsAt = ({ hosts }: Site, port: string): readonly Host[] =>
  hosts.filter(
    ({ entry, addresses }) =>
      entry &&
      addresses.some((address) => (/:(\d+|\*)$/.exec(address)?.[1] ?? port).replace('*', port) === port),
  );

interface ChosenHost {
  readonly host: Host;
  readonly reason: string;
}

const chooseHost = (site: Site, candidates: readonly Host[], name: string | undefined): ChosenHost => {
  const [first] = candidates;
  if (!first)
    return { host: site.server, reason: 'no virtual host listens on this port, so the main server answers' };
  const byName = name === undefined ? undefined : candidates.find((host) => nameOf(host) === name);
  if (byName) return { host: byName, reason: 'its `ServerName` is the host of the URL' };
  const byAlias =
    name === undefined
      ? undefined
      : candidates.find(({ aliases }) =>
          aliases.some(({ value }) => wildcard(value.toLowerCase(), 'name').test(name)),
        );
  if (byAlias) return { host: byAlias, reason: 'one of its `ServerAlias` matches the host of the URL' };
  return { host: first, reason: 'no name matches, so the first virtual host of the port answers' };
};

const placeOf = ({ range, line }: Entry): string => `${range.file}:${line}`;

const hostStep = (
  candidates: readonly Host[],
  { host, reason }: ChosenHost,
  { port }: RequestUrl,
): string => {
  const considered = candidates.map(
    (candidate) => `- ${describeHost(candidate)}${candidate.entry ? ` (${placeOf(candidate.entry)})` : ''}`,
  );
  const list = considered.length > 0 ? `Virtual hosts on port ${port}:\n\n${considered.join('\n')}\n\n` : '';
  return `${list}**${describeHost(host)}**: ${reason}.`;
};

const mountSteps = (site: Site, host: Host, path: string): readonly string[] => {
  const levels = host === site.server ? [host] : [host, site.server];
  const doubt = rewrites(levels)
    ? ['`RewriteRule` lines of this host can send the URL elsewhere first; they are not followed here.']
    : [];
  const earlier = stepBefore(levels, path);
  if (earlier) return [...doubt, earlierStep(earlier), ...fileAccess(site, host, earlier, path)];
  const tried: string[] = [];
  for (const level of levels)
    for (const mount of site.mountsByHost.get(level) ?? []) {
      if (mount.kind === 'handler' || !mount.url) continue;
      const answers = doesAnswer(mount, path);
      tried.push(
        `- \`${mount.url.value}\` (${placeOf(mount.entry)}): ${answers ? 'matches' : 'does not match'}`,
      );
      if (answers)
        return [
          ...doubt,
          tried.join('\n'),
          `## 3. What runs`,
          factsTable(factsOf(mount)),
          accessStep(mount, 4),
        ];
    }
  const list = tried.length > 0 ? tried.join('\n') : 'There is no mount in this host.';
  return [...doubt, list, 'No application answers this URL: Apache looks for a file, or answers 404.'];
};

const WHAT_HAPPENS: Readonly<Record<EarlierStep['kind'], string>> = {
  proxy: 'passes the request to',
  redirect: 'sends the browser to',
  alias: 'answers with the file',
};

const earlierStep = ({ entry, kind, target }: EarlierStep): string =>
  `No mount is asked: \`${entry.name} ${entry.words[0]?.value}\` (${placeOf(entry)}) ${WHAT_HAPPENS[kind]} ${target === undefined ? 'what its pattern makes of the URL' : `\`${target}\``}.`;

const fileAccess = (
  site: Site,
  host: Host,
  { kind, target }: EarlierStep,
  url: string,
): readonly string[] => {
  if (kind !== 'alias' || target === undefined) return [];
  const sections = sectionsFor({ file: target, url }, site.server, host);
  return [accessStep({ access: accessFor(sections), sections }, 3)];
};

const doesAnswer = ({ kind, url }: Mount, path: string): boolean =>
  kind === 'match' ? regexMatches(url?.value ?? '(?!)', path) : coversUrl(url?.value ?? '', path);

const ACCESS: Readonly<Record<Mount['access']['verdict'], string>> = {
  granted: 'Everybody is let in',
  denied: 'Nobody is let in: the answer is 403',
  conditional: 'Who is let in depends on the request',
  unset: 'No section of this configuration says who is let in; Apache then lets everybody in',
};

const accessStep = ({ access, sections }: Pick<Mount, 'access' | 'sections'>, number: number): string => {
  const by = access.entry ? ` by \`${access.entry.name}\` in ${placeOf(access.entry)}` : '';
  const merged = sections.map(
    (section) =>
      `- \`<${section.name} ${section.words.map(({ value }) => value).join(' ')}>\` ${placeOf(section)}`,
  );
  const list =
    merged.length > 0
      ? `\n\nSections that apply, in the order in which they are merged:\n\n${merged.join('\n')}`
      : '';
  return `## ${number}. Access\n\n${ACCESS[access.verdict]}${by}.${list}`;
};

/** The configuration as one text: Includes followed, conditions decided, macros inserted, each line with its origin. */
export const showConfiguration = (configuration: Configuration): Explanation => {
  const lines: string[] = [];
  let file = '';
  const visit = (entries: readonly Entry[], depth: number): void => {
    for (const entry of entries) {
      if (entry.range.file !== file) {
        file = entry.range.file;
        lines.push(`# ${file}`);
      }
      const indent = '    '.repeat(depth);
      const words = entry.words.map(({ value }) =>
        /[\s"]/.test(value) || value === '' ? JSON.stringify(value) : value,
      );
      if (!entry.certain) lines.push(`${indent}# under a condition that only the running server decides:`);
      const text = [entry.name, ...words].join(' ');
      if (!entry.key.startsWith('<')) lines.push(`${indent}${text}`);
      else {
        lines.push(`${indent}<${text}>`);
        visit(entry.children, depth + 1);
        lines.push(`${indent}</${entry.name}>`);
      }
    }
  };
  visit(configuration.entries, 0);
  return { markdown: `${lines.join('\n')}\n` };
};
