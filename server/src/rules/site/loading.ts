import type { Analysis } from '../../analysis';
import { entriesOf } from '../../configuration/configuration';
import type { Entry } from '../../configuration/entries';
import { note, SOURCE } from '../../configuration/reads';
import type { Site } from '../../mounts/site';
import type { Block } from '../../syntax/blocks';
import { lineOf as logicalLineOf } from '../../syntax/shift';
import { accessFileNotRead } from '../access-files';
import type { Rule } from '../rule';
import { insertAbove, isOn, lineOf, removeLine } from './common';

const loadsOfWsgi = ({ configuration }: Site): readonly Entry[] =>
  entriesOf(configuration, 'LoadModule').filter(({ words }) => words[0]?.value === 'wsgi_module');

const isWsgiCondition = ({ key, words }: Entry): boolean =>
  key === '<ifmodule' && /^(?:wsgi_module|mod_wsgi\.c)$/.test(words[0]?.value ?? '');

/** The first directive of each file that needs mod_wsgi. */
const firstUses = ({ configuration }: Site): readonly Entry[] => {
  const first = new Map<string, Entry>();
  for (const entry of configuration.all)
    if (entry.certain && entry.directive?.module === 'mod_wsgi' && !first.has(entry.range.file))
      first.set(entry.range.file, entry);
  return [...first.values()];
};

export const wsgiModuleNotLoaded: Rule = {
  id: 'wsgi-module-not-loaded',
  severity: 'error',
  summary: 'A directive of mod_wsgi is used, and nothing loads mod_wsgi.',
  needs: 'root',
  site({ site }, report) {
    if (loadsOfWsgi(site).length > 0) return;
    for (const entry of firstUses(site))
      report({
        at: entry.nameRange,
        message: `\`${entry.name}\` needs mod_wsgi, but nothing in this configuration loads \`wsgi_module\`.`,
        fixes: insertAbove(site, entry, ['LoadModule wsgi_module modules/mod_wsgi.so']),
      });
  },
};

export const ifmoduleBeforeLoadmodule: Rule = {
  id: 'ifmodule-before-loadmodule',
  severity: 'warning',
  summary: 'A block that asks for mod_wsgi is read before mod_wsgi is loaded, and is skipped.',
  site({ site }, report) {
    const [load] = loadsOfWsgi(site);
    if (!load) return;
    for (const { entry, verdict } of site.configuration.conditions)
      if (isWsgiCondition(entry) && verdict !== 'holds' && entry.order <= load.order)
        report({
          at: entry.nameRange,
          message: `mod_wsgi is loaded only in ${lineOf(load)}; this block is evaluated before that and skipped without a word.`,
          related: [{ at: load.range, message: 'mod_wsgi is loaded here' }],
        });
  },
};

export const ifmoduleHidesWsgi: Rule = {
  id: 'ifmodule-hides-wsgi',
  severity: 'information',
  summary: 'mod_wsgi is not loaded, so what stands in <IfModule wsgi_module> is skipped.',
  needs: 'root',
  site({ site }, report) {
    if (loadsOfWsgi(site).length > 0) return;
    for (const { entry } of site.configuration.conditions)
      if (isWsgiCondition(entry) && holdsApplication(site, entry))
        report({
          at: entry.nameRange,
          message: 'mod_wsgi is not loaded here, so this whole block is silently skipped.',
        });
  },
};

const holdsApplication = ({ configuration }: Site, { nameRange }: Entry): boolean =>
  configuration.files
    .get(nameRange.file)
    ?.analysis.lines.some(
      (line) =>
        line.kind === 'directive' &&
        /^WSGI(?:ScriptAlias|DaemonProcess)/i.test(line.name.value) &&
        line.sections.some(({ open }) => open.nameRange.start === nameRange.start),
    ) ?? false;

export const loadmoduleTwice: Rule = {
  id: 'loadmodule-wsgi-twice',
  severity: 'warning',
  summary: 'mod_wsgi is loaded twice; only the first counts.',
  tags: ['unnecessary'],
  site({ site }, report) {
    const [first, ...more] = loadsOfWsgi(site).filter(({ certain }) => certain);
    for (const entry of more)
      report({
        at: entry.range,
        message: `mod_wsgi is loaded twice; Apache keeps the first (\`${first?.words[1]?.value}\`) and ignores \`${entry.words[1]?.value}\`.`,
        ...(first && { related: [{ at: first.range, message: 'loaded here first' }] }),
        fixes: removeLine(site, entry),
      });
  },
};

export const loadmoduleTargetMissing: Rule = {
  id: 'loadmodule-target-missing',
  severity: 'error',
  summary: 'The file of LoadModule or LoadFile does not exist.',
  needs: 'root',
  site({ site, machine }, report) {
    if (!machine) return;
    const { configuration } = site;
    const loads = [
      ...entriesOf(configuration, 'LoadModule').map((entry) => entry.words[1]),
      ...entriesOf(configuration, 'LoadFile').flatMap(({ words }) => words),
    ];
    for (const word of loads) {
      if (!word?.known) continue;
      const path = word.value.startsWith('/') ? word.value : `${configuration.serverRoot}/${word.value}`;
      if (machine.kind(path) === undefined)
        report({ at: word, message: `\`${path}\` does not exist; Apache will not start.` });
    }
  },
};

export const loadfileAfterLoadmodule: Rule = {
  id: 'loadfile-before-loadmodule',
  severity: 'warning',
  summary: 'The Python library is loaded after mod_wsgi, which is too late.',
  site({ site }, report) {
    const [load] = loadsOfWsgi(site);
    if (!load) return;
    for (const entry of entriesOf(site.configuration, 'LoadFile')) {
      const python = entry.words.find(({ value }) => /(?:libpython|python3\d*\.dll)/i.test(value));
      if (python && entry.order > load.order)
        report({
          at: python,
          message:
            'Preload the Python library before mod_wsgi; after it, the loader has already chosen another copy (or failed).',
          related: [{ at: load.range, message: 'mod_wsgi is loaded here' }],
        });
    }
  },
};

export const directiveNoEffect: Rule = {
  id: 'directive-no-effect',
  severity: 'information',
  summary: 'The directive does nothing here.',
  tags: ['unnecessary'],
  site({ site }, report) {
    const { configuration, mounts } = site;
    for (const entry of entriesOf(configuration, 'WSGIVerboseDebugging'))
      report({
        at: entry.range,
        message:
          '`WSGIVerboseDebugging` has no effect since mod_wsgi 6: use `LogLevel info wsgi_module:debug`.',
        fixes: [
          { title: 'Use `LogLevel`', edits: [{ at: entry.range, text: 'LogLevel info wsgi_module:debug' }] },
        ],
      });
    const embedded = mounts.length > 0 && mounts.every(({ processGroup }) => processGroup.value === '');
    const daemon = mounts.length > 0 && mounts.every(({ processGroup }) => processGroup.value !== '');
    if (embedded && configuration.rooted)
      for (const entry of entriesOf(configuration, 'WSGIErrorOverride'))
        if (isOn(entry))
          report({
            at: entry.range,
            message:
              '`WSGIErrorOverride` has no effect here: it is for daemon mode, and every application is embedded.',
          });
    if (daemon)
      for (const entry of entriesOf(configuration, 'WSGIEnableSendfile'))
        if (isOn(entry))
          report({
            at: entry.range,
            message:
              '`WSGIEnableSendfile` has no effect here: it is for embedded mode, and every application has a daemon group.',
          });
  },
};

const DAEMON_ONLY: readonly string[] = [
  'WSGIDaemonProcess',
  'WSGIProcessGroup',
  'WSGISocketPrefix',
  'WSGISocketRotation',
  'WSGIAcceptMutex',
  'WSGIRestrictEmbedded',
  'WSGIRestrictProcess',
];

const DRIVE = /^[A-Za-z]:[\\/]/;

/** A word that is a path of Windows, or the value of an option. */
const DRIVE_WORD = /[\s"'=][A-Za-z]:[\\/]/;

/** The files, block by block: those that were looked at before are remembered. */
const namesDrive = ({ tree }: Analysis): boolean =>
  tree.blocks.some((block) => {
    const known = drives.get(block);
    if (known !== undefined) return known;
    const found = block.items.some(
      (item) => item.kind !== 'comment' && DRIVE_WORD.test(logicalLineOf(item).text),
    );
    drives.set(block, found);
    return found;
  });

const drives = new WeakMap<Block, boolean>();

export const daemonOnWindows: Rule = {
  id: 'daemon-directive-on-windows',
  severity: 'error',
  summary: 'Daemon mode does not exist on Windows.',
  site({ site: { configuration } }, report) {
    note(SOURCE.files);
    const windows =
      DRIVE.test(configuration.serverRoot) ||
      [...configuration.files.values()].some(({ analysis }) => namesDrive(analysis));
    if (!windows) return;
    for (const entry of DAEMON_ONLY.flatMap((name) => entriesOf(configuration, name)))
      report({ at: entry.nameRange, message: 'Daemon mode does not exist on Windows.' });
  },
};

export const fileNotIncluded: Rule = {
  id: 'config-file-not-included',
  severity: 'information',
  summary: 'Apache does not read this file.',
  site({ site: { configuration }, outsideOf }, report) {
    if (outsideOf === undefined) return;
    const [first] = configuration.entries;
    if (first)
      report({
        at: first.nameRange,
        message: `Apache does not read this file: nothing in \`${outsideOf}\` includes it.`,
      });
  },
  accessFile: accessFileNotRead,
};
