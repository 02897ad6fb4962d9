import type { Explanation } from '../../../../common/src/language-requests';
import type { Entry } from '../../configuration/entries';
import { accessFor } from '../../mounts/access';
import type { Host } from '../../mounts/hosts';
import { type Mount, mountFor, type UrlRequest, withConditions } from '../../mounts/mounts';
import { conditionalSections, coversUrl, effective, sectionsFor } from '../../mounts/sections';
import type { Site } from '../../mounts/site';
import { regexMatches } from '../../mounts/wildcards';
import { type EarlierStep, rewrites, stepBefore } from '../before-mounts';
import { factsOf, factsTable } from '../mount-notes';
import { type Applying, accessPart, otherSettings, refusedByAccessFile } from './applying';
import { code, codeOf, type PlaceText, placeBehind } from './places';
import { chooseHost, factsOfUrl, hostTitle, parseUrl, type RequestUrl } from './request-url';

/** Which virtual host and which mount answer a URL, step by step, with where each step comes from. */
export const explainUrl = (site: Site, text: string, place: PlaceText): Explanation => {
  const url = parseUrl(text);
  if (!url)
    return {
      markdown: `# ${code(text)}\n\nThis is no URL of a web site. Write it as \`http://host/path\`, or as a path alone.\n`,
    };
  const { host } = chooseHost(site, url);
  const parts = [hostPart(site, url, place), ...new Answer(site, host, url, place).parts()];
  const numbered = parts.map(({ title, text: body }, index) => `## ${index + 1}. ${title}\n\n${body}`);
  return { markdown: `${[`# ${code(text)}`, ...numbered].join('\n\n')}\n` };
};

/** A part of the page. */
interface Part {
  readonly title: string;
  readonly text: string;
}

const hostPart = (site: Site, url: RequestUrl, place: PlaceText): Part => {
  const { candidates, host, reason } = chooseHost(site, url);
  const others = candidates.map((candidate) => {
    const at = candidate.entry ? `${placeBehind(place, candidate.entry)}` : '';
    return `- ${hostTitle(candidate)}${at}`;
  });
  const list =
    others.length > 1 ? `\n\nVirtual hosts for port ${url.port}, in order:\n\n${others.join('\n')}` : '';
  const at = host.entry ? `${placeBehind(place, host.entry)}` : '';
  return { title: 'Virtual host', text: `**${hostTitle(host)}**${at}: ${reason}.${list}` };
};

/** What happens to one request. */
class Answer {
  private readonly request: UrlRequest;
  private readonly levels: readonly Host[];

  constructor(
    private readonly site: Site,
    private readonly host: Host,
    url: RequestUrl,
    private readonly place: PlaceText,
  ) {
    this.request = { path: url.path, facts: factsOfUrl(url) };
    this.levels = host === site.server ? [host] : [host, site.server];
  }

  parts(): readonly Part[] {
    const earlier = stepBefore(this.levels, this.request.path);
    if (earlier) return this.answeredEarlier(earlier);
    const tried: string[] = [];
    for (const level of this.levels)
      for (const mount of this.site.mountsByHost.get(level) ?? []) {
        if (mount.kind === 'handler' || !mount.url) continue;
        const answers = doesAnswer(mount, this.request.path);
        const at = placeBehind(this.place, mount.entry);
        tried.push(`- ${code(mount.url.value)}${at}: ${answers ? '**matches**' : 'does not match'}`);
        if (answers) return [this.whoAnswers(tried.join('\n')), ...this.runs(mount)];
      }
    const list = tried.length > 0 ? tried.join('\n') : 'There is no `WSGIScriptAlias` in this host.';
    return this.answeredByFile(`${list}\n\nNo mount answers this URL. `);
  }

  private whoAnswers(text: string): Part {
    const doubt = rewrites(this.levels)
      ? '`RewriteRule` lines of this host can send the URL elsewhere first; they are not followed here.\n\n'
      : '';
    return { title: 'Who answers', text: doubt + text };
  }

  private runs(mount: Mount, request = this.request): readonly Part[] {
    const exact = mountFor(mount, request, this.site);
    const file = request.file ?? exact.script?.value;
    return [
      { title: 'What runs', text: factsTable(factsOf(exact, this.place)) },
      ...this.applies(file, exact),
    ];
  }

  private answeredEarlier(step: EarlierStep): readonly Part[] {
    const { entry, kind, target } = step;
    const where = target === undefined ? 'what its pattern makes of the URL' : code(target);
    const text = `No mount is asked: ${codeOf(entry)}${placeBehind(this.place, entry)} ${WHAT_HAPPENS[kind]} ${where}.`;
    if (kind !== 'alias' || target === undefined) return [this.whoAnswers(text)];
    return [this.whoAnswers(text), ...this.fileParts(target)];
  }

  private answeredByFile(before: string): readonly Part[] {
    const root = effective('documentroot', [], this.site.server, this.host);
    const [word] = root?.words ?? [];
    if (!root || !word?.known) return [this.whoAnswers(`${before}Apache looks for a file, or answers 404.`)];
    const file = `${word.value.replace(/\/$/, '')}${this.request.path}`;
    const by = `${codeOf(root)}${placeBehind(this.place, root)}`;
    return [
      this.whoAnswers(
        `${before}By ${by} Apache looks for the file ${code(file)}, and answers 404 if there is none.`,
      ),
      ...this.fileParts(file),
    ];
  }

  /** What a file is answered with: itself, or an application where a handler says so. */
  private fileParts(file: string): readonly Part[] {
    const request = { ...this.request, file };
    const applying = this.sectionsOf(file);
    const handler = this.site.mounts.find(
      ({ kind, entry }) => kind === 'handler' && isHandlerOf(entry, applying.sections, file),
    );
    return handler ? this.runs(handler, request) : this.applies(file, applying);
  }

  private sectionsOf(file: string): Applying {
    const sections = sectionsFor({ file, url: this.request.path }, this.site, this.host);
    const conditional = conditionalSections(sections, this.site, this.host);
    return withConditions(sections, conditional, this.request.facts);
  }

  private applies(file: string | undefined, applying: Applying): readonly Part[] {
    const target = { file, url: this.request.path };
    const refusal = refusedByAccessFile(target, this.site, this.host, this.place);
    const settings = otherSettings(applying, this.place);
    return [
      ...(refusal === undefined ? [] : [{ title: 'Refused', text: refusal }]),
      {
        title: 'Who is let in',
        text: accessPart(accessFor(applying.sections, applying.conditional), applying, this.place),
      },
      ...(settings === undefined ? [] : [{ title: 'What else these sections set', text: settings }]),
    ];
  }
}

const isHandlerOf = (entry: Entry, sections: readonly Entry[], file: string): boolean => {
  if (entry.parent && !sections.includes(entry.parent)) return false;
  const [, ...extensions] = entry.words.map(({ value }) => value.replace(/^\.?/, '.').toLowerCase());
  return entry.key === 'sethandler' || extensions.some((extension) => file.toLowerCase().endsWith(extension));
};

const WHAT_HAPPENS: Readonly<Record<EarlierStep['kind'], string>> = {
  proxy: 'passes the request to',
  redirect: 'sends the browser to',
  alias: 'answers with the file',
};

const doesAnswer = ({ kind, url }: Mount, path: string): boolean =>
  kind === 'match' ? regexMatches(url?.value ?? '(?!)', path) : coversUrl(url?.value ?? '', path);
