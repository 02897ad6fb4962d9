import type { Entry } from '../../configuration/entries';
import type { RewriteResult, RewriteStep } from '../../rewriting/apply';
import type { Doubt } from '../../rewriting/condition';
import { isSupported } from '../../rewriting/places';
import { readRewriting } from '../../rewriting/rules';
import type { OpenRule } from './journey';
import type { FolderRewrites, Rewrites } from './leg';
import { code, codeOf, type PlaceText, placeBehind, sectionCode } from './places';

/** What the rules of a host make of a URL; undefined if it has none. */
export const serverRewritingPart = (rewrites: Rewrites | undefined, place: PlaceText): string | undefined =>
  rewrites && rewritingText(rewrites, place);

/** What the rules of folders make of it. */
export const folderRewritingPart = (
  rewrites: FolderRewrites | undefined,
  place: PlaceText,
): string | undefined => {
  if (!rewrites) return undefined;
  const { section, folder, linksForbidden } = rewrites;
  const where = `${sectionCode(section)}${placeBehind(place, section)}`;
  if (linksForbidden)
    return `**The answer is 403**: rules are switched on in ${where}, and \`Options\` allows neither \`FollowSymLinks\` nor \`SymLinksIfOwnerMatch\`, without which Apache refuses them.`;
  const support = isSupported(section)
    ? ''
    : ` Apache does not support rules there, and takes ${code(folder)} for the folder they belong to.`;
  return `The rules of ${where} count.${support}\n\n${rewritingText(rewrites, place)}`;
};

/** The rules that would count if a condition held of which nobody can tell. */
export const undecidedRewritingPart = (
  conditional: readonly Entry[],
  place: PlaceText,
): string | undefined => {
  const sections = conditional.filter(({ children }) => readRewriting(children));
  if (sections.length === 0) return undefined;
  const list = sections.map((section) => `- ${sectionCode(section)}${placeBehind(place, section)}`);
  return `Where the condition of one of these holds, which the URL does not tell, its rules count in place of others:\n\n${list.join('\n')}`;
};

const rewritingText = (rewrites: Rewrites, place: PlaceText): string => {
  const { rewriting } = rewrites;
  if (!rewriting)
    return `Its \`RewriteRule\` lines do nothing for this request: ${offText(rewrites, place)}.`;
  const { steps, result } = rewriting;
  const list = steps.map((step) => `- ${stepText(step, place)}`).join('\n');
  if (steps.length === 0) return 'No rule applies.';
  const isOpen = steps.some(({ applies }) => !applies);
  if (isOpen && result.kind === 'unchanged') return `${list}\n\nWithout that, the URL stays as it is.`;
  return `${list}\n\n${isOpen ? 'Without that: ' : ''}${resultText(result)}`;
};

const offText = ({ settings: { engine }, ended }: Rewrites, place: PlaceText): string => {
  if (ended) return 'an earlier rule has ended all rewriting';
  return engine ? `${codeOf(engine)}${placeBehind(place, engine)} counts` : 'there is no `RewriteEngine On`';
};

const stepText = ({ rule, applies, doubts, made }: RewriteStep, place: PlaceText): string => {
  const what = `${codeOf(rule.entry)}${placeBehind(place, rule.entry)}`;
  const becomes = made ? `makes ${code(made.text)}` : 'changes nothing by itself';
  if (doubts.length === 0) return `${what}: applies, ${becomes}`;
  return `${what}: ${applies ? `**supposed to apply**, ${becomes}` : `only if ${conditionText(doubts, place)}`}`;
};

/** What must hold, and why nobody can tell. */
const conditionText = (doubts: readonly Doubt[], place: PlaceText): string =>
  doubts
    .map(({ entry, why }) => {
      const what =
        entry.key === 'rewriterule'
          ? 'its pattern matches'
          : `${codeOf(entry)}${placeBehind(place, entry)} holds`;
      return `${what}, which cannot be told here: ${why}`;
    })
    .join('; and ');

const resultText = (result: RewriteResult): string => {
  switch (result.kind) {
    case 'unchanged':
      return 'The URL stays as it is.';
    case 'status':
      return `**The answer is ${result.status}**.`;
    case 'redirect':
      return `**Sends the browser to** ${code(result.url.text)}, with ${result.status}${gapNote(result.url.gap)}.`;
    case 'proxy':
      return `**Passes the request to** ${code(result.url.text)}${gapNote(result.url.gap)}.`;
    case 'unknown':
      return `What becomes of the URL, ${code(result.made.text)}, cannot be told here: ${result.made.gap}. Nor can what comes after it.`;
    case 'rewritten':
      return `**Goes on with** ${code(result.path)}${queryNote(result.query)}${result.passesThrough ? ', as if it had been asked for' : ''}.`;
  }
};

const gapNote = (gap: string | undefined): string =>
  gap === undefined ? '' : `; not all of it can be told here: ${gap}`;

const queryNote = (query: string): string => (query === '' ? '' : ` and the query ${code(query)}`);

/** The head of what follows if a rule applies of which nobody can tell. */
export const supposition = ({ rule }: OpenRule, place: PlaceText): string =>
  `If ${codeOf(rule.entry)}${placeBehind(place, rule.entry)} applies`;
