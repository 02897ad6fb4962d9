import { entriesOf } from '../../configuration/configuration';
import type { Entry } from '../../configuration/entries';
import { type DaemonGroup, findGroup, isVisible } from '../../mounts/groups';
import { describeHost, type Host, hostAround, nameOf, portOf } from '../../mounts/hosts';
import { expandLabel, type Mount, type Setting } from '../../mounts/mounts';
import { coversUrl, effective, patternOf } from '../../mounts/sections';
import type { Site, SitePart } from '../../mounts/site';
import { MOUNTS } from '../about';
import type { Rule, SiteFinding } from '../rule';
import { appendWords, describeMount, insertAbove, isOn, mountPlace, quoted } from './common';

const OVERRULING = [
  ['processGroup', 'WSGIProcessGroup'],
  ['applicationGroup', 'WSGIApplicationGroup'],
  ['callable', 'WSGICallableObject'],
  ['passAuthorization', 'WSGIPassAuthorization'],
] as const;

export const directiveIgnored: Rule = {
  id: 'process-group-directive-ignored',
  severity: 'information',
  summary: 'An option on the alias wins over the directive.',
  about: MOUNTS,
  part({ part }, report) {
    for (const mount of part.mounts)
      for (const [property, name] of OVERRULING) {
        const { overruled, word } = mount[property];
        const value = overruled?.words[0];
        if (!overruled || !word || !value || value.value === word.value) continue;
        report({
          at: word,
          message: `The option on the alias wins; \`${name} ${value.value}\` has no effect for this mount.`,
          related: [{ at: overruled.range, message: 'this directive is overruled' }],
        });
      }
  },
};

/** The first daemon group that a host could use; the server's own before those of hosts. */
const visibleFrom = (host: Host, { groups }: Site): DaemonGroup | undefined =>
  groups.find((group) => group.host.entry === undefined) ?? groups.find((group) => isVisible(group, host));

const isEmbedded = ({ processGroup }: Mount): boolean => processGroup.known && processGroup.value === '';

export const mountRunsEmbedded: Rule = {
  id: 'mount-runs-embedded',
  severity: 'information',
  summary: 'An application runs in Apache itself although there is a daemon group for it.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const mount of part.mounts) {
      // Who names the embedded mode means it.
      if (!isEmbedded(mount) || mount.processGroup.entry) continue;
      const group = visibleFrom(mount.host, site);
      if (!group) continue;
      report({
        at: mountPlace(mount),
        message: `\`${describeMount(mount)}\` runs embedded in Apache's own processes: changes to modules need a full restart, and \`python-home\`, \`user\`, timeouts of daemon groups do not apply.`,
        related: [{ at: group.nameWord, message: 'this daemon group could run it' }],
        fixes: mount.kind === 'handler' ? [] : appendWords(mount.entry, `process-group=${group.name}`),
      });
    }
  },
};

export const embeddedPrefork: Rule = {
  id: 'embedded-prefork',
  severity: 'hint',
  summary: 'Embedded applications with the prefork MPM are loaded once per child process.',
  about: MOUNTS,
  part({ part, site }, report) {
    const prefork = entriesOf(site.configuration, 'LoadModule').some(
      ({ words }) => words[0]?.value === 'mpm_prefork_module',
    );
    if (!prefork) return;
    const workers = entriesOf(site.configuration, 'MaxRequestWorkers').at(-1)?.words[0]?.value ?? '256';
    for (const mount of part.mounts)
      if (isEmbedded(mount))
        report({
          at: mountPlace(mount),
          message: `Embedded mode with prefork loads the application once per Apache child (${workers} times) and serves one request per process.`,
        });
  },
};

const restriction = (site: Site): Entry | undefined =>
  entriesOf(site.configuration, 'WSGIRestrictEmbedded').at(-1);

export const restrictedMount: Rule = {
  id: 'restrict-embedded-mount-without-group',
  severity: 'error',
  summary: 'Embedded mode is forbidden, and the application has no daemon group.',
  about: MOUNTS,
  part({ part, site }, report) {
    const restrict = restriction(site);
    if (!restrict || !isOn(restrict)) return;
    for (const mount of part.mounts)
      if (isEmbedded(mount))
        report({
          at: mountPlace(mount),
          message: `\`${describeMount(mount)}\` has no daemon group and embedded mode is forbidden: every request answers 500.`,
          related: [{ at: restrict.range, message: 'embedded mode is forbidden here' }],
        });
  },
};

const EMBEDDED_SCRIPTS = [
  'WSGIAccessScript',
  'WSGIAuthUserScript',
  'WSGIAuthGroupScript',
  'WSGIDispatchScript',
];

export const restrictRecommended: Rule = {
  id: 'restrict-embedded-recommended',
  severity: 'hint',
  summary: 'Nothing runs embedded, and WSGIRestrictEmbedded is not set.',
  needs: 'root',
  site({ site }, report) {
    const [mount] = site.mounts;
    if (!mount || restriction(site) || site.mounts.some((other) => !other.daemon)) return;
    if (EMBEDDED_SCRIPTS.some((name) => entriesOf(site.configuration, name).length > 0)) return;
    const group = site.groups[0];
    report({
      at: group?.nameWord ?? mountPlace(mount),
      message:
        "Nothing runs embedded; `WSGIRestrictEmbedded On` would keep Python out of Apache's own processes and catch mistakes.",
      ...(group && {
        fixes: insertAbove(site, group.host.entry ?? group.entry, ['WSGIRestrictEmbedded On']),
      }),
    });
  },
};

export const restrictExcludes: Rule = {
  id: 'restrict-process-excludes-group',
  severity: 'error',
  summary: 'WSGIRestrictProcess does not allow the group of the application.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const mount of part.mounts) {
      const entry = effective('wsgirestrictprocess', mount.sections, site.server, mount.host);
      const { value, known } = mount.processGroup;
      if (!entry || !known || value.startsWith('%{') || entry.words.some((word) => !word.known)) continue;
      const allowed = entry.words.map((word) => (word.value === '%{GLOBAL}' ? '' : word.value));
      if (allowed.includes(value)) continue;
      report({
        at: mount.processGroup.word ?? mountPlace(mount),
        message: `Group \`${value}\` is not in the allowed list \`${allowed.join(' ')}\`: 500 at run time.`,
        related: [{ at: entry.range, message: 'the list in effect' }],
        fixes: appendWords(entry, quoted(value || '%{GLOBAL}')),
      });
    }
  },
};

const LABELS: ReadonlySet<string> = new Set(['%{SERVER}', '%{RESOURCE}', '%{HOST}']);

/** The names a label can become in a host. */
const expansions = (label: string, host: Host, url: string | undefined): readonly string[] => {
  if (label !== '%{HOST}') {
    const name = expandLabel(label, host, url);
    return name === undefined ? [] : [name];
  }
  const port = portOf(host);
  const names = [nameOf(host), ...host.aliases.filter(({ known }) => known).map(({ value }) => value)];
  return names.flatMap((name) =>
    name === undefined || /[*?]/.test(name) ? [] : [port === undefined ? name : `${name}:${port}`],
  );
};

/** Process groups that are labels, once per host and place. */
const labelledMounts = ({ mounts }: SitePart): readonly { mount: Mount; setting: Setting }[] =>
  mounts.flatMap((mount) =>
    LABELS.has(mount.processGroup.value) ? [{ mount, setting: mount.processGroup }] : [],
  );

export const labelWithoutDaemon: Rule = {
  id: 'label-without-daemon',
  severity: 'error',
  summary: 'The label of a process group becomes a name that no daemon group has.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const { mount, setting } of labelledMounts(part)) {
      if (setting.value === '%{HOST}') continue;
      for (const name of expansions(setting.value, mount.host, mount.url?.value)) {
        if (findGroup(site.groupsByName, name, mount.host)) continue;
        report({
          at: setting.word ?? mountPlace(mount),
          message: `\`${setting.value}\` expands to \`${name}\` in ${describeHost(mount.host)}, and no daemon group of that name exists: requests answer 500.`,
          ...(setting.entry && {
            fixes: insertAbove(site, setting.entry, [`WSGIDaemonProcess ${quoted(name)}`]),
          }),
        });
      }
    }
  },
};

export const hostLabelProcessGroup: Rule = {
  id: 'host-label-process-group',
  severity: 'warning',
  summary: '%{HOST} as a process group accepts names for which no daemon group exists.',
  about: ['WSGIProcessGroup'],
  part({ part, site }, report) {
    for (const entry of part.of('WSGIProcessGroup')) {
      const word = entry.words[0];
      const host = hostAround(site, entry);
      if (word?.value !== '%{HOST}' || !host) continue;
      const missing = expansions('%{HOST}', host, undefined).filter(
        (name) => !findGroup(site.groupsByName, name, host),
      );
      const open = host.aliases.find(({ value }) => /[*?]/.test(value))?.value;
      const name = missing[0] ?? open;
      if (name !== undefined)
        report({
          at: word,
          message: `A request for \`${name}\` would look for daemon group \`${name}\` and answer 500.`,
        });
    }
  },
};

const canonicalNames = (site: Site, host: Host): boolean =>
  isOn(effective('usecanonicalname', [], site.server, host));

export const labelExpansionPort: Rule = {
  id: 'label-expansion-port',
  severity: 'information',
  summary: 'The port in the expanded name comes from the client.',
  about: ['WSGIProcessGroup'],
  part({ part, site }, report) {
    for (const entry of part.of('WSGIProcessGroup')) {
      const word = entry.words[0];
      const host = hostAround(site, entry);
      if (!word || !LABELS.has(word.value) || canonicalNames(site, host)) continue;
      const name = nameOf(host) ?? 'name';
      report({
        at: word,
        message: `The port in the expanded name comes from the client's Host header; \`${name}:1234\` would be looked up as another group (500).`,
        ...(host.entry && { fixes: insertAbove(site, entry, ['UseCanonicalName On']) }),
      });
    }
  },
};

export const envLabelUnset: Rule = {
  id: 'env-label-unset',
  severity: 'warning',
  summary: 'The variable of %{ENV:…} is never set.',
  needs: 'root',
  about: [...MOUNTS, 'WSGIProcessGroup'],
  part({ part, site }, report) {
    const words = [
      ...part.of('WSGIProcessGroup').flatMap((entry) => entry.words[0] ?? []),
      ...part.mounts.flatMap(({ entry }) => entry.options.get('process-group')?.value ?? []),
    ].filter(({ value }) => value.startsWith('%{ENV:'));
    if (words.length === 0) return;
    const { configuration } = site;
    const set = new Set([
      ...entriesOf(configuration, 'SetEnv').map(({ words }) => words[0]?.value),
      ...entriesOf(configuration, 'PassEnv').flatMap(({ words }) => words.map(({ value }) => value)),
      ...['SetEnvIf', 'SetEnvIfNoCase', 'SetEnvIfExpr', 'BrowserMatch']
        .flatMap((name) => entriesOf(configuration, name))
        .flatMap(({ words }) => words.slice(1).map(({ value }) => value.replace(/^!|=.*$/g, ''))),
      ...entriesOf(configuration, 'RewriteRule').flatMap(({ words }) =>
        [...(words[2]?.value ?? '').matchAll(/\bE=!?([^:,\]]+)/g)].map(([, name]) => name),
      ),
    ]);
    for (const word of words) {
      const name = /^%\{ENV:([^}]+)\}$/.exec(word.value)?.[1];
      if (name === undefined || set.has(name)) continue;
      report({
        at: word,
        message: `\`${name}\` is never set here; the literal text \`%{ENV:${name}}\` would be used as the name (500).`,
      });
    }
  },
};

export const splitByLocation: Rule = {
  id: 'mount-split-by-location',
  severity: 'warning',
  summary: 'A section gives a part of an application another process or interpreter.',
  site({ site }, report) {
    for (const entry of [
      ...entriesOf(site.configuration, 'WSGIProcessGroup'),
      ...entriesOf(site.configuration, 'WSGIApplicationGroup'),
    ]) {
      const section = entry.parent;
      if (section?.key !== '<location' || section.words[0]?.value === '~') continue;
      const finding = splitMount(site, section, entry);
      if (finding) report(finding);
    }
  },
};

const splitMount = (site: Site, section: Entry, entry: Entry): SiteFinding | undefined => {
  const location = patternOf(section);
  const covering = site.mounts.filter(
    ({ kind, url }) => kind === 'alias' && url?.known && coversUrl(url.value, location),
  );
  const mount = covering.reduce<Mount | undefined>(
    (best, next) => ((next.url?.value.length ?? 0) > (best?.url?.value.length ?? -1) ? next : best),
    undefined,
  );
  const value = entry.words[0]?.value;
  const whole = mount?.url?.value.replace(/\/$/, '') === location.replace(/\/$/, '');
  if (!mount || whole || value === undefined) return undefined;
  const current = entry.key === 'wsgiprocessgroup' ? mount.processGroup : mount.applicationGroup;
  if (current.value === value || current.entry === mount.entry) return undefined;
  return {
    at: entry.range,
    message: `Requests below \`${location}\` run a second, separate instance of \`${mount.script?.value}\` (own interpreter, own memory).`,
    related: [{ at: mountPlace(mount), message: 'the application is mounted here' }],
  };
};
