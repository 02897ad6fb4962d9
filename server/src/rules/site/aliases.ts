import { nearest } from '../../catalogue/nearest';
import { entriesOf } from '../../configuration/configuration';
import { ancestorsOf, type ConfigWord, type Entry, placeOf } from '../../configuration/entries';
import { hostAround } from '../../mounts/hosts';
import type { Mount } from '../../mounts/mounts';
import { coversPath, coversUrl, effective, folderOf } from '../../mounts/sections';
import { readFlags } from '../../rewriting/flags';
import { MOUNTS } from '../about';
import type { Rule, TargetMachine } from '../rule';
import { insertAbove, mountPlace, replaceWord, scriptOf } from './common';

const looksLikeFile = (path: string): boolean => /\.\w+$/.test(path);

export const aliasTrailingSlash: Rule = {
  id: 'alias-trailing-slash',
  severity: 'warning',
  summary: 'The URL of the mount ends with a slash and the script does not.',
  about: MOUNTS,
  part({ part }, report) {
    for (const { kind, url, script } of part.mounts) {
      if (kind !== 'alias' || !url?.known || !script?.known || url.value === '/') continue;
      if (!url.value.endsWith('/') || script.value.endsWith('/') || !looksLikeFile(script.value)) continue;
      report({
        at: url,
        message: `\`${url.value}\` only matches with the slash, and \`${url.value}x\` is mapped to \`${script.value}x\`: 404 for everything below the mount.`,
        fixes: [replaceWord(url, url.value.replace(/\/+$/, ''))],
      });
    }
  },
};

export const aliasShadowed: Rule = {
  id: 'script-alias-shadowed',
  severity: 'warning',
  summary: 'An earlier mount takes all requests of this one.',
  about: MOUNTS,
  part({ part, site }, report) {
    const aliases = part.mounts.filter(({ kind, url }) => kind === 'alias' && url?.known);
    for (const mount of aliases) {
      const url = mount.url?.value ?? '';
      // The mounts of a virtual host stand in one part.
      const beside = mount.host.entry ? part.mounts : site.serverMounts;
      const earlier = beside.find(
        (other) =>
          other.host === mount.host &&
          other.kind === 'alias' &&
          other.url?.known &&
          other.entry.order < mount.entry.order &&
          other.entry.certain &&
          coversUrl(other.url?.value ?? '', url),
      );
      if (!earlier?.url || !mount.url) continue;
      report({
        at: mount.url,
        message: `\`${url}\` is never reached: \`${earlier.url.value}\` at line ${earlier.entry.line} matches first.`,
        related: [{ at: earlier.url, message: 'this mount matches first' }],
      });
    }
  },
};

export const matchUnanchored: Rule = {
  id: 'alias-match-unanchored',
  severity: 'warning',
  summary: 'A pattern without ^ matches anywhere in the URL.',
  about: MOUNTS,
  part({ part }, report) {
    for (const { kind, url } of part.mounts)
      if (kind === 'match' && url?.known && !url.value.startsWith('^') && !/^\\A|^\(\?/.test(url.value))
        report({
          at: url,
          message: 'The pattern can match anywhere in the URL; static paths may be captured too.',
          fixes: [
            { title: 'Anchor with `^`', edits: [{ at: { ...placeOf(url), end: url.start }, text: '^' }] },
          ].filter(() => url.end - url.start === url.value.length),
        });
  },
};

/** A path of the same folder that was probably meant. */
const meantPath = (machine: TargetMachine, path: string): string | undefined => {
  const folder = folderOf(path);
  const name = nearest(path.slice(path.lastIndexOf('/') + 1), machine.list(folder) ?? []);
  return name === undefined ? undefined : `${folder === '/' ? '' : folder}/${name}`;
};

export const scriptMissing: Rule = {
  id: 'script-file-missing',
  severity: 'error',
  summary: 'The script of a mount does not exist.',
  needs: 'machine',
  about: MOUNTS,
  part({ part, machine }, report) {
    for (const mount of machine ? part.mounts : []) {
      const path = scriptOf(mount);
      if (!machine || path === undefined || !mount.script || machine.kind(path) !== undefined) continue;
      if (/[“”‘’«»]/.test(path)) continue;
      const meant = meantPath(machine, path);
      report({
        at: mount.script,
        message: `\`${path}\` does not exist${meant ? ` (did you mean \`${meant}\`?)` : ''}: requests answer 404.`,
        ...(meant !== undefined && { fixes: [replaceWord(mount.script, meant)] }),
      });
    }
  },
};

export const scriptIsDirectory: Rule = {
  id: 'script-target-is-directory',
  severity: 'warning',
  summary: 'The target of a mount is a folder, not a script.',
  needs: 'machine',
  about: MOUNTS,
  part({ part, machine }, report) {
    for (const mount of part.mounts) {
      const path = scriptOf(mount);
      if (path === undefined || path.endsWith('/') || !mount.script) continue;
      if (machine?.kind(path) !== 'folder') continue;
      report({
        at: mount.script,
        message: `\`${path}\` is a directory; requests for the mount itself answer 403.`,
      });
    }
  },
};

/** Whether the target of an Alias is a folder or one above it. */
const isServedBelow = (target: ConfigWord | undefined, folder: string): boolean =>
  target?.known === true && target.value.startsWith('/') && coversPath(target.value, folder);

export const underDocumentRoot: Rule = {
  id: 'script-under-documentroot',
  severity: 'warning',
  summary: 'The script is also reachable as a static file.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const mount of part.mounts) {
      const path = scriptOf(mount);
      if (path === undefined || mount.url?.value === undefined) continue;
      const root = effective('documentroot', [], site.server, mount.host);
      const served = root?.words[0];
      const folder = folderOf(path);
      const exposed =
        served?.known && served.value !== '/' && coversPath(served.value, folder) && root ? root : undefined;
      const alias = mount.host.ownOf('alias').find(({ words }) => isServedBelow(words[1], folder));
      const found = exposed ?? alias;
      if (!found) continue;
      report({
        at: mount.script ?? mountPlace(mount),
        message: `\`${path}\` is also reachable as a static file: source code may be served.`,
        related: [{ at: found.range, message: 'these files are served' }],
      });
    }
  },
};

const isCgi = (entry: Entry): boolean => entry.words[0]?.value === 'cgi-script';

export const cgiConflict: Rule = {
  id: 'cgi-handler-conflict',
  severity: 'warning',
  summary: 'The script of a mount can also be run as CGI.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const entry of part.of('AddHandler').filter(isCgi)) {
      const extensions = entry.words.slice(1).map(({ value }) => `.${value.replace(/^\./, '')}`);
      const mount = site.mounts.find((candidate) => {
        const path = scriptOf(candidate);
        return (
          path !== undefined &&
          extensions.some((ending) => path.endsWith(ending)) &&
          reaches(entry, candidate)
        );
      });
      if (mount)
        report({
          at: entry.range,
          message: 'This file can be run as CGI here ("premature end of script headers").',
          related: [{ at: mountPlace(mount), message: 'mounted as a WSGI application here' }],
        });
    }
    for (const mount of part.mounts) {
      const path = scriptOf(mount);
      const handler = effective('sethandler', mount.sections, site.server, mount.host);
      const alias = mount.host
        .ownOf('scriptalias')
        .find(
          ({ words }) => words[1]?.known && path !== undefined && coversPath(words[1].value, folderOf(path)),
        );
      const found = handler && isCgi(handler) ? handler : alias;
      if (path !== undefined && found)
        report({
          at: found.range,
          message: 'This file can be run as CGI here ("premature end of script headers").',
          related: [{ at: mountPlace(mount), message: 'mounted as a WSGI application here' }],
        });
    }
  },
};

const reaches = (entry: Entry, mount: Mount): boolean =>
  entry.parent === undefined || entry.parent === mount.host.entry || mount.sections.includes(entry.parent);

export const withoutExecCgi: Rule = {
  id: 'wsgi-script-without-execcgi',
  severity: 'error',
  summary: 'The handler wsgi-script needs Options ExecCGI.',
  about: MOUNTS,
  part({ part, site }, report) {
    for (const mount of part.mounts) {
      const section = mount.entry.parent;
      if (mount.kind !== 'handler' || !section || section.key === '<virtualhost') continue;
      const around = mount.sections.length > 0 ? mount.sections : [section];
      const options = [...around, ...ancestorsOf(mount.entry)]
        .flatMap(({ children }) => children)
        .filter(({ key }) => key === 'options')
        .flatMap(({ words }) => words);
      const allowed = options.some(({ value, known }) => !known || /^\+?(?:ExecCGI|All)$/i.test(value));
      const elsewhere = options.length === 0 && !site.configuration.rooted && section.key !== '<directory';
      if (!allowed && !elsewhere)
        report({
          at: mount.entry.range,
          message: 'Without `Options +ExecCGI` these scripts answer 403.',
          fixes: insertAbove(site, mount.entry, ['Options +ExecCGI']),
        });
    }
  },
};

/** Flags with which a rewritten URL is not looked for on the disk. */
const GOES_ELSEWHERE = ['pt', 'p', 'r', 'f', 'g'];

export const rewriteWithoutPt: Rule = {
  id: 'rewrite-without-pt',
  severity: 'warning',
  summary: 'Without [PT] a rewritten URL does not reach the mount.',
  site({ site }, report) {
    for (const entry of entriesOf(site.configuration, 'RewriteRule')) {
      const [, target, flags] = entry.words;
      const read = readFlags(flags?.value ?? '');
      const host = hostAround(site, entry);
      const atTop = entry.parent === undefined || entry.parent.key === '<virtualhost';
      if (!atTop || !target?.known || !target.value.startsWith('/')) continue;
      if (GOES_ELSEWHERE.some((flag) => read.has(flag))) continue;
      const mount = site.mounts.find(
        ({ host: its, kind, url }) =>
          its === host &&
          kind === 'alias' &&
          url?.known &&
          url.value !== '/' &&
          coversUrl(url.value, target.value),
      );
      if (!mount) continue;
      const fix = flags ? flags.value.replace(/^\[/, '[PT,') : undefined;
      report({
        at: target,
        message: 'Without `[PT]` the rewritten URL is not matched against `WSGIScriptAlias`: 404.',
        related: [{ at: mountPlace(mount), message: 'the mount that is meant' }],
        fixes: flags && fix ? [replaceWord(flags, fix)] : appendPt(entry),
      });
    }
  },
};

const appendPt = (entry: Entry) => [
  { title: 'Add `[PT]`', edits: [{ at: { ...entry.range, start: entry.range.end }, text: ' [PT]' }] },
];

export const fallbackResource: Rule = {
  id: 'fallbackresource-to-wsgi',
  severity: 'warning',
  summary: 'FallbackResource into a WSGI application can produce corrupt responses.',
  site({ site }, report) {
    for (const entry of entriesOf(site.configuration, 'FallbackResource')) {
      const target = entry.words[0];
      const mount =
        target?.known &&
        site.mounts.find(
          ({ kind, url }) => kind === 'alias' && url?.known && coversUrl(url.value, target.value),
        );
      if (target && mount && mount.url?.value !== '/')
        report({
          at: entry.range,
          message: 'FallbackResource to a WSGI mount can produce corrupt (never ending) responses.',
          related: [{ at: mountPlace(mount), message: 'the mount' }],
        });
    }
  },
};

export const importMissing: Rule = {
  id: 'import-script-missing',
  severity: 'warning',
  summary: 'The file of WSGIImportScript does not exist.',
  needs: 'machine',
  about: ['WSGIImportScript'],
  part({ part, machine }, report) {
    for (const { words } of machine ? part.of('WSGIImportScript') : []) {
      const [script] = words;
      if (script?.known && script.value.startsWith('/') && machine?.kind(script.value) === undefined)
        report({
          at: script,
          message: `\`${script.value}\` does not exist; Apache starts anyway and only logs it.`,
        });
    }
  },
};

export const importOtherInterpreter: Rule = {
  id: 'import-script-other-interpreter',
  severity: 'information',
  summary: 'A script is preloaded into another interpreter than the one that serves it.',
  site({ site }, report) {
    for (const entry of entriesOf(site.configuration, 'WSGIImportScript')) {
      const script = entry.words[0];
      const group = entry.options.get('process-group')?.value.value;
      const application = entry.options.get('application-group')?.value.value;
      if (!script || group === undefined || application === undefined) continue;
      const mount = site.mounts.find((candidate) => scriptOf(candidate) === script.value);
      if (!mount) continue;
      const same =
        plain(group) === mount.processGroup.value &&
        plain(application) === plain(mount.applicationGroup.value);
      if (!same)
        report({
          at: script,
          message: `The preloaded copy of \`${script.value}\` lives in (${group}, ${application}); requests are served from (${mount.processGroup.value || 'embedded'}, ${mount.applicationGroup.value}), where it is loaded again on the first request.`,
          related: [{ at: mountPlace(mount), message: 'mounted here' }],
        });
    }
  },
};

const plain = (name: string): string => (name === '%{GLOBAL}' ? '' : name);
