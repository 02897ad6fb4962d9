import type { Entry } from '../../configuration/entries';
import type { RequestFacts } from '../../model/expression/evaluate';
import { accessFor } from '../../mounts/access';
import { type Host, splitServerName } from '../../mounts/hosts';
import type { Mount } from '../../mounts/mounts';
import { accessFilesFor, effective } from '../../mounts/sections';
import { applyRules, type RewriteResult, type Rewriting } from '../../rewriting/apply';
import type { Doubt } from '../../rewriting/condition';
import { lookUp, mapsOf } from '../../rewriting/maps';
import { folderRewriting, followsLinks, serverRewriting } from '../../rewriting/places';
import { isOn, type RewriteRule, type RewriteSettings } from '../../rewriting/rules';
import type { Known } from '../../rewriting/text';
import {
  type AnswerGround,
  answerTo,
  documentRoot,
  fileAnswer,
  fileFor,
  levelsOf,
  sectionsOf,
} from './answer';
import type { Answer, Leg, Merged, Rewrites } from './leg';
import { nextOf, restBehind } from './next-url';
import { factsOfUrl, originOf, type RequestUrl } from './request-url';
import { undecidedOn } from './undecided';

/** What a leg is walked with. */
export interface WalkGround extends AnswerGround {
  readonly environment: Map<string, string | undefined>;
  /** False if an earlier rule has ended all rewriting. */
  readonly rewrites: boolean;
  /** The paths of the requests of which each has made the next one to look ahead; empty where the browser makes this one. */
  readonly aheadOf: readonly string[];
  /** How often rules may still look ahead. */
  readonly looks: { left: number };
  decide(rule: RewriteRule, doubts: readonly Doubt[], isInFolder: boolean): boolean;
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
  private tried: readonly Mount[] = [];

  constructor(
    private readonly ground: WalkGround,
    private readonly asked: RequestUrl,
  ) {
    const { site, host } = ground;
    this.url = asked;
    this.levels = levelsOf(ground);
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
    const { asked: url } = this;
    const rest = { merged: undefined, folders: undefined, next: undefined };
    if (result.kind !== 'unchanged' && result.kind !== 'rewritten')
      return { url, server, tried: this.tried, answer: undefined, ...rest };
    const answer = this.answerTo(result);
    const nothing = { url, server, tried: this.tried, ...rest };
    const merged = this.merge(answer);
    if (!merged?.file || merged.refusing.length > 0 || merged.access.verdict === 'denied')
      return { ...nothing, answer, merged };
    const { folders, next } = this.rewriteInFolders(merged, merged.file, answer);
    return { ...nothing, answer, merged, folders, next };
  }

  private answerTo(result: RewriteResult & { readonly kind: 'unchanged' | 'rewritten' }): Answer {
    const { ground } = this;
    if (result.kind === 'rewritten') {
      const { path, query, passesThrough, rule } = result;
      this.url = { ...this.url, query, ...(passesThrough ? { path } : {}) };
      if (!passesThrough) return fileAnswer(fileFor(path, ground), rule.entry, this.url, ground);
    }
    const { answer, tried } = answerTo(this.url, ground);
    this.tried = tried;
    return answer;
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

  private merge(answer: Answer): Merged | undefined {
    if (answer.kind === 'earlier') return undefined;
    const mount =
      answer.kind === 'mount' ? answer.mount : answer.kind === 'file' ? answer.handler : undefined;
    const file = answer.kind === 'file' && !answer.handler ? answer.path : fileOf(answer);
    const applying = mount ?? sectionsOf(file, this.url, this.ground);
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
      answer.kind === 'file' ? answer : { name: file, pathInfo: restBehind(answer, this.url.path) };
    // A folder without its slash is mod_dir's first.
    if (`${name}/` === folder) return { folders: undefined, next: undefined };
    const rewriting = this.apply(settings, { path: name, query: this.url.query }, folder, pathInfo);
    const root = documentRoot(this.ground)?.path;
    return nextOf({ ...off, rewriting }, { url: this.url, answer, name, root });
  }
}

const fileOf = (answer: Answer): string | undefined => {
  if (answer.kind === 'mount') return answer.mount.script?.value;
  return answer.kind === 'file' ? answer.name : undefined;
};
