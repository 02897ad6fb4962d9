import { entriesOf } from '../../configuration/configuration';
import type { Entry } from '../../configuration/entries';
import type { Mount } from '../../mounts/mounts';
import { effective } from '../../mounts/sections';
import type { Site, SitePart } from '../../mounts/site';
import { MOUNTS } from '../about';
import type { Rule } from '../rule';
import { appendWords, isOn, mountPlace, scriptOf } from './common';

export const notGlobal: Rule = {
  id: 'application-group-not-global',
  severity: 'hint',
  summary: 'The application runs in a sub interpreter, which many packages with C code do not support.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const mount of part.mounts) {
      const { value, known } = mount.applicationGroup;
      if (!known || value === '%{GLOBAL}' || value === '') continue;
      const alone = site.usersOf(mount.daemon) === 1;
      report({
        at: mount.applicationGroup.word ?? mountPlace(mount),
        message:
          'This application runs in a sub interpreter; packages with C code (numpy, lxml, cryptography and others) are known to hang, crash or refuse to import there.',
        ...(alone &&
          mount.kind !== 'handler' &&
          !mount.applicationGroup.word && { fixes: appendWords(mount.entry, 'application-group=%{GLOBAL}') }),
      });
    }
  },
};

export const sharedInterpreter: Rule = {
  id: 'two-apps-share-interpreter',
  severity: 'warning',
  summary: 'Two applications run in one interpreter.',
  site({ site }, report) {
    const first = new Map<string, Mount>();
    for (const mount of site.mounts) {
      const script = scriptOf(mount);
      const { value, known } = mount.applicationGroup;
      // %{RESOURCE} and the like differ from mount to mount or from host to host.
      if (script === undefined || !known || !mount.processGroup.known) continue;
      if (/^%\{(?!GLOBAL\})/.test(value) || mount.processGroup.value.startsWith('%{')) continue;
      const key = `${mount.processGroup.value}\n${value === '%{GLOBAL}' ? '' : value}`;
      const earlier = first.get(key);
      if (!earlier) {
        first.set(key, mount);
        continue;
      }
      if (scriptOf(earlier) === script) continue;
      const group = mount.processGroup.value || 'embedded mode';
      report({
        at: mount.script ?? mountPlace(mount),
        message: `\`${scriptOf(earlier)}\` and \`${script}\` share one interpreter in group \`${group}\` (one \`sys.modules\`, one set of settings).`,
        related: [{ at: earlier.script ?? mountPlace(earlier), message: 'the other application' }],
      });
    }
  },
};

const HOST = '%{HOST}';

/** The place that says `%{HOST}` for a mount's interpreter. */
const hostLabelled = ({ mounts }: SitePart): readonly Mount[] =>
  mounts.filter(({ applicationGroup }) => applicationGroup.value === HOST);

export const hostLabelOutside: Rule = {
  id: 'host-label-outside-vhost',
  severity: 'warning',
  summary: '%{HOST} where any Host header is accepted creates interpreters without limit.',
  about: MOUNTS,
  part({ part, site }, report) {
    if (usesVhostAlias(site)) return;
    for (const mount of hostLabelled(part)) {
      if (mount.host.entry !== undefined && mount.host.serverName) continue;
      report({
        at: mount.applicationGroup.word ?? mountPlace(mount),
        message:
          'Clients choose the Host header: each new name creates another interpreter in every process until memory runs out.',
      });
    }
  },
};

export const hostLabelWildcard: Rule = {
  id: 'host-label-wildcard-alias',
  severity: 'warning',
  summary: '%{HOST} together with a wildcard in ServerAlias lets clients invent interpreters.',
  about: MOUNTS,
  part({ part }, report) {
    for (const mount of hostLabelled(part)) {
      const open = mount.host.aliases.find(({ value }) => /[*?]/.test(value));
      if (open)
        report({
          at: mount.applicationGroup.word ?? mountPlace(mount),
          message: `\`ServerAlias ${open.value}\` lets clients invent names; \`%{HOST}\` would create an interpreter for each.`,
          related: [{ at: open, message: 'the wildcard' }],
        });
    }
  },
};

const VHOST_ALIAS = ['VirtualDocumentRoot', 'VirtualScriptAlias'] as const;

const usesVhostAlias = ({ configuration }: Site): boolean =>
  VHOST_ALIAS.some((name) => entriesOf(configuration, name).length > 0);

export const hostLabelVhostAlias: Rule = {
  id: 'host-label-vhost-alias',
  severity: 'warning',
  summary: 'mod_vhost_alias accepts every Host value; %{HOST} would create an interpreter for each.',
  site({ site }, report) {
    if (!usesVhostAlias(site)) return;
    const guarded = entriesOf(site.configuration, 'RewriteCond').some(({ words }) =>
      /^!?-d$/.test(words[1]?.value ?? ''),
    );
    if (guarded) return;
    for (const entry of entriesOf(site.configuration, 'WSGIApplicationGroup')) {
      const word = entry.words[0];
      if (word?.value === HOST)
        report({
          at: word,
          message:
            'mod_vhost_alias accepts every Host value; restrict to existing directories before keying interpreters on it.',
        });
    }
  },
};

export const implicitGroup: Rule = {
  id: 'implicit-application-group',
  severity: 'information',
  summary: 'The default interpreter name contains the port of the client.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const mount of part.mounts) {
      const { entry, host, applicationGroup } = mount;
      if (applicationGroup.entry || host.entry === undefined || !host.serverName) continue;
      if (isOn(effective('usecanonicalname', [], site.server, host))) continue;
      report({
        at: mountPlace(mount),
        message: `The default interpreter name contains the port of the client's Host header: \`Host: ${host.serverName.value}:1111\` creates another interpreter and loads the application again.`,
        ...(mount.kind !== 'handler' && { fixes: appendWords(entry, 'application-group=%{GLOBAL}') }),
      });
    }
  },
};

const selector = (entry: Entry, name: string): string | undefined =>
  entry.parent?.key === '<wsgiinterpreteroptions'
    ? entry.parent.words.find(({ value }) => value.startsWith(`${name}=`))?.value.slice(name.length + 1)
    : undefined;

export const perInterpreterGil: Rule = {
  id: 'per-interpreter-gil-unsupported',
  severity: 'warning',
  summary: 'WSGIPerInterpreterGIL has no effect here.',
  site({ site: { configuration } }, report) {
    const free = entriesOf(configuration, 'WSGIFreeThreading').find(isOn);
    for (const entry of entriesOf(configuration, 'WSGIPerInterpreterGIL')) {
      if (!isOn(entry)) continue;
      const main = selector(entry, 'application-group') === '%{GLOBAL}';
      const reason = main
        ? 'the main interpreter always uses the main GIL'
        : free && selector(free, 'process-group') === selector(entry, 'process-group')
          ? '`WSGIFreeThreading` switches the GIL off for the same processes'
          : undefined;
      if (reason !== undefined)
        report({ at: entry.range, message: `\`WSGIPerInterpreterGIL\` has no effect: ${reason}.` });
    }
  },
};

export const freeThreadingScope: Rule = {
  id: 'free-threading-in-application-group',
  severity: 'warning',
  summary: 'A setting of the whole process stands in a section for one interpreter.',
  site({ site: { configuration } }, report) {
    const gil = entriesOf(configuration, 'WSGIPerInterpreterGIL').some(isOn);
    const entries = [
      ...entriesOf(configuration, 'WSGIFreeThreading'),
      ...(gil ? [] : entriesOf(configuration, 'WSGISwitchInterval')),
    ];
    for (const entry of entries)
      if (selector(entry, 'application-group') !== undefined)
        report({ at: entry.range, message: 'This setting is process-wide and is ignored here.' });
  },
};
