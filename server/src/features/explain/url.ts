import type { Explanation } from '../../../../common/src/language-requests';
import type { RequestedFiles } from '../../model/machine';
import type { Mount } from '../../mounts/mounts';
import type { Site } from '../../mounts/site';
import type { EarlierStep } from '../before-mounts';
import { factsOf, factsTable } from '../mount-notes';
import { accessPart, otherSettings, refusalText } from './applying';
import { follow, type Journey, type OpenRule } from './journey';
import type { Answer, Leg, Merged } from './leg';
import { code, codeOf, type PlaceText, placeBehind, sectionCode } from './places';
import { chooseHost, hostTitle, parseUrl, type RequestUrl, urlText } from './request-url';
import { folderRewritingPart, serverRewritingPart, supposition, undecidedRewritingPart } from './rewriting';
import type { Undecided } from './undecided';
import { verdictOf } from './verdict';

/** Of the rules of which nobody can tell, so many are supposed to apply, one at a time. */
const MOST_SUPPOSITIONS = 4;

/**
 * Which virtual host and which mount answer a URL, step by step, with where each step comes from.
 *
 * @param disk the disk that requests are answered from; undefined if it may not be looked at
 */
export const explainUrl = (
  site: Site,
  text: string,
  place: PlaceText,
  disk?: RequestedFiles,
): Explanation => {
  const url = parseUrl(text);
  if (!url)
    return {
      markdown: `# ${code(text)}\n\nThis is no URL of a web site. Write it as \`http://host/path\`, or as a path alone.\n`,
    };
  const { host } = chooseHost(site, url);
  const journey = follow(site, host, url, disk);
  const parts = [hostPart(site, url, place), ...journeyParts(journey, place)];
  const numbered = parts.map(({ title, text: body }, index) => `## ${index + 1}. ${title}\n\n${body}`);
  const supposed = journey.open.slice(0, MOST_SUPPOSITIONS).map((open, index) => {
    const other = journeyParts(follow(site, host, url, disk, index), place, open);
    const bodies = other.map(({ title, text: body }) => `### ${title}\n\n${body}`);
    return [`## ${supposition(open, place)}`, ...bodies].join('\n\n');
  });
  const head = [`# ${code(text)}`, verdictOf(journey)];
  return { markdown: `${[...head, ...numbered, ...supposed].join('\n\n')}\n` };
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

/** @param from the rule from which on it is told; undefined for all of it */
const journeyParts = ({ legs, loops }: Journey, place: PlaceText, from?: OpenRule): readonly Part[] => {
  const told = legs.slice(from?.leg).flatMap((leg, index) => {
    if (index === 0) return from?.isInFolder ? folderPart(leg, place) : legParts(leg, place);
    const again = `The request starts again with ${code(urlText(leg.url))}.`;
    return [{ title: 'Again', text: again }, ...legParts(leg, place)];
  });
  if (!loops) return told;
  const end = {
    title: 'No end',
    text: '**The answer is 500**: the rules send the request round and round, and Apache gives up after ten times.',
  };
  // The rounds are alike.
  return [...told.slice(0, MOST_PARTS_OF_LOOP), end];
};

const MOST_PARTS_OF_LOOP = 8;

const legParts = (leg: Leg, place: PlaceText): readonly Part[] => {
  const { answer, merged } = leg;
  const atServer = serverRewritingPart(leg.server, place);
  return [
    ...part('Rewriting', atServer),
    ...(answer ? [{ title: 'Who answers', text: whoAnswers(answer, leg, place) }] : []),
    ...part('What runs', answer && whatRuns(mountOf(answer), place)),
    ...(merged ? mergedParts(merged, place) : []),
    ...part('What was passed over', undecidedText(leg.undecided, place)),
    ...folderPart(leg, place),
  ];
};

const folderPart = ({ folders, merged }: Leg, place: PlaceText): readonly Part[] => [
  ...part('Rewriting in the folder', folderRewritingPart(folders, place)),
  ...part('Rewriting that may be', undecidedRewritingPart(merged?.applying.conditional ?? [], place)),
];

const part = (title: string, text: string | undefined): readonly Part[] =>
  text === undefined ? [] : [{ title, text }];

const mountOf = (answer: Answer): Mount | undefined => {
  if (answer.kind === 'mount') return answer.mount;
  return answer.kind === 'file' ? answer.handler : undefined;
};

const whatRuns = (mount: Mount | undefined, place: PlaceText): string | undefined =>
  mount && factsTable(factsOf(mount, place));

const whoAnswers = (answer: Answer, { tried }: Leg, place: PlaceText): string => {
  if (answer.kind === 'earlier') return earlierText(answer.step, place);
  const list = tried.map(
    ({ url, entry }, index) =>
      `- ${code(url?.value ?? '')}${placeBehind(place, entry)}: ${answer.kind === 'mount' && index === tried.length - 1 ? '**matches**' : 'does not match'}`,
  );
  if (answer.kind === 'mount') return list.join('\n');
  if (answer.kind === 'file' && answer.by.key !== 'documentroot')
    return `No mount is asked: ${codeOf(answer.by)}${placeBehind(place, answer.by)} answers with the file ${code(answer.path)}.`;
  const mounts = list.length > 0 ? list.join('\n') : 'There is no `WSGIScriptAlias` in this host.';
  return `${mounts}\n\nNo mount answers this URL. ${fileText(answer, place)}`;
};

const fileText = (answer: Answer, place: PlaceText): string => {
  if (answer.kind !== 'file') return 'Apache looks for a file, or answers 404.';
  const { by, handler, name, path } = answer;
  const where = `${codeOf(by)}${placeBehind(place, by)}`;
  return handler
    ? `By ${where} it is the script ${code(name)}, which ${codeOf(handler.entry)}${placeBehind(place, handler.entry)} runs.`
    : `By ${where} Apache looks for the file ${code(path)}, and answers 404 if there is none.`;
};

const earlierText = ({ entry, kind, target }: EarlierStep, place: PlaceText): string => {
  const where = target === undefined ? 'what its pattern makes of the URL' : code(target);
  return `No mount is asked: ${codeOf(entry)}${placeBehind(place, entry)} ${WHAT_HAPPENS[kind]} ${where}.`;
};

const undecidedText = (undecided: readonly Undecided[], place: PlaceText): string | undefined => {
  if (undecided.length === 0) return undefined;
  const list = undecided.map(({ entry, why }) => {
    const what = entry.key.startsWith('<') ? sectionCode(entry) : codeOf(entry);
    return `- ${what}${placeBehind(place, entry)}: ${why}`;
  });
  return `Whether these count for this URL cannot be told here:\n\n${list.join('\n')}`;
};

const WHAT_HAPPENS: Readonly<Record<EarlierStep['kind'], string>> = {
  proxy: 'passes the request to',
  redirect: 'sends the browser to',
  alias: 'answers with the file',
};

const mergedParts = ({ access, applying, refusing }: Merged, place: PlaceText): readonly Part[] => [
  ...part('Refused', refusalText(refusing, place)),
  { title: 'Who is let in', text: accessPart(access, applying, place) },
  ...part('What else these sections set', otherSettings(applying, place)),
];
