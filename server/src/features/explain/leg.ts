import type { Entry } from '../../configuration/entries';
import type { RequestFacts } from '../../model/expression/evaluate';
import type { RequestedFiles } from '../../model/machine';
import { type Access, accessFor } from '../../mounts/access';
import { type Host, splitServerName } from '../../mounts/hosts';
import { type Mount, mountFor, withConditions } from '../../mounts/mounts';
import type { AccessFile } from '../../mounts/overrides';
import {
  accessFilesFor,
  conditionalSections,
  coversUrl,
  effective,
  sectionsFor,
} from '../../mounts/sections';
import type { Site } from '../../mounts/site';
import { matchesPattern } from '../../patterns/pattern';
import { applyRules, type Rewriting } from '../../rewriting/apply';
import type { Doubt } from '../../rewriting/condition';
import { lookUp, mapsOf } from '../../rewriting/maps';
import { type FolderRewriting, folderRewriting, followsLinks, serverRewriting } from '../../rewriting/places';
import { isOn, type RewriteRule, type RewriteSettings } from '../../rewriting/rules';
import type { Known } from '../../rewriting/text';
import { type EarlierStep, stepBefore } from '../before-mounts';
import type { Applying } from './applying';
import { factsOfUrl, originOf, type RequestUrl } from './request-url';
import { type Undecided, undecidedOn } from './undecided';

/** A file with what of the URL is left behind it. */
interface Found {
  readonly name: string;
  readonly pathInfo: string;
}

/** What answers a URL that nothing has sent elsewhere. */
export type Answer =
  | { readonly kind: 'mount'; readonly mount: Mount }
  | { readonly kind: 'earlier'; readonly step: EarlierStep }
  /** `by`: the `DocumentRoot`, `Alias` or `RewriteRule` that makes it this file. */
  | ({
      readonly kind: 'file';
      /** What Apache looks for, with what of the URL is left behind the file. */
      readonly path: string;
      readonly by: Entry;
      readonly handler: Mount | undefined;
    } & Found)
  /** Nobody knows which file. */
  | { readonly kind: 'nowhere' };

/** What is merged for the file of an answer, and who is let in. */
export interface Merged {
  readonly file: string | undefined;
  readonly applying: Applying;
  readonly access: Access;
  /** Access files that say what they may not, so that the answer is 500. */
  readonly refusing: readonly AccessFile[];
}

/** What the rules of a server or of folders make of a request. */
export interface Rewrites {
  readonly settings: RewriteSettings;
  /** Undefined if the rules are switched off. */
  readonly rewriting: Rewriting | undefined;
  /** True if an earlier rule has ended all rewriting. */
  readonly ended: boolean;
}

export interface FolderRewrites extends Rewrites, Pick<FolderRewriting, 'folder' | 'section'> {
  /** True if `Options` forbids to follow links, and with that to rewrite: 403. */
  readonly linksForbidden: boolean;
}

/** One way through the server: from a URL to an answer, or to the URL with which it starts again. */
export interface Leg {
  readonly url: RequestUrl;
  readonly server: Rewrites | undefined;
  /** The mounts that were compared with the URL, the one that answers last. */
  readonly tried: readonly Mount[];
  /** Undefined if the rules of the server have sent the request elsewhere. */
  readonly answer: Answer | undefined;
  readonly merged: Merged | undefined;
  readonly folders: FolderRewrites | undefined;
  /** What was passed over, since nobody can tell whether it counts. */
  readonly undecided: readonly Undecided[];
  /** The URL of the next leg. */
  readonly next: RequestUrl | undefined;
}

/** What a leg is walked with. */
export interface WalkGround {
  readonly site: Site;
  readonly host: Host;
  readonly disk: RequestedFiles | undefined;
  readonly environment: Map<string, string | undefined>;
  /** False if an earlier rule has ended all rewriting. */
  readonly rewrites: boolean;
  /** The paths of the requests of which each has made the next one to look ahead; empty where the browser makes this one. */
  readonly aheadOf: readonly string[];
  /** How often rules may still look ahead. */
  readonly looks: { left: number };
  decide(rule: RewriteRule, doubts: readonly Doubt[], isInFolder: boolean): boolean;
}

/** A URL path, and the folder that it stands for. */
interface Context {
  readonly prefix: string;
  readonly root: string;
}

/** Rules that look ahead meet themselves there; beyond this depth nobody means it. */
const MOST_AHEAD = 3;

/** Finds out what becomes of a URL, until something answers it or it starts again with another one. */
export class Walk {
  /** True if a rule with [END] has applied. */
  ended = false;
  private readonly levels: readonly Host[];
  private readonly maps: readonly Entry[];
  private url: RequestUrl;
  private readonly tried: Mount[] = [];

  constructor(
    private readonly ground: WalkGround,
    private readonly asked: RequestUrl,
  ) {
    const { site, host } = ground;
    this.url = asked;
    this.levels = host === site.server ? [host] : [host, site.server];
    this.ended = !ground.rewrites;
    this.maps = mapsOf(host, site.server);
  }

  leg(): Leg {
    const way = this.way();
    const { site, host } = this.ground;
    const asked = { url: this.url, file: way.merged?.file, tried: this.tried };
    return { ...way, undecided: undecidedOn(asked, site, host, this.levels) };
  }

  private way(): Omit<Leg, 'undecided'> {
    const server = this.rewriteAtServer();
    const result = server?.rewriting?.result ?? { kind: 'unchanged' };
    const { asked: url, tried } = this;
    const nothing = { url, server, tried, merged: undefined, folders: undefined, next: undefined };
    if (result.kind !== 'unchanged' && result.kind !== 'rewritten') return { ...nothing, answer: undefined };
    let answer: Answer;
    if (result.kind === 'rewritten') {
      const { path, query, passesThrough, rule } = result;
      this.url = { ...this.url, query, ...(passesThrough ? { path } : {}) };
      answer = passesThrough ? this.answer() : this.fileAnswer(this.fileFor(path), rule.entry);
    } else answer = this.answer();
    const merged = this.merge(answer);
    if (!merged?.file || merged.refusing.length > 0 || merged.access.verdict === 'denied')
      return { ...nothing, answer, merged };
    const { folders, next } = this.rewriteInFolders(merged, merged.file, answer);
    return { ...nothing, answer, merged, folders, next };
  }

  private rewriteAtServer(): Rewrites | undefined {
    const { site, host } = this.ground;
    const settings = serverRewriting(host, site.server);
    if (!settings || settings.rules.length === 0) return undefined;
    const { ended } = this;
    if (isOn(settings) === false || ended) return { settings, rewriting: undefined, ended };
    const from = { path: this.url.path, query: this.url.query };
    return { settings, rewriting: this.apply(settings, from, undefined, ''), ended };
  }

  private apply(
    settings: RewriteSettings,
    from: { readonly path: string; readonly query: string },
    folder: string | undefined,
    pathInfo: string,
  ): Rewriting {
    const { disk, environment, site } = this.ground;
    const rewriting = applyRules(settings.rules, from, {
      certain: isOn(settings) === true,
      pathInfo,
      folder,
      facts: this.factsWith(pathInfo),
      disk,
      origin: originOf(this.url),
      ownOrigins: this.ownOrigins(),
      environment,
      isSubrequest: this.ground.aheadOf.length > 0,
      lookAhead: (by, name, path) => this.lookAhead(by, name, path, folder),
      lookUp: (map, key) => lookUp(this.maps, map, key, { disk, serverRoot: site.configuration.serverRoot }),
      decide: (rule, doubts) => this.ground.decide(rule, doubts, folder !== undefined),
    });
    this.ended = rewriting.ends;
    return rewriting;
  }

  /** Follows a file only, and one that is asked for by its URL in a server: what else is known ahead, the request itself brings about. */
  private lookAhead(by: 'url' | 'file', name: string, path: string, folder: string | undefined): Known {
    const { aheadOf, environment, looks } = this.ground;
    const isFollowed = by === 'url' && folder === undefined && /^(?:REQUEST|SCRIPT)_FILENAME$/.test(name);
    if (!isFollowed) return { why: `only the running server knows \`${name}\` ahead` };
    // A request for the same URL does not look ahead once more.
    if (aheadOf.at(-1) === this.asked.path) return { value: '' };
    if (aheadOf.length === MOST_AHEAD || looks.left-- <= 0)
      return { why: 'looking ahead, the rules look ahead again and again' };
    let isDecided = true;
    const decide = (): boolean => {
      isDecided = false;
      return false;
    };
    const ground = {
      ...this.ground,
      environment: new Map(environment),
      aheadOf: [...aheadOf, this.asked.path],
      decide,
    };
    const { answer, folders, merged } = new Walk(ground, { ...this.url, path, query: '' }).leg();
    const file = answer?.kind === 'file' ? answer.name : merged?.file;
    const isElsewhere = folders?.rewriting && folders.rewriting.result.kind !== 'unchanged';
    return file === undefined || !isDecided || isElsewhere
      ? { why: `where ${path} ends cannot be told ahead` }
      : { value: file };
  }

  /** Apache knows itself in a URL only where `ServerName` has the port. */
  private ownOrigins(): readonly string[] {
    const { serverName, name, aliases } = this.ground.host;
    const { port } = this.url;
    if (!serverName?.known || name === undefined || splitServerName(serverName.value).port !== port)
      return [];
    return [name, ...aliases.map(({ value }) => value.toLowerCase())].flatMap(
      (host) => originOf({ ...this.url, host }) ?? [],
    );
  }

  private factsWith(pathInfo: string): RequestFacts {
    const { host, site } = this.ground;
    const facts = factsOfUrl(this.url);
    const root = effective('documentroot', [], site.server, host)?.words[0];
    return {
      variable: (name) => {
        if (name === 'PATH_INFO') return pathInfo;
        if (name === 'DOCUMENT_ROOT') return root?.known ? root.value.replace(/(?<=.)\/$/, '') : undefined;
        return facts.variable(name);
      },
    };
  }

  private answer(): Answer {
    const { path } = this.url;
    const step = stepBefore(this.levels, this.url);
    if (step) {
      if (step.kind !== 'alias' || step.target === undefined) return { kind: 'earlier', step };
      return this.fileAnswer(step.target, step.entry);
    }
    for (const level of this.levels)
      for (const mount of this.ground.site.mountsByHost.get(level) ?? []) {
        if (mount.kind === 'handler' || !mount.url) continue;
        this.tried.push(mount);
        if (doesAnswer(mount, path))
          return { kind: 'mount', mount: mountFor(mount, this.request(), this.ground.site) };
      }
    const root = this.documentRoot();
    return root ? this.fileAnswer(`${root.path}${path}`, root.entry) : { kind: 'nowhere' };
  }

  private documentRoot(): { readonly path: string; readonly entry: Entry } | undefined {
    const { host, site } = this.ground;
    const entry = effective('documentroot', [], site.server, host);
    const [word] = entry?.words ?? [];
    return entry && word?.known ? { path: word.value.replace(/\/$/, ''), entry } : undefined;
  }

  private request(file?: string) {
    const facts = factsOfUrl(this.url);
    return file === undefined ? { path: this.url.path, facts } : { path: this.url.path, facts, file };
  }

  /** What a rule of a server makes is a file of the disk if it begins like one, else one below the `DocumentRoot`. */
  private fileFor(path: string): string {
    const { disk, site } = this.ground;
    const root = this.documentRoot()?.path;
    const top = /^\/+[^/]*/.exec(path)?.[0] ?? path;
    const known = [root, ...site.mounts.map(({ script }) => script?.value)];
    const isOnDisk = disk
      ? disk.kind(top) !== undefined
      : known.some((each) => each?.startsWith(`${top}/`) && top !== '/');
    return isOnDisk || root === undefined ? path : `${root}${path}`;
  }

  private fileAnswer(target: string, by: Entry): Answer {
    const path = target.replace(/\/{2,}/g, '/');
    const found = this.found(path);
    for (const mount of this.ground.site.mounts) {
      const { kind, entry } = mount;
      if (kind !== 'handler') continue;
      const script = this.ground.disk
        ? isHandledName(entry, found.name) && found.name
        : scriptIn(entry, path);
      if (!script || !appliesTo(entry, this.sectionsOf(script).sections)) continue;
      const handler = mountFor(mount, this.request(script), this.ground.site);
      return { kind: 'file', path, by, handler, name: script, pathInfo: path.slice(script.length) };
    }
    return { kind: 'file', path, by, handler: undefined, ...found };
  }

  /** Takes a path apart: the file, and what is left behind it. */
  private found(path: string): Found {
    const { disk } = this.ground;
    for (let end = disk ? path.indexOf('/', 1) : -1; end > 0; end = path.indexOf('/', end + 1))
      if (disk?.kind(path.slice(0, end)) !== 'folder')
        return { name: path.slice(0, end), pathInfo: path.slice(end) };
    return { name: path, pathInfo: '' };
  }

  private sectionsOf(file: string | undefined): Applying {
    const { site, host } = this.ground;
    const sections = sectionsFor({ file, url: this.url.path }, site, host);
    return withConditions(sections, conditionalSections(sections, site, host), factsOfUrl(this.url));
  }

  private merge(answer: Answer): Merged | undefined {
    if (answer.kind === 'earlier') return undefined;
    const mount =
      answer.kind === 'mount' ? answer.mount : answer.kind === 'file' ? answer.handler : undefined;
    const file = answer.kind === 'file' && !answer.handler ? answer.path : fileOf(answer);
    const applying = mount ?? this.sectionsOf(file);
    const target = { file, url: this.url.path };
    return {
      file,
      applying,
      access: accessFor(applying.sections, applying.conditional),
      refusing: accessFilesFor(target, this.ground.site, this.ground.host).filter(
        ({ forbidden, overrides }) => forbidden.length > 0 && !overrides.forgives,
      ),
    };
  }

  private rewriteInFolders(merged: Merged, file: string, answer: Answer): Pick<Leg, 'folders' | 'next'> {
    const { sections } = merged.applying;
    const { site, host } = this.ground;
    const found = folderRewriting(sections, serverRewriting(host, site.server)?.engine);
    if (!found) return { folders: undefined, next: undefined };
    const { settings, folder, section } = found;
    const { ended } = this;
    const off = { settings, folder, section, rewriting: undefined, ended, linksForbidden: false };
    if (isOn(settings) === false || ended) {
      const folders = settings.rules.length > 0 ? off : undefined;
      return { folders, next: undefined };
    }
    const levels = [
      ...this.levels.toReversed().map(({ own }) => own),
      ...sections.map((each) => each.children),
    ];
    if (!followsLinks(levels)) return { folders: { ...off, linksForbidden: true }, next: undefined };
    const { name, pathInfo } =
      answer.kind === 'file' ? answer : { name: file, pathInfo: this.restOf(answer) };
    // A folder without its slash is mod_dir's first.
    if (`${name}/` === folder) return { folders: undefined, next: undefined };
    const rewriting = this.apply(settings, { path: name, query: this.url.query }, folder, pathInfo);
    return this.nextOf({ ...off, rewriting }, name, answer);
  }

  /** What of the URL is left behind the script of a mount. */
  private restOf(answer: Answer): string {
    const isAlias = answer.kind === 'mount' && answer.mount.kind === 'alias';
    return isAlias ? this.url.path.slice(prefixOf(answer.mount).length) : '';
  }

  /** Where the rules of a folder lead. */
  private nextOf(folders: FolderRewrites, name: string, answer: Answer): Pick<Leg, 'folders' | 'next'> {
    const { rewriting, folder, settings } = folders;
    const context = contextOf(answer);
    if (rewriting?.result.kind === 'redirect') {
      const { result } = rewriting;
      const text = inUrl(result.url.text, (path) => rebased(path, folder, settings.base) ?? path);
      const based = { ...rewriting, result: { ...result, url: { ...result.url, text } } };
      return { folders: { ...folders, rewriting: based }, next: undefined };
    }
    if (rewriting?.result.kind !== 'rewritten') return { folders, next: undefined };
    const { path, query } = rewriting.result;
    if (path === name) return { folders, next: undefined };
    const root = this.documentRoot()?.path;
    const url =
      settings.base !== undefined
        ? rebased(path, folder, settings.base)
        : root !== undefined && path.startsWith(`${root}/`)
          ? path.slice(root.length)
          : undefined;
    const inContext = context && rebased(path, `${context.root.replace(/\/$/, '')}/`, context.prefix);
    return { folders, next: { ...this.url, path: url ?? inContext ?? path, query } };
  }
}

const fileOf = (answer: Answer): string | undefined => {
  if (answer.kind === 'mount') return answer.mount.script?.value;
  return answer.kind === 'file' ? answer.name : undefined;
};

const prefixOf = ({ url }: Mount): string => (url?.value ?? '').replace(/\/+$/, '');

/** What an `Alias` makes of a URL path. */
const contextOf = (answer: Answer): Context | undefined => {
  if (answer.kind !== 'file' || answer.by.key !== 'alias') return undefined;
  const [prefix, root] = answer.by.words;
  return prefix && root && { prefix: prefix.value, root: root.value };
};

/** A path below a folder as one below the URL path that stands for it. */
const rebased = (path: string, folder: string, base: string | undefined): string | undefined =>
  base !== undefined && path.startsWith(folder)
    ? `${base.replace(/\/$/, '')}/${path.slice(folder.length)}`
    : undefined;

/** Changes the path of a URL. */
const inUrl = (url: string, change: (path: string) => string): string => {
  const [, origin = '', path = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/]*)?(.*)$/is.exec(url) ?? [];
  return `${origin}${change(path)}`;
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

const doesAnswer = ({ kind, url }: Mount, path: string): boolean =>
  kind === 'match' ? matchesPattern(url?.value ?? '(?!)', path) : coversUrl(url?.value ?? '', path);
