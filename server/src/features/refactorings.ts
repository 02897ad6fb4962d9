import { UserError } from '../../../common/src/errors';
import type { Entry } from '../configuration/entries';
import { siteFor } from '../generation/request';
import type { FileSystem } from '../model/machine';
import type { Mount } from '../mounts/mounts';
import type { Site } from '../mounts/site';
import type { Fix } from '../rules/rule';
import { conversionFix, oldDirectives } from '../rules/site/access-conversion';
import { quoted, scriptOf } from '../rules/site/common';

/** The changes that make sense at an offset of a file. */
export const refactoringsAt = (
  site: Site,
  paths: readonly string[],
  offset: number,
  files: Pick<FileSystem, 'read' | 'kind' | 'list'>,
): readonly Fix[] => {
  const at = ({ range, fromMacro }: Entry): boolean =>
    paths.includes(range.file) && !fromMacro && range.start <= offset && offset <= range.end;
  const mount = site.mounts.find(({ entry }) => at(entry));
  const convertible = site.configuration.all.filter((entry) => oldDirectives(entry).some(at));
  return [
    ...(mount ? [toDaemonMode(site, mount), toVirtualHost(site, mount, files)] : []),
    ...(convertible.length > 0 ? [convertAll(site, paths)] : []),
  ].flatMap((fix) => fix ?? []);
};

/** All sections of a file with access control of 2.2 at once; undefined if none can be converted. */
export const convertAll = (site: Site, paths: readonly string[]): Fix | undefined => {
  const fixes = site.configuration.all
    .filter(({ range }) => paths[0] === range.file)
    .flatMap((section) => conversionFix(section, textOf(site, section)) ?? []);
  if (fixes.length === 0) return undefined;
  return {
    title: 'Convert the access control of this file to 2.4',
    edits: fixes.flatMap(({ edits }) => edits),
  };
};

const textOf = ({ configuration }: Site, { range }: Entry): string =>
  configuration.files.get(range.file)?.analysis.tree.text ?? '';

/** What an embedded application needs to run in processes of its own; undefined if it does already. */
const toDaemonMode = (site: Site, mount: Mount): Fix | undefined => {
  const { entry, kind, daemon, processGroup } = mount;
  if (kind === 'handler' || daemon || processGroup.value !== '' || entry.options.has('process-group'))
    return undefined;
  const name = newGroupName(site, mount);
  const text = textOf(site, entry);
  const start = text.lastIndexOf('\n', entry.range.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
  const script = scriptOf(mount);
  const folder = script?.slice(0, script.lastIndexOf('/'));
  const group = [
    `${indent}WSGIDaemonProcess ${name} processes=2 threads=15 display-name=%{GROUP}`,
    ...(folder ? [`home=${quoted(folder)}`] : []),
    ...(mount.pythonHome ? [`python-home=${quoted(mount.pythonHome.value)}`] : []),
    ...(mount.pythonPath ? [`python-path=${quoted(mount.pythonPath.value)}`] : []),
  ].join(' ');
  const words = [
    ` process-group=${name}`,
    ...(entry.options.has('application-group') ? [] : [' application-group=%{GLOBAL}']),
  ];
  return {
    title: `Move to daemon mode, in a group \`${name}\``,
    edits: [
      { at: { file: entry.range.file, start, end: start }, text: `${group}\n` },
      { at: { ...entry.range, start: entry.range.end }, text: words.join('') },
    ],
  };
};

/** A name that no group has: of the host, else of the script's folder. */
const newGroupName = ({ groups }: Site, mount: Mount): string => {
  const host = mount.host.serverName?.value.split(/[.:]/).find((part) => part !== 'www' && part !== '');
  const folder = scriptOf(mount)?.split('/').at(-2);
  const base = (host ?? folder ?? 'app').replace(/[^\w-]+/g, '-') || 'app';
  const taken = new Set(groups.map(({ name }) => name));
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  return name;
};

/** A virtual host in place of a mount of the main server. */
const toVirtualHost = (
  site: Site,
  mount: Mount,
  files: Pick<FileSystem, 'read' | 'kind' | 'list'>,
): Fix | undefined => {
  const script = scriptOf(mount);
  if (mount.kind !== 'alias' || mount.host !== site.server || script === undefined) return undefined;
  try {
    const { text } = siteFor(script, { uri: `file://${script}` }, files);
    return {
      title: 'Generate a virtual host for this WSGI script',
      edits: [{ at: mount.entry.range, text: text.trimEnd() }],
    };
  } catch (error) {
    // A script that is not there is what rules are for.
    if (error instanceof UserError) return undefined;
    throw error;
  }
};
