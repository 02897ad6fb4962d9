import type { Entry } from '../../configuration/entries';
import type { RequestedFiles } from '../../model/machine';
import type { Host } from '../../mounts/hosts';
import { type Mount, mountFor, withConditions } from '../../mounts/mounts';
import { conditionalSections, coversUrl, effective, sectionsFor } from '../../mounts/sections';
import type { Site } from '../../mounts/site';
import { matchesPattern } from '../../patterns/pattern';
import { stepBefore } from '../before-mounts';
import type { Applying } from './applying';
import type { Answer, Found } from './leg';
import { factsOfUrl, type RequestUrl } from './request-url';

/** What a URL is looked up in. */
export interface AnswerGround {
  readonly site: Site;
  readonly host: Host;
  /** The disk that requests are answered from; undefined if nobody may look. */
  readonly disk: RequestedFiles | undefined;
}

/** A host, and the server whose directives it takes over. */
export const levelsOf = ({ site, host }: AnswerGround): readonly Host[] =>
  host === site.server ? [host] : [host, site.server];

/** What answers a URL that nothing has sent elsewhere, with the mounts that were compared with it, the one that answers last. */
export const answerTo = (
  url: RequestUrl,
  ground: AnswerGround,
): { readonly answer: Answer; readonly tried: readonly Mount[] } => {
  const tried: Mount[] = [];
  const levels = levelsOf(ground);
  const step = stepBefore(levels, url);
  if (step) {
    const isFile = step.kind === 'alias' && step.target !== undefined;
    return {
      answer: isFile ? fileAnswer(step.target, step.entry, url, ground) : { kind: 'earlier', step },
      tried,
    };
  }
  for (const level of levels)
    for (const mount of ground.site.mountsByHost.get(level) ?? []) {
      if (mount.kind === 'handler' || !mount.url) continue;
      tried.push(mount);
      if (doesAnswer(mount, url.path))
        return { answer: { kind: 'mount', mount: mountFor(mount, requestOf(url), ground.site) }, tried };
    }
  const root = documentRoot(ground);
  return {
    answer: root ? fileAnswer(`${root.path}${url.path}`, root.entry, url, ground) : { kind: 'nowhere' },
    tried,
  };
};

const doesAnswer = ({ kind, url }: Mount, path: string): boolean =>
  kind === 'match' ? matchesPattern(url?.value ?? '(?!)', path) : coversUrl(url?.value ?? '', path);

const requestOf = (url: RequestUrl, file?: string) => {
  const facts = factsOfUrl(url);
  return file === undefined ? { path: url.path, facts } : { path: url.path, facts, file };
};

/** The `DocumentRoot` that counts, without a slash at its end. */
export const documentRoot = ({
  host,
  site,
}: AnswerGround): { readonly path: string; readonly entry: Entry } | undefined => {
  const entry = effective('documentroot', [], site.server, host);
  const [word] = entry?.words ?? [];
  return entry && word?.known ? { path: word.value.replace(/\/$/, ''), entry } : undefined;
};

/** What a rule of a server makes is a file of the disk if it begins like one, else one below the `DocumentRoot`. */
export const fileFor = (path: string, ground: AnswerGround): string => {
  const { disk, site } = ground;
  const root = documentRoot(ground)?.path;
  const top = /^\/+[^/]*/.exec(path)?.[0] ?? path;
  const known = [root, ...site.mounts.map(({ script }) => script?.value)];
  const isOnDisk = disk
    ? disk.kind(top) !== undefined
    : known.some((each) => each?.startsWith(`${top}/`) && top !== '/');
  return isOnDisk || root === undefined ? path : `${root}${path}`;
};

/** The answer with a file, or with the application that a handler makes of it. */
export const fileAnswer = (target: string, by: Entry, url: RequestUrl, ground: AnswerGround): Answer => {
  const { disk, site } = ground;
  const path = target.replace(/\/{2,}/g, '/');
  const found = takeApart(path, disk);
  for (const mount of site.mounts) {
    const { kind, entry } = mount;
    if (kind !== 'handler') continue;
    const script = disk ? isHandledName(entry, found.name) && found.name : scriptIn(entry, path);
    if (!script || !appliesTo(entry, sectionsOf(script, url, ground).sections)) continue;
    const handler = mountFor(mount, requestOf(url, script), site);
    return { kind: 'file', path, by, handler, name: script, pathInfo: path.slice(script.length) };
  }
  return { kind: 'file', path, by, handler: undefined, ...found };
};

/** Takes a path apart: the file, and what is left behind it. */
const takeApart = (path: string, disk: RequestedFiles | undefined): Found => {
  for (let end = disk ? path.indexOf('/', 1) : -1; end > 0; end = path.indexOf('/', end + 1))
    if (disk?.kind(path.slice(0, end)) !== 'folder')
      return { name: path.slice(0, end), pathInfo: path.slice(end) };
  return { name: path, pathInfo: '' };
};

/** The sections that apply to a file that is asked for by a URL. */
export const sectionsOf = (
  file: string | undefined,
  url: RequestUrl,
  { site, host }: AnswerGround,
): Applying => {
  const sections = sectionsFor({ file, url: url.path }, site, host);
  return withConditions(sections, conditionalSections(sections, site, host), factsOfUrl(url));
};

/** Whether a handler is in effect where these sections apply. */
const appliesTo = ({ parent }: Entry, sections: readonly Entry[]): boolean =>
  !parent || sections.includes(parent);

/** Whether a handler takes files of a name. */
const isHandledName = ({ key, words }: Entry, name: string): boolean =>
  key === 'sethandler' ||
  words.slice(1).some(({ value }) => name.toLowerCase().endsWith(value.replace(/^\.?/, '.').toLowerCase()));

/** The part of a path that a handler takes, where nobody may look which part is a file. */
const scriptIn = (handler: Entry, path: string): string | undefined => {
  if (handler.key === 'sethandler') return path;
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1))
    if (isHandledName(handler, path.slice(0, end))) return path.slice(0, end);
  return isHandledName(handler, path) ? path : undefined;
};
