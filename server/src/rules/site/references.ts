import { nearest } from '../../catalogue/nearest';
import { entriesOf } from '../../configuration/configuration';
import { type ConfigWord, type Entry, hostEntryOf } from '../../configuration/entries';
import type { Part } from '../../configuration/part';
import { note, SOURCE } from '../../configuration/reads';
import { type DaemonGroup, isVisible } from '../../mounts/groups';
import { describeHost, type Host, hostAround, nameOf } from '../../mounts/hosts';
import type { SitePart } from '../../mounts/site';
import { remembered } from '../../remembered';
import { GROUPS, MOUNTS, WITH_OPTIONS } from '../about';
import type { Rule } from '../rule';
import { insertAbove, quoted, removeLine, replaceWord } from './common';

/** Directives whose options or arguments may name a daemon group. */
const REFERRING = ['WSGIProcessGroup', 'WSGIRestrictProcess', ...WITH_OPTIONS];

/** A place where a daemon group is named. */
export interface GroupReference {
  readonly word: ConfigWord;
  readonly entry: Entry;
}

const isDynamic = (value: string): boolean => value.startsWith('%{') && value !== '%{GLOBAL}';

/** Every place that names a daemon group; labels included. */
const groupReferences = remembered(({ byKey, all }: Part): readonly GroupReference[] => [
  ...(byKey.get('wsgiprocessgroup') ?? []).flatMap((entry) =>
    entry.words[0] ? [{ word: entry.words[0], entry }] : [],
  ),
  ...(byKey.get('wsgirestrictprocess') ?? []).flatMap((entry) =>
    entry.words.map((word) => ({ word, entry })),
  ),
  ...all.flatMap((entry) => {
    const word = entry.directive?.options && entry.options.get('process-group')?.value;
    return word ? [{ word, entry }] : [];
  }),
]);

/** Those that are names. */
const staticReferences = remembered(({ part }: SitePart): readonly GroupReference[] =>
  groupReferences(part).filter(({ word }) => word.known && word.value !== '' && !word.value.startsWith('%{')),
);

export const processGroupUndefined: Rule = {
  id: 'process-group-undefined',
  severity: 'error',
  summary: 'No daemon group of this name is declared; every request would fail.',
  about: REFERRING,
  part({ part, site }, report) {
    const { rooted, complete } = site.configuration;
    for (const { word, entry } of staticReferences(part)) {
      if (site.groupsByName.has(word.value) || isSlip(word.value)) continue;
      const meant = nearest(word.value, [...site.groupsByName.keys()]);
      // The group may be declared in a file that nobody has seen, unless the name is nearly one that is here.
      if (!rooted && meant === undefined) continue;
      report({
        at: word,
        severity: rooted && complete ? 'error' : rooted ? 'information' : 'warning',
        message: `No daemon group \`${word.value}\` is declared.${meant ? ` Did you mean \`${meant}\`?` : ''} configtest accepts this; every request will fail with 500.`,
        fixes: meant
          ? [replaceWord(word, meant)]
          : insertAbove(site, hostEntryOf(entry) ?? entry, [`WSGIDaemonProcess ${quoted(word.value)}`]),
      });
    }
  },
};

const SLIP = /[;,=“”"'‘’]|\/$|[A-Za-z.-]+(?:threads|processes|user|home|python-home|python-path)=/;

const isSlip = (name: string): boolean => SLIP.test(name);

export const suspiciousGroupName: Rule = {
  id: 'suspicious-group-name',
  severity: 'warning',
  summary: 'The name of a group contains what is probably a typing slip.',
  about: [...GROUPS, ...REFERRING],
  part({ part }, report) {
    const declared = part.groups.map(({ nameWord, entry }) => ({ word: nameWord, entry }));
    for (const { word } of [...declared, ...staticReferences(part)]) {
      const slip = SLIP.exec(word.value)?.[0];
      if (slip === undefined) continue;
      const stripped = word.value.replace(/[;,"'“”‘’/]+$|^["'“”‘’]/g, '');
      report({
        at: word,
        message: /^[a-z-]+=/.test(word.value)
          ? `\`${word.value}\` stands first and is the name of the group: write a name in front of it.`
          : `\`${word.value}\` looks like a typing slip (\`${slip}\`).`,
        ...(isSlip(stripped) ? {} : { fixes: [replaceWord(word, stripped)] }),
      });
    }
  },
};

export const processGroupOtherHost: Rule = {
  id: 'process-group-other-vhost',
  severity: 'error',
  summary: 'The group belongs to a virtual host of another name.',
  about: REFERRING,
  part({ part, site }, report) {
    for (const { word, entry } of staticReferences(part)) {
      const host = hostAround(site, entry);
      const [group] = site.groupsByName.get(word.value) ?? [];
      if (!host || !group || isVisible(group, host) || !isNamed(group, host)) continue;
      report({
        at: word,
        message: `Daemon group \`${group.name}\` belongs to virtual host ${describeHost(group.host)} and cannot be used from ${describeHost(host)}: 500 at run time (startup error if the alias has both group options).`,
        related: [{ at: group.nameWord, message: 'declared here' }],
      });
    }
  },
};

const isNamed = (group: DaemonGroup, host: Host): boolean =>
  nameOf(group.host) !== undefined && (host.entry === undefined || nameOf(host) !== undefined);

export const groupWithoutServerName: Rule = {
  id: 'process-group-vhost-without-servername',
  severity: 'warning',
  summary: 'A virtual host without ServerName declares a daemon group.',
  about: GROUPS,
  part({ part }, report) {
    for (const { host, nameWord } of part.groups)
      if (host.entry && !host.serverName)
        report({
          at: nameWord,
          message:
            'Without `ServerName` Apache guesses the name; mod_wsgi then cannot match groups across hosts reliably ("not matchable").',
          related: [{ at: host.entry.nameRange, message: 'this virtual host has no ServerName' }],
        });
  },
};

export const hostWithoutServerName: Rule = {
  id: 'vhost-without-servername',
  severity: 'warning',
  summary: 'A virtual host with an application has no ServerName.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const host of part.hosts) {
      if (!host.entry || !part.mounts.some((mount) => mount.host === host)) continue;
      const address = nameOf(host) !== undefined && /^(?:\d+\.){3}\d+$/.test(nameOf(host) ?? '');
      const rivals =
        address &&
        site.hosts.some(
          (other) =>
            other !== host && other.serverName && other.addresses.join(' ') === host.addresses.join(' '),
        );
      if (host.serverName && !rivals) continue;
      report({
        at: host.serverName ?? host.entry.nameRange,
        message:
          'This host is chosen only as the default of its address; its name (used for default interpreter names) is guessed.',
      });
    }
  },
};

/** Directives whose scripts Apache may load before the first request. */
const PRELOADING = ['WSGIScriptAlias', 'WSGIScriptAliasMatch', 'WSGIImportScript'];

export const declaredLater: Rule = {
  id: 'daemon-process-declared-later',
  severity: 'error',
  summary: 'The group of a preloaded script is declared after the script.',
  about: PRELOADING,
  part({ part, site }, report) {
    for (const entry of PRELOADING.flatMap((name) => part.of(name))) {
      const word = entry.options.get('process-group')?.value;
      const application = entry.options.get('application-group')?.value;
      if (!word?.known || !application || isDynamic(word.value) || isDynamic(application.value)) continue;
      const [group] = site.groupsByName.get(word.value) ?? [];
      if (!group || group.entry.order < entry.order) continue;
      report({
        at: word,
        message: `Group \`${group.name}\` is declared at ${group.entry.range.file}:${group.entry.line}, after this use; Apache will refuse to start.`,
        related: [{ at: group.nameWord, message: 'declared here' }],
      });
    }
  },
};

export const setTwice: Rule = {
  id: 'process-group-set-twice',
  severity: 'warning',
  summary: 'Only the last WSGIProcessGroup or WSGIApplicationGroup of a scope counts.',
  site({ site }, report) {
    for (const name of ['WSGIProcessGroup', 'WSGIApplicationGroup']) {
      const last = new Map<Entry | undefined, Entry>();
      const all = entriesOf(site.configuration, name).filter(({ certain }) => certain);
      for (const entry of all) last.set(entry.parent, entry);
      for (const entry of all) {
        const winner = last.get(entry.parent);
        if (!winner || winner === entry || winner.words[0]?.value === entry.words[0]?.value) continue;
        report({
          at: entry.range,
          message: `Only the last \`${name}\` of a scope counts; it applies to all mounts here, not to the following alias.`,
          related: [{ at: winner.range, message: 'this one counts' }],
          fixes: removeLine(site, entry),
        });
      }
    }
  },
};

export const neverUsed: Rule = {
  id: 'daemon-process-never-used',
  severity: 'warning',
  summary: 'Nothing runs in the daemon group.',
  tags: ['unnecessary'],
  site({ site }, report) {
    note(SOURCE.everything);
    const all = site.configuration.parts.flatMap(groupReferences);
    const dynamic = all.some(({ word }) => !word.known || isDynamic(word.value));
    const named = new Set(all.map(({ word }) => word.value));
    const { rooted, complete } = site.configuration;
    if (dynamic) return;
    for (const group of site.groups) {
      // What a file declares for the whole server may be used by files that nobody has seen.
      if (!(rooted && complete) && group.host.entry === undefined) continue;
      if (named.has(group.name)) continue;
      const scope = group.host.entry === undefined ? 'server' : 'virtual host';
      report({
        at: group.nameWord,
        message: `Nothing runs in daemon group \`${group.name}\`; the applications of this ${scope} run embedded in Apache.`,
      });
    }
  },
};
