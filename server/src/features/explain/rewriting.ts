import type { RewriteResult, RewriteStep } from '../../rewriting/apply';
import type { RewriteCondition } from '../../rewriting/rules';
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
  if (folder === undefined)
    return `The rules that count stand in ${where}, where Apache does not support them; they are not followed here.`;
  return `The rules of ${where} count.\n\n${rewritingText(rewrites, place)}`;
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

const stepText = ({ rule, applies, certain, open, made }: RewriteStep, place: PlaceText): string => {
  const what = `${codeOf(rule.entry)}${placeBehind(place, rule.entry)}`;
  const becomes = made ? `makes ${code(made.text)}` : 'changes nothing by itself';
  if (certain) return `${what}: applies, ${becomes}`;
  return `${what}: ${applies ? `**supposed to apply**, ${becomes}` : `only if ${conditionText(open, place)}`}`;
};

/** What must hold, as far as nobody can tell. */
export const conditionText = (open: readonly RewriteCondition[], place: PlaceText): string =>
  open.length === 0
    ? 'its pattern matches, which cannot be told here'
    : `${open.map(({ entry }) => `${codeOf(entry)}${placeBehind(place, entry)}`).join(' and ')} holds, which cannot be told here`;

const resultText = (result: RewriteResult): string => {
  switch (result.kind) {
    case 'unchanged':
      return 'The URL stays as it is.';
    case 'status':
      return `**The answer is ${result.status}**.`;
    case 'redirect':
      return `**Sends the browser to** ${code(result.url.text)}, with ${result.status}${gapNote(result.url.known)}.`;
    case 'proxy':
      return `**Passes the request to** ${code(result.url.text)}${gapNote(result.url.known)}.`;
    case 'unknown':
      return `What becomes of the URL, ${code(result.made.text)}, only the running server knows; nothing behind it can be told.`;
    case 'rewritten':
      return `**Goes on with** ${code(result.path)}${queryNote(result.query)}${result.passesThrough ? ', as if it had been asked for' : ''}.`;
  }
};

const gapNote = (known: boolean): string =>
  known ? '' : '; what stands there as a variable only the running server knows';

const queryNote = (query: string): string => (query === '' ? '' : ` and the query ${code(query)}`);

/** The head of what follows if a rule applies of which nobody can tell. */
export const supposition = ({ rule }: OpenRule, place: PlaceText): string =>
  `If ${codeOf(rule.entry)}${placeBehind(place, rule.entry)} applies`;
