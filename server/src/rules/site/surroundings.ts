import { entriesOf } from '../../configuration/configuration';
import { ancestorsOf, type Entry } from '../../configuration/entries';
import { groupBy } from '../../mounts/group-by';
import { describeHost, hostAround, nameOf } from '../../mounts/hosts';
import type { Site } from '../../mounts/site';
import type { Rule } from '../rule';

export const tlsPair: Rule = {
  id: 'vhost-alias-missing-on-tls-pair',
  severity: 'information',
  summary: 'Two hosts of one name on different ports answer different names.',
  site({ site }, report) {
    const named = site.hosts.filter((host) => host.entry && nameOf(host) !== undefined);
    const byName = groupBy(named, nameOf);
    for (const host of named) {
      const other = byName.get(nameOf(host))?.find((candidate) => candidate !== host);
      if (!other) continue;
      const missing = host.aliases.filter(
        ({ value, known }) =>
          known && !other.aliases.some((alias) => alias.value.toLowerCase() === value.toLowerCase()),
      );
      for (const alias of missing)
        report({
          at: alias,
          message: `\`${alias.value}\` is answered by ${host.addresses.join(' ')} but not by ${other.addresses.join(' ')} (which shows the default host).`,
          ...(other.entry && {
            related: [
              {
                at: other.entry.nameRange,
                message: `${describeHost(other)} at ${other.addresses.join(' ')}`,
              },
            ],
          }),
        });
    }
  },
};

/** Whether a key stands in a section around an entry, or beside it. */
const inScope = (site: Site, entry: Entry, key: string): boolean =>
  ancestorsOf(entry).some(({ children }) => children.some((other) => other.key === key)) ||
  site.server.last.get(key) !== undefined;

const PROVIDERS = [
  ['AuthBasicProvider', 'wsgi', 'WSGIAuthUserScript', 'wsgiauthuserscript'],
  ['AuthDigestProvider', 'wsgi', 'WSGIAuthUserScript', 'wsgiauthuserscript'],
  ['Require', 'wsgi-group', 'WSGIAuthGroupScript', 'wsgiauthgroupscript'],
] as const;

export const providerWithoutScript: Rule = {
  id: 'auth-provider-without-script',
  severity: 'error',
  summary: 'Authentication asks mod_wsgi, and no script is given to it.',
  about: PROVIDERS.map(([directive]) => directive),
  part({ part, site }, report) {
    for (const [directive, provider, needed, key] of PROVIDERS)
      for (const entry of part.of(directive)) {
        const word = entry.words.find(({ value }) => value.toLowerCase() === provider);
        if (!word || inScope(site, entry, key)) continue;
        report({
          at: word,
          message: `\`${directive} ${provider}\` needs \`${needed}\`; requests fail with 500.`,
        });
      }
  },
};

const IN_APACHE = ['WSGIAccessScript', 'WSGIAuthUserScript', 'WSGIAuthGroupScript', 'WSGIDispatchScript'];

export const authProcessGroup: Rule = {
  id: 'auth-script-process-group',
  severity: 'error',
  summary: 'Scripts for access and authentication always run in Apache itself.',
  about: IN_APACHE,
  part({ part }, report) {
    for (const entry of IN_APACHE.flatMap((name) => part.of(name))) {
      const word = entry.options.get('process-group')?.value;
      if (word)
        report({
          at: word,
          message:
            "These scripts always run in Apache's own processes; only `application-group=` is allowed.",
        });
    }
  },
};

const QUIET = /^(?:emerg|alert|crit|error|warn|notice)$/i;

export const quietLog: Rule = {
  id: 'loglevel-hides-daemon-lifecycle',
  severity: 'hint',
  summary: 'The log level hides restarts and time-outs of daemon processes.',
  about: ['LogLevel'],
  part({ part, site }, report) {
    for (const entry of part.of('LogLevel')) {
      const wsgi = entry.words.some(({ value }) => /^(?:mod_)?wsgi(?:_module)?(?:\.c)?:/.test(value));
      const general = entry.words.find(({ value }) => !value.includes(':'));
      if (wsgi || !general || !QUIET.test(general.value) || entry.parent) continue;
      if ([...site.groupsByName.keys()].length === 0) return;
      report({
        at: entry.range,
        message: `Restarts, time-outs and stack dumps of daemons are logged at \`info\` in the main log; at \`${general.value}\` you will not see why a request was cut.`,
        fixes: entry.fromMacro
          ? []
          : [
              {
                title: 'Add `wsgi:info`',
                edits: [{ at: { ...entry.range, start: entry.range.end }, text: ' wsgi:info' }],
              },
            ],
      });
    }
  },
};

export const logSplit: Rule = {
  id: 'daemon-log-split',
  severity: 'information',
  summary: 'The output of an application goes to two logs.',
  site({ site }, report) {
    for (const entry of entriesOf(site.configuration, 'ErrorLog')) {
      const host = hostAround(site, entry);
      if (!host?.entry) continue;
      const names = [
        ...host.ownOf('wsgiprocessgroup').map(({ words }) => words[0]?.value),
        ...(site.mountsByHost.get(host) ?? []).map(({ daemon }) => daemon?.name),
      ];
      const group = site.groups.find(
        (candidate) => candidate.host !== host && names.includes(candidate.name),
      );
      if (group)
        report({
          at: entry.range,
          message: `Output of this application is split: requests in \`${entry.words[0]?.value}\`, start-up, crashes and prints outside a request in the log of ${describeHost(group.host)}.`,
          related: [{ at: group.nameWord, message: 'the group is declared here' }],
        });
    }
  },
};

const NEEDED_FIELDS = [/%-?m/, /%(?:-?m:%)?l/, /%P/, /%M/];

const DEFAULT_FORMAT = '"[%{cu}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\\ %a] %M"';

export const logFormat: Rule = {
  id: 'errorlogformat-unparsable',
  severity: 'hint',
  summary: 'The format of the error log leaves out what links its lines to the configuration.',
  about: ['ErrorLogFormat'],
  part({ part }, report) {
    for (const { words } of part.of('ErrorLogFormat')) {
      const format = words.find(({ value }) => value.includes('%'));
      if (format?.known && words.length === 1 && NEEDED_FIELDS.some((field) => !field.test(format.value)))
        report({
          at: format,
          message: 'Log linking needs module, level, pid and message in this format.',
          fixes: [{ title: "Use Apache's default", edits: [{ at: format, text: DEFAULT_FORMAT }] }],
        });
    }
  },
};

const INSIDE_OUT = [
  ['WSGIRestrictStdout', 'stdout'],
  ['WSGIRestrictStdin', 'stdin'],
] as const;

export const restrictStdout: Rule = {
  id: 'restrict-stdout-on',
  severity: 'information',
  summary: 'A stray print() raises an exception.',
  about: INSIDE_OUT.map(([name]) => name),
  part({ part }, report) {
    for (const [name, stream] of INSIDE_OUT)
      for (const entry of part.of(name))
        if (entry.words[0]?.value.toLowerCase() === 'on')
          report({
            at: entry.range,
            message: `With this, a stray \`print()\` (or a debugger) raises \`OSError: sys.${stream} access restricted by mod_wsgi\`; it has been off by default since 3.0.`,
          });
  },
};

export const reloadingOff: Rule = {
  id: 'script-reloading-off',
  severity: 'information',
  summary: 'Touching the script does not reload the application.',
  about: ['WSGIScriptReloading'],
  part({ part }, report) {
    for (const entry of part.of('WSGIScriptReloading'))
      if (entry.words[0]?.value.toLowerCase() === 'off')
        report({ at: entry.range, message: 'Touching the script will not reload the application.' });
  },
};
