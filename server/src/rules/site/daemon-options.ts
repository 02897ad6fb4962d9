import { entriesOf } from '../../configuration/configuration';
import { type DaemonGroup, numberOption, sizeOf } from '../../mounts/groups';
import type { Site, SitePart } from '../../mounts/site';
import { GROUPS, MOUNTS } from '../about';
import { accountsOf } from '../accounts';
import type { Rule } from '../rule';
import { appendWords, mountPlace, removeLine, scriptOf } from './common';

/** The groups of a part in which something runs. */
const usedGroups = ({ groups }: SitePart, site: Site): readonly DaemonGroup[] =>
  groups.filter((group) => site.usersOf(group) > 0);

export const duplicateAcrossFiles: Rule = {
  id: 'duplicate-daemon-process',
  severity: 'error',
  summary: 'Two daemon groups have one name.',
  about: GROUPS,
  part({ part, site }, report) {
    for (const group of part.groups) {
      const earlier = site.groupsByName.get(group.name)?.find(({ entry }) => entry.certain);
      if (!group.entry.certain || !earlier || earlier === group) continue;
      // Two in one file are found without the configuration around it.
      if (earlier.entry.range.file === group.entry.range.file && !group.entry.fromMacro) continue;
      report({
        at: group.nameWord,
        message: `Daemon group \`${group.name}\` is already declared at ${earlier.entry.range.file}:${earlier.entry.line}; names are unique per server.`,
        related: [{ at: earlier.nameWord, message: 'declared here first' }],
        fixes: removeLine(site, group.entry),
      });
    }
  },
};

export const threadsExcessive: Rule = {
  id: 'threads-excessive',
  severity: 'warning',
  summary: 'More threads than one Python process can use.',
  about: GROUPS,
  part({ part }, report) {
    for (const group of part.groups) {
      const { threads, processes } = sizeOf(group);
      const word = group.entry.options.get('threads')?.value;
      if (word && (threads > 50 || threads * processes > 300))
        report({
          at: word,
          message: `${threads} threads per process: contention for the GIL usually makes this slower; CPU-bound code wants 3-5.`,
          fixes: [{ title: 'Use `threads=5`', edits: [{ at: word, text: '5' }] }],
        });
    }
  },
};

export const serviceDaemonMounted: Rule = {
  id: 'service-daemon-mounted',
  severity: 'error',
  summary: 'A group without threads is to answer requests.',
  about: MOUNTS,
  part({ part }, report) {
    for (const mount of part.mounts)
      if (mount.daemon && numberOption(mount.daemon, 'threads') === 0)
        report({
          at: mountPlace(mount),
          message: `Group \`${mount.daemon.name}\` is a service group (threads=0) and never answers requests: they hang.`,
          related: [{ at: mount.daemon.nameWord, message: 'declared here' }],
        });
  },
};

const WATCHED_TIMEOUTS = [
  'request-timeout',
  'socket-timeout',
  'queue-timeout',
  'inactivity-timeout',
] as const;

export const timeoutExcessive: Rule = {
  id: 'timeout-excessive',
  severity: 'warning',
  summary: 'A timeout of more than ten minutes.',
  about: [...GROUPS, 'Timeout'],
  part({ part, site }, report) {
    const words = [
      ...part.groups.flatMap(({ entry }) =>
        WATCHED_TIMEOUTS.flatMap((name) => entry.options.get(name)?.value ?? []),
      ),
      ...part.of('Timeout').flatMap(({ words }) => (site.mounts.length > 0 ? (words[0] ?? []) : [])),
    ];
    for (const word of words)
      if (/^\d+$/.test(word.value) && Number(word.value) > 600)
        report({
          at: word,
          message: `${word.value} s: a few stuck requests can occupy every thread for that long.`,
        });
  },
};

const RECOVERY = ['request-timeout', 'queue-timeout', 'startup-timeout'] as const;

export const requestTimeoutUnset: Rule = {
  id: 'request-timeout-unset',
  severity: 'hint',
  summary: 'A group has none of the timeouts that free it from wedged requests.',
  about: GROUPS,
  part({ part, site }, report) {
    for (const { entry, nameWord } of usedGroups(part, site))
      if (RECOVERY.every((name) => !entry.options.has(name)))
        report({
          at: nameWord,
          message:
            'No recovery timeouts: a wedged request blocks its thread forever. mod_wsgi keeps these off by default for compatibility.',
          fixes: appendWords(
            entry,
            'queue-timeout=45 socket-timeout=60 connect-timeout=15 request-timeout=60 startup-timeout=15 deadlock-timeout=60 graceful-timeout=15',
          ),
        });
  },
};

export const displayNameMissing: Rule = {
  id: 'display-name-missing',
  severity: 'hint',
  summary: 'Without display-name the processes of the group look like Apache.',
  about: GROUPS,
  part({ part, site }, report) {
    for (const { entry, nameWord } of usedGroups(part, site))
      if (!entry.options.has('display-name'))
        report({
          at: nameWord,
          message:
            "Without `display-name=%{GROUP}` the daemon cannot be told from Apache's own processes in ps (and by debug/attach tools).",
          fixes: appendWords(entry, 'display-name=%{GROUP}'),
        });
  },
};

export const multiprocessFlag: Rule = {
  id: 'multiprocess-flag',
  severity: 'information',
  summary: 'processes=1 tells the application that there are several processes.',
  about: GROUPS,
  part({ part }, report) {
    for (const { entry } of part.groups) {
      const word = entry.options.get('processes')?.value;
      if (word?.value === '1')
        report({
          at: word,
          message:
            '`processes=1` sets `wsgi.multiprocess` to True; leave the option out for a single process that also says so.',
        });
    }
  },
};

export const localeUnset: Rule = {
  id: 'locale-unset',
  severity: 'hint',
  summary: 'A group names no locale; the one of the service is often C.',
  about: GROUPS,
  part({ part, site }, report) {
    for (const { entry, nameWord } of usedGroups(part, site))
      if (!entry.options.has('lang') && !entry.options.has('locale'))
        report({
          at: nameWord,
          message:
            'Apache often starts with the C locale; on Python < 3.7 or with older mod_wsgi, non-ASCII file names then fail.',
          fixes: appendWords(entry, 'lang=C.UTF-8 locale=C.UTF-8'),
        });
  },
};

export const homeMissing: Rule = {
  id: 'home-missing',
  severity: 'error',
  summary: 'The working directory of a group does not exist.',
  needs: 'machine',
  about: GROUPS,
  part({ part, machine }, report) {
    for (const { entry } of machine ? part.groups : []) {
      const word = entry.options.get('home')?.value;
      if (word?.known && word.value.startsWith('/') && machine?.kind(word.value) !== 'folder')
        report({
          at: word,
          message: `The daemon cannot change to \`${word.value}\`: since 4.4.0 this is fatal, the process exits and requests hang until \`connect-timeout\`.`,
        });
    }
  },
};

export const userHomeMissing: Rule = {
  id: 'user-home-missing',
  severity: 'error',
  summary: 'Without home= the daemon goes to a home directory that does not exist.',
  needs: 'machine',
  site({ site, machine }, report) {
    if (!machine) return;
    const serverUser = entriesOf(site.configuration, 'User').at(-1)?.words[0]?.value;
    const users = accountsOf(machine).users;
    for (const { entry } of site.groups) {
      const user = entry.options.get('user')?.value;
      const account = user && users.get(user.value);
      if (!account || user.value === serverUser || entry.options.has('home')) continue;
      if (machine.kind(account.home) !== 'folder')
        report({
          at: user,
          message: `No \`home=\`: the daemon will try \`${account.home}\`, which does not exist, and exit.`,
          fixes: homeFixes(site, entry),
        });
    }
  },
};

const homeFixes = (site: Site, entry: DaemonGroup['entry']) => {
  const script = site.mounts
    .filter(({ daemon }) => daemon?.entry === entry)
    .map(scriptOf)
    .find(Boolean);
  return script === undefined ? [] : appendWords(entry, `home=${script.replace(/\/[^/]*$/, '')}`);
};

const ACCOUNT_OPTIONS = [
  ['user', 'users'],
  ['script-user', 'users'],
  ['socket-user', 'users'],
  ['group', 'groups'],
] as const;

export const daemonUserUnknown: Rule = {
  id: 'daemon-user-unknown',
  severity: 'error',
  summary: 'The user or group of a daemon group does not exist.',
  needs: 'machine',
  about: GROUPS,
  part({ part, machine }, report) {
    if (!machine) return;
    const accounts = accountsOf(machine);
    if (accounts.users.size === 0) return;
    for (const { entry } of part.groups)
      for (const [option, kind] of ACCOUNT_OPTIONS) {
        const word = entry.options.get(option)?.value;
        if (!word?.known || word.value.startsWith('#') || accounts[kind].has(word.value)) continue;
        report({
          at: word,
          message: `No such ${kind === 'users' ? 'user' : 'group'}: \`${word.value}\`; Apache will not start.`,
        });
      }
  },
};

export const daemonUserIgnored: Rule = {
  id: 'daemon-user-ignored',
  severity: 'information',
  summary: 'user= counts only where root starts Apache.',
  needs: 'root',
  about: GROUPS,
  part({ part, site: { configuration } }, report) {
    const ports = entriesOf(configuration, 'Listen').map(
      ({ words }) => /(\d+)$/.exec(words[0]?.value ?? '')?.[1],
    );
    const unprivileged = ports.length > 0 && ports.every((port) => Number(port ?? 0) >= 1024);
    if (!unprivileged || entriesOf(configuration, 'User').length > 0) return;
    for (const { entry } of part.groups) {
      const word = entry.options.get('user')?.value ?? entry.options.get('group')?.value;
      if (word) report({ at: word, message: '`user=` has no effect unless Apache is started as root.' });
    }
  },
};
