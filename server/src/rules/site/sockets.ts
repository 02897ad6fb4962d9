import { entriesOf } from '../../configuration/configuration';
import { numberOption } from '../../mounts/groups';
import type { SitePart } from '../../mounts/site';
import { accountsOf } from '../accounts';
import { deniedFolder } from '../permissions';
import type { Rule } from '../rule';
import { insertAbove, isOff, replaceWord } from './common';

const PREFIX = ['WSGISocketPrefix'];

const prefixes = (part: SitePart) =>
  part.of('WSGISocketPrefix').flatMap(({ words }) => (words[0]?.known ? [words[0]] : []));

export const prefixMissing: Rule = {
  id: 'socket-prefix-missing-on-restricted-platform',
  severity: 'warning',
  summary: 'On Red Hat systems the sockets of daemon groups need WSGISocketPrefix.',
  needs: 'root',
  site({ site }, report) {
    const { configuration, groups } = site;
    const [group] = groups;
    if (!group || entriesOf(configuration, 'WSGISocketPrefix').length > 0) return;
    if (!/^\/etc\/httpd$/.test(configuration.serverRoot)) return;
    report({
      at: group.nameWord,
      message: `The daemon sockets would be created in \`${configuration.serverRoot}/logs\`, which Apache's workers may not enter: 503 for every request.`,
      fixes: insertAbove(site, group.host.entry ?? group.entry, ['WSGISocketPrefix /var/run/wsgi']),
    });
  },
};

export const prefixInaccessible: Rule = {
  id: 'socket-prefix-dir-inaccessible',
  severity: 'error',
  summary: 'The folder of the sockets does not exist or cannot be entered.',
  needs: 'machine',
  about: PREFIX,
  part({ part, site, machine }, report) {
    if (!machine) return;
    const name = entriesOf(site.configuration, 'User').at(-1)?.words[0]?.value;
    const account = name === undefined ? undefined : accountsOf(machine).users.get(name);
    for (const word of prefixes(part)) {
      const path = word.value.startsWith('/') ? word.value : `${site.configuration.serverRoot}/${word.value}`;
      const folder = path.replace(/\/[^/]*$/, '');
      const denied = account && deniedFolder(machine, folder, account);
      if (machine.kind(folder) !== 'folder')
        report({ at: word, message: `\`${folder}\` does not exist: 503.` });
      else if (denied) report({ at: word, message: `\`${denied}\` cannot be entered by ${name}: 503.` });
    }
  },
};

export const prefixInTmp: Rule = {
  id: 'socket-prefix-in-tmp',
  severity: 'warning',
  summary: 'Sockets in a folder that everybody may write to.',
  about: PREFIX,
  part({ part }, report) {
    for (const word of prefixes(part))
      if (/^\/(?:tmp|var\/tmp|dev\/shm)\//.test(word.value))
        report({
          at: word,
          message: 'Sockets in a world-writable directory can be replaced by other users.',
          fixes: [replaceWord(word, '/var/run/wsgi')],
        });
  },
};

/** What a socket address holds on Linux, and what mod_wsgi appends to the prefix. */
const LONGEST_ADDRESS = 107;
const SUFFIX = 24;

export const pathTooLong: Rule = {
  id: 'socket-path-too-long',
  severity: 'warning',
  summary: 'The path of the sockets may exceed the limit of the system.',
  about: PREFIX,
  part({ part }, report) {
    for (const word of prefixes(part))
      if (Buffer.byteLength(word.value) + SUFFIX > LONGEST_ADDRESS)
        report({ at: word, message: 'The socket path may exceed the system limit.' });
  },
};

export const rotationKeepalive: Rule = {
  id: 'socket-rotation-keepalive',
  severity: 'hint',
  summary: 'After a graceful restart old workers look for sockets that are gone.',
  site({ site }, report) {
    const { configuration, groups } = site;
    const [group] = groups;
    const rotation = entriesOf(configuration, 'WSGISocketRotation').at(-1);
    if (!group || (rotation && isOff(rotation))) return;
    const keepAlive = entriesOf(configuration, 'KeepAliveTimeout').at(-1)?.words[0];
    const long = groups.find((candidate) => (numberOption(candidate, 'request-timeout') ?? 0) > 60);
    const at =
      keepAlive && Number(keepAlive.value) > 5
        ? keepAlive
        : long?.entry.options.get('request-timeout')?.value;
    if (!at) return;
    report({
      at,
      message:
        'After a graceful restart (log rotation!) old workers look for the old socket name: short bursts of 503.',
      fixes: insertAbove(site, group.host.entry ?? group.entry, ['WSGISocketRotation Off']),
    });
  },
};
