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
import { regexMatches } from '../../mounts/wildcards';
import { applyRules, type Rewriting } from '../../rewriting/apply';
import { type FolderRewriting, folderRewriting, followsLinks, serverRewriting } from '../../rewriting/places';
import { isOn, type RewriteCondition, type RewriteRule, type RewriteSettings } from '../../rewriting/rules';
import { type EarlierStep, stepBefore } from '../before-mounts';
import type { Applying } from './applying';
import { factsOfUrl, originOf, type RequestUrl } from './request-url';

/** Apache gives up at the next one (`LimitInternalRecursion`). */
const MOST_LEGS = 10;

/** What answers a URL that nothing has sent elsewhere. */
export type Answer =
  | { readonly kind: 'mount'; readonly mount: Mount }
  | { readonly kind: 'earlier'; readonly step: EarlierStep }
  /** `by`: the `DocumentRoot`, `Alias` or `RewriteRule` that makes it this file. */
  | { readonly kind: 'file'; readonly file: string; readonly by: Entry; readonly handler: Mount | undefined }
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
  /** Undefined if the rules are switched off, or where Apache supports none. */
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
  /** The URL of the next leg. */
  readonly next: RequestUrl | undefined;
}

/** A request on its way. */
export interface Journey {
  readonly legs: readonly Leg[];
  /** True if it starts again for ever, which Apache answers with 500. */
  readonly loops: boolean;
  /** The rules of which nobody can tell whether they apply, in the order in which they were met. */
  readonly open: readonly OpenRule[];
}

export interface OpenRule {
  readonly rule: RewriteRule;
  readonly conditions: readonly RewriteCondition[];
  /** The leg in which it was met. */
  readonly leg: number;
}

/**
 * Follows a request through the server.
 *
 * @param disk undefined if files may not be looked at
 * @param taken which of the rules of which nobody can tell applies; without it none
 */
export const follow = (
  site: Site,
  host: Host,
  url: RequestUrl,
  disk: RequestedFiles | undefined,
  taken?: number,
): Journey => {
  const legs: Leg[] = [];
  const open: OpenRule[] = [];
  let environment = new Map<string, string | undefined>([['REDIRECT_STATUS', '']]);
  const decide = (rule: RewriteRule, conditions: readonly RewriteCondition[]): boolean => {
    open.push({ rule, conditions, leg: legs.length });
    return open.length - 1 === taken;
  };
  let next: RequestUrl | undefined = url;
  let rewrites = true;
  while (next && legs.length <= MOST_LEGS) {
    const walk: Walk = new Walk({ site, host, disk, environment, decide, rewrites }, next);
    const leg: Leg = walk.leg();
    legs.push(leg);
    rewrites = !walk.ended;
    next = leg.next;
    const kept = [...environment].filter(([name]) => name !== 'REDIRECT_STATUS');
    environment = new Map([
      ['REDIRECT_STATUS', '200'],
      ...kept.map(([name, value]) => [`REDIRECT_${name}`, value] as const),
    ]);
  }
  return { legs, loops: next !== undefined, open };
};

/** What a leg is walked with. */
interface Ground {
  readonly site: Site;
  readonly host: Host;
  readonly disk: RequestedFiles | undefined;
  readonly environment: Map<string, string | undefined>;
  /** False if an earlier rule has ended all rewriting. */
  readonly rewrites: boolean;
  decide(rule: RewriteRule, open: readonly RewriteCondition[]): boolean;
}

/** A file with what of the URL is left behind it. */
interface Found {
  readonly name: string;
  readonly pathInfo: string;
}

/** A URL path, and the folder that it stands for. */
interface Context {
  readonly prefix: string;
  readonly root: string;
}

class Walk {
  /** True if a rule with [END] has applied. */
  ended = false;
  private readonly levels: readonly Host[];
  private url: RequestUrl;
  private readonly tried: Mount[] = [];

  constructor(
    private readonly ground: Ground,
    private readonly asked: RequestUrl,
  ) {
    const { site, host } = ground;
    this.url = asked;
    this.levels = host === site.server ? [host] : [host, site.server];
    this.ended = !ground.rewrites;
  }

  leg(): Leg {
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
    const { disk, environment } = this.ground;
    const rewriting = applyRules(settings.rules, from, {
      certain: isOn(settings) === true,
      pathInfo,
      folder,
      facts: this.factsWith(pathInfo),
      disk,
      origin: originOf(this.url),
      ownOrigins: this.ownOrigins(),
      environment,
      decide: (rule, open) => this.ground.decide(rule, open),
    });
    this.ended = rewriting.ends;
    return rewriting;
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
    const top = /^\/[^/]*/.exec(path)?.[0] ?? path;
    const known = [root, ...site.mounts.map(({ script }) => script?.value)];
    const isOnDisk = disk
      ? disk.kind(top) !== undefined
      : known.some((each) => each?.startsWith(`${top}/`) && top !== '/');
    return isOnDisk || root === undefined ? path : `${root}${path}`;
  }

  private fileAnswer(path: string, by: Entry): Answer {
    const file = path.replace(/\/{2,}/g, '/');
    const handler = this.ground.site.mounts.find(
      ({ kind, entry }) => kind === 'handler' && isHandlerOf(entry, this.sectionsOf(file).sections, file),
    );
    return {
      kind: 'file',
      file,
      by,
      handler: handler && mountFor(handler, this.request(file), this.ground.site),
    };
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
    const file = answer.kind === 'file' ? answer.file : mount?.script?.value;
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
    const { name, pathInfo } = this.found(file, answer);
    // A folder without its slash is mod_dir's first.
    if (`${name}/` === folder) return { folders: undefined, next: undefined };
    if (folder === undefined) return { folders: off, next: undefined };
    const rewriting = this.apply(settings, { path: name, query: this.url.query }, folder, pathInfo);
    return this.nextOf({ ...off, rewriting }, name, answer);
  }

  /** Where the rules of a folder lead. */
  private nextOf(folders: FolderRewrites, name: string, answer: Answer): Pick<Leg, 'folders' | 'next'> {
    const { rewriting, folder = '', settings } = folders;
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

  /** Takes a path apart: the file, and what is left behind it. */
  private found(file: string, answer: Answer): Found {
    const { disk } = this.ground;
    if (answer.kind === 'mount') {
      const rest = answer.mount.kind === 'alias' ? this.url.path.slice(prefixOf(answer.mount).length) : '';
      return { name: file, pathInfo: rest };
    }
    if (!disk) return { name: file, pathInfo: '' };
    for (let end = file.indexOf('/', 1); end > 0; end = file.indexOf('/', end + 1))
      if (disk.kind(file.slice(0, end)) !== 'folder')
        return { name: file.slice(0, end), pathInfo: file.slice(end) };
    return { name: file, pathInfo: '' };
  }
}

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

const isHandlerOf = (entry: Entry, sections: readonly Entry[], file: string): boolean => {
  if (entry.parent && !sections.includes(entry.parent)) return false;
  const [, ...extensions] = entry.words.map(({ value }) => value.replace(/^\.?/, '.').toLowerCase());
  return entry.key === 'sethandler' || extensions.some((extension) => file.toLowerCase().endsWith(extension));
};

const doesAnswer = ({ kind, url }: Mount, path: string): boolean =>
  kind === 'match' ? regexMatches(url?.value ?? '(?!)', path) : coversUrl(url?.value ?? '', path);
