import { entriesOf } from '../../configuration/configuration';
import { type Entry, placeOf } from '../../configuration/entries';
import { accessFor } from '../../mounts/access';
import { type Host, hostAround } from '../../mounts/hosts';
import type { Mount } from '../../mounts/mounts';
import { folderOf, patternOf, sectionsFor } from '../../mounts/sections';
import { GROUPS, MOUNTS } from '../about';
import type { Rule } from '../rule';
import { conversionFix, OLD_DIRECTIVES } from './access-conversion';
import { insertAbove, replaceWord, scriptOf } from './common';

export const notGranted: Rule = {
  id: 'script-dir-not-granted',
  severity: 'error',
  summary: 'Nothing grants access to the script: every request is refused.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const mount of part.mounts) {
      const path = scriptOf(mount);
      if (path === undefined || mount.access.verdict !== 'denied') continue;
      const { section, entry } = mount.access;
      report({
        at: mount.script ?? mount.entry.range,
        message: `Nothing grants access to \`${path}\`: 403 (AH01630) for every request.`,
        ...(entry && section && { related: [{ at: entry.range, message: 'this denies access' }] }),
        fixes: insertAbove(site, mount.entry, [
          `<Directory ${folderOf(path)}>`,
          `    <Files ${path.slice(path.lastIndexOf('/') + 1)}>`,
          '        Require all granted',
          '    </Files>',
          '</Directory>',
        ]),
      });
    }
  },
};

const grants = (section: Entry): boolean => accessFor([section]).verdict === 'granted';

/** True if two folders have the same parent, or one is in the other. */
const isRelated = (given: string, wanted: string): boolean => {
  const parent = wanted.replace(/\/[^/]*$/, '');
  return (
    given !== wanted &&
    parent !== '' &&
    (given.startsWith(`${wanted}/`) || given.replace(/\/[^/]*$/, '') === parent)
  );
};

export const grantElsewhere: Rule = {
  id: 'script-grant-other-directory',
  severity: 'warning',
  summary: 'Access is granted to another folder or file than that of the script.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const mount of part.mounts) {
      const path = scriptOf(mount);
      if (path === undefined || !['unset', 'denied'].includes(mount.access.verdict)) continue;
      for (const section of [...site.server.sections, ...mount.host.sections]) {
        if (!grantsOther(section, mount, path) || isOfAlias(section, [site.server, mount.host])) continue;
        report({
          at: section.words[0] ?? section.nameRange,
          message: `This grant covers \`${patternOf(section)}\`, but the script is \`${path}\`.`,
          related: [{ at: mount.script ?? mount.entry.range, message: 'the script' }],
        });
      }
    }
  },
};

const grantsOther = (section: Entry, { sections }: Mount, path: string): boolean => {
  if (sections.includes(section) || !section.words.every(({ known }) => known)) return false;
  const pattern = patternOf(section).replace(/(.)\/$/, '$1');
  // A section of the script itself has a rule of its own.
  if (section.key === '<directory' && grants(section) && !/[*?~]/.test(pattern) && pattern !== path)
    return isRelated(pattern, folderOf(path));
  return section.key === '<files' && grants(section) && /\.(?:wsgi|py)$/.test(pattern);
};

/** Whether a section is there for the files of an `Alias`. */
const isOfAlias = (section: Entry, hosts: readonly Host[]): boolean => {
  const folder = patternOf(section).replace(/\/*$/, '/');
  return hosts
    .flatMap((host) => host.ownOf('alias'))
    .some(({ words: [, target] }) => target && folder.startsWith(target.value.replace(/\/*$/, '/')));
};

export const staticNotGranted: Rule = {
  id: 'static-dir-not-granted',
  severity: 'warning',
  summary: 'Nothing grants access to the files of an Alias.',
  about: ['Alias'],
  part({ part, site }, report) {
    for (const entry of part.of('Alias')) {
      const [url, target] = entry.words;
      const host = hostAround(site, entry);
      if (!url || !target?.known || !target.value.startsWith('/') || !host) continue;
      const file = `${target.value.replace(/\/$/, '')}/x`;
      const access = accessFor(sectionsFor({ file, url: `${url.value.replace(/\/$/, '')}/x` }, site, host));
      if (access.verdict !== 'denied') continue;
      report({
        at: target,
        message: `Files under \`${url.value}\` will be refused (403): nothing grants access to ${target.value}.`,
        ...(access.entry && { related: [{ at: access.entry.range, message: 'this denies access' }] }),
        fixes: insertAbove(site, entry, [
          `<Directory ${target.value.replace(/(.)\/$/, '$1')}>`,
          '    Require all granted',
          '</Directory>',
        ]),
      });
    }
  },
};

/** The other way round nothing is wrong: httpd 2.4.71 was seen to find the files, and to answer no other URL. */
export const aliasSlashMismatch: Rule = {
  id: 'alias-slash-mismatch',
  severity: 'warning',
  summary: 'The URL path of an Alias ends with a slash, and its folder does not.',
  about: ['Alias'],
  part({ part }, report) {
    for (const entry of part.of('Alias')) {
      const [url, target] = entry.words;
      if (!url?.known || !target?.known || url.value === '/') continue;
      if (!url.value.endsWith('/') || target.value.endsWith('/')) continue;
      report({
        at: target,
        message: `\`${url.value}x\` is looked up as \`${target.value}x\`, without a slash between: end both with \`/\`, or neither.`,
        fixes: [replaceWord(target, `${target.value}/`)],
      });
    }
  },
};

export const directoryNamesFile: Rule = {
  id: 'directory-names-a-file',
  severity: 'warning',
  summary: '<Directory> names a file.',
  about: ['<Directory'],
  part({ part, machine }, report) {
    for (const section of part.of('<Directory')) {
      const word = section.words[0];
      if (!word?.known || word.value === '~') continue;
      if (
        /\.(?:wsgi|py)$/.test(word.value)
          ? machine?.kind(word.value) !== 'folder'
          : machine?.kind(word.value) === 'file'
      )
        report({ at: word, message: '`<Directory>` never matches a file.' });
    }
  },
};

export const directoryNotAbsolute: Rule = {
  id: 'directory-not-absolute',
  severity: 'error',
  summary: 'The path of <Directory> is relative.',
  about: ['<Directory'],
  part({ part }, report) {
    for (const { words } of part.of('<Directory')) {
      const [word] = words;
      if (word?.known && !/^(?:~|[/*?[^]|[A-Za-z]:|proxy:|["“‘«]|$)/.test(word.value))
        report({ at: word, message: `\`${word.value}\` is relative and will match nothing useful.` });
    }
  },
};

const REGEX_SYNTAX = /\.[*+]|\(|\[\^|\||.\$$|^\^/;

const WILDCARD_SECTIONS = ['<Directory', '<Location', '<Files'];

export const regexWithoutTilde: Rule = {
  id: 'directory-regex-without-tilde',
  severity: 'warning',
  summary: 'A regular expression where Apache expects a shell wildcard.',
  about: WILDCARD_SECTIONS,
  part({ part }, report) {
    for (const name of WILDCARD_SECTIONS)
      for (const section of part.of(name)) {
        const word = section.words[0];
        if (!word?.known || word.value === '~' || !REGEX_SYNTAX.test(word.value)) continue;
        const at = { ...placeOf(word), end: word.start };
        report({
          at: word,
          message:
            'Without `~` this is a shell wildcard, not a regular expression: `.*` means a dot and anything.',
          fixes: section.fromMacro ? [] : [{ title: 'Insert `~`', edits: [{ at, text: '~ ' }] }],
        });
      }
  },
};

export const apache22: Rule = {
  id: 'apache22-access-control',
  severity: 'warning',
  summary: 'Access control of Apache 2.2.',
  tags: ['deprecated'],
  about: OLD_DIRECTIVES,
  part({ part, site: { configuration } }, report) {
    const compatible = entriesOf(configuration, 'LoadModule').some(
      ({ words }) => words[0]?.value === 'access_compat_module',
    );
    for (const entry of OLD_DIRECTIVES.flatMap((name) => part.of(name))) {
      const section = entry.parent;
      if (!section || section.children.some(({ key }) => key === 'require') || !entry.certain) continue;
      const condition = compatible
        ? 'it does not grant access in the sense of 2.4'
        : 'Apache 2.4 starts with it only if `access_compat_module` is loaded';
      const text = configuration.files.get(section.range.file)?.analysis.tree.text ?? '';
      const fix = conversionFix(section, text);
      report({
        at: entry.range,
        message: `2.2 access control; ${condition}.`,
        ...(fix && { fixes: [fix] }),
      });
    }
  },
};

const COMPATIBLE = ['Order', 'Allow', 'Deny'];

export const mixedAccess: Rule = {
  id: 'mixed-access-control',
  severity: 'warning',
  summary: 'Require and Order/Allow/Deny stand in one section.',
  about: COMPATIBLE,
  part({ part }, report) {
    for (const entry of COMPATIBLE.flatMap((name) => part.of(name))) {
      const require = entry.parent?.children.find(({ key }) =>
        /^(?:<?require|<requireall|<requireany)/.test(key),
      );
      if (require?.certain && entry.certain)
        report({
          at: entry.range,
          message: `\`${entry.name}\` of Apache 2.2 and \`Require\` of 2.4 stand in one section: both must let a request in, and a \`Deny\` that is left keeps the 403 (AH01797).`,
          related: [{ at: require.range, message: 'the access control of 2.4' }],
        });
    }
  },
};

const ROOT_OPTIONS = ['home', 'python-home', 'python-path', 'python-eggs'] as const;

const isUnderRoot = (value: string): boolean => value.split(':').some((path) => /^\/root(?:\/|$)/.test(path));

export const underRootHome: Rule = {
  id: 'path-under-root-home',
  severity: 'warning',
  summary: 'A path below /root, which no other user may enter.',
  about: [...MOUNTS, ...GROUPS, 'WSGIPythonHome', 'WSGIPythonPath'],
  part({ part }, report) {
    const words = [
      ...part.mounts.flatMap(({ script }) => script ?? []),
      ...part.groups.flatMap(({ entry }) =>
        ROOT_OPTIONS.flatMap((name) => entry.options.get(name)?.value ?? []),
      ),
      ...['WSGIPythonHome', 'WSGIPythonPath'].flatMap((name) =>
        part.of(name).flatMap((entry) => entry.words[0] ?? []),
      ),
    ];
    for (const word of words)
      if (isUnderRoot(word.value))
        report({ at: word, message: '`/root` is not accessible to daemon users.' });
  },
};
