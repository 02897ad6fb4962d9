import { entriesOf } from '../../configuration/configuration';
import type { ConfigWord, Entry } from '../../configuration/entries';
import { numberOption, sizeOf } from '../../mounts/groups';
import { effective } from '../../mounts/sections';
import { GROUPS, MOUNTS } from '../about';
import type { Rule } from '../rule';
import { describeMount, insertAbove, isOff, isOn, mountPlace } from './common';

export const debugMultiprocess: Rule = {
  id: 'debug-profile-multiprocess',
  severity: 'warning',
  summary: 'Breakpoints are per process; a configuration for debugging uses one.',
  about: GROUPS,
  part({ part, profile }, report) {
    if (profile !== 'debug') return;
    for (const group of part.groups) {
      const { processes } = sizeOf(group);
      const word = group.entry.options.get('processes')?.value;
      if (word && processes > 0)
        report({
          at: word,
          message:
            'Breakpoints are per process; use one process (no `processes=` option) so that every request reaches the debugged one.',
        });
    }
  },
};

const KILLING = [
  'request-timeout',
  'inactivity-timeout',
  'cpu-time-limit',
  'restart-interval',
  'maximum-requests',
] as const;

/** Shorter waits than this end a session at a breakpoint. */
const PATIENCE = 600;

export const timeoutsKill: Rule = {
  id: 'timeouts-kill-debug-session',
  severity: 'warning',
  summary: 'A limit would end the request or the process at a breakpoint.',
  site({ site, profile }, report) {
    if (profile !== 'debug') return;
    const message = (name: string, word: ConfigWord): string =>
      `\`${name}=${word.value}\` will end the request or the process while you are at a breakpoint.`;
    const unset = site.groups.some(({ entry }) => !entry.options.has('socket-timeout'));
    for (const group of site.groups) {
      for (const name of KILLING) {
        const word = group.entry.options.get(name)?.value;
        if (word && (numberOption(group, name) ?? 0) > 0) report({ at: word, message: message(name, word) });
      }
      const proxy = group.entry.options.get('socket-timeout')?.value;
      if (proxy && Number(proxy.value) < PATIENCE)
        report({ at: proxy, message: message('socket-timeout', proxy) });
    }
    const timeout = entriesOf(site.configuration, 'Timeout').at(-1)?.words[0];
    if (unset && timeout && Number(timeout.value) < PATIENCE)
      report({ at: timeout, message: message('Timeout', timeout) });
  },
};

export const coverageMultiprocess: Rule = {
  id: 'coverage-multiprocess',
  severity: 'information',
  summary: 'Several processes write coverage or profile data over each other.',
  about: GROUPS,
  part({ part, profile }, report) {
    if (profile !== 'coverage') return;
    for (const group of part.groups) {
      const word = group.entry.options.get('processes')?.value;
      if (word && sizeOf(group).processes > 1)
        report({ at: word, message: 'Each process writes its own data; one overwrites the other.' });
    }
  },
};

/** -1, 0 or 1: which of two dotted versions is earlier. */
const compareVersions = (a: string, b: string): number => {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
};

const isVersion = (text: string | undefined): text is string =>
  text !== undefined && /^\d+(?:\.\d+)*$/.test(text);

export const optionTooNew: Rule = {
  id: 'daemon-option-too-new',
  severity: 'error',
  summary: 'The option or directive is newer than the mod_wsgi of the server.',
  part({ part, version }, report) {
    if (version === undefined) return;
    const tooNew = (name: string, since: string): string =>
      `\`${name}\` needs mod_wsgi ${since}; this server has ${version}.`;
    for (const entry of part.part.all) {
      const since = entry.directive?.wsgi?.since;
      if (isVersion(since) && compareVersions(since, version) > 0)
        report({ at: entry.nameRange, message: tooNew(entry.name, since) });
      for (const { name, value } of entry.options.values()) {
        const optionSince = entry.directive?.options?.byName.get(name)?.since;
        if (isVersion(optionSince) && compareVersions(optionSince, version) > 0)
          report({ at: value, message: tooNew(name, optionSince) });
      }
    }
  },
};

export const reloadingOff600: Rule = {
  id: 'script-reloading-off-600',
  severity: 'error',
  summary: 'mod_wsgi 6.0.0 to 6.0.4 can truncate request bodies when reloading is off.',
  about: MOUNTS,
  part({ part, site, version }, report) {
    if (version === undefined || !/^6\.0\.[0-4]$/.test(version)) return;
    for (const { daemon, sections, host } of part.mounts) {
      const entry = effective('wsgiscriptreloading', sections, site.server, host);
      if (daemon && isOff(entry) && entry && !numberOption(daemon, 'queue-timeout'))
        report({
          at: entry.range,
          message: 'Request bodies can be truncated with this combination before 6.0.5.',
          related: [{ at: daemon.nameWord, message: 'a `queue-timeout=` here avoids it' }],
        });
    }
  },
};

const moduleFile = (entries: readonly Entry[]): string | undefined =>
  entries.find(({ words }) => words[0]?.value === 'wsgi_module')?.words[1]?.value;

export const freeThreadingUnsupported: Rule = {
  id: 'free-threading-unsupported',
  severity: 'warning',
  summary: 'The Python of mod_wsgi is no free-threaded build.',
  site({ site: { configuration } }, report) {
    const [, build] =
      /py(?:thon)?-?\d\.?\d+(t?)(?=[.\-_]|$)/.exec(
        moduleFile(entriesOf(configuration, 'LoadModule')) ?? '',
      ) ?? [];
    if (build !== '') return;
    for (const entry of entriesOf(configuration, 'WSGIFreeThreading'))
      if (isOn(entry))
        report({
          at: entry.range,
          message: 'This Python is not a free-threaded build; the directive has no effect.',
        });
  },
};

export const chunkedOff: Rule = {
  id: 'chunked-request-off',
  severity: 'hint',
  summary: 'A mount for uploads refuses chunked requests.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const mount of part.mounts) {
      if (!/upload/i.test(mount.url?.value ?? '')) continue;
      if (isOn(effective('wsgichunkedrequest', mount.sections, site.server, mount.host))) continue;
      report({
        at: mountPlace(mount),
        message: `Chunked uploads to \`${describeMount(mount)}\` are refused here with 411 (\`WSGI0139\`).`,
        fixes: insertAbove(site, mount.entry, ['WSGIChunkedRequest On']),
      });
    }
  },
};

const normalized = (locale: string): string =>
  locale.replace(/\.([^@]+)/, (_, codeset: string) => `.${codeset.toLowerCase().replace(/[^a-z0-9]/g, '')}`);

const ALWAYS_THERE: ReadonlySet<string> = new Set(['C', 'POSIX', 'C.utf8']);

const LOCALES = '/usr/lib/locale';

export const localeNotInstalled: Rule = {
  id: 'locale-not-installed',
  severity: 'warning',
  summary: 'The locale of a group is not installed.',
  needs: 'machine',
  about: GROUPS,
  part({ part, machine }, report) {
    const folders = machine?.list(LOCALES);
    if (!machine || !folders) return;
    const archive = machine.read(`${LOCALES}/locale-archive`);
    // An archive that is too large to read may hold any locale.
    if (archive === undefined && folders.includes('locale-archive')) return;
    for (const { entry } of part.groups)
      for (const name of ['lang', 'locale']) {
        const word = entry.options.get(name)?.value;
        if (!word?.known || word.value === '') continue;
        const wanted = normalized(word.value);
        const there =
          ALWAYS_THERE.has(wanted) ||
          folders.some((folder) => normalized(folder) === wanted) ||
          archive?.includes(`\0${wanted}\0`);
        if (!there)
          report({
            at: word,
            message: `Locale \`${word.value}\` is not installed: the process falls back to C with only a log line.`,
            fixes: [{ title: 'Use `C.UTF-8`', edits: [{ at: word, text: 'C.UTF-8' }] }],
          });
      }
  },
};
