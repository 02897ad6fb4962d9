import { wordTable } from '../../../../common/src/word-table';
import { isSoundPattern } from '../../patterns/pattern';
import { splitWord, splitWords } from '../../syntax/words';
import type { AfterHandler, Call, Handler } from '../execute';
import { checkExpression } from '../expression/check';

/** Cuts a tag's text at its last `>` and passes the rest on. */
const tag =
  (
    check: (argument: string, call: Call) => string | undefined,
    empty: 'refused' | 'allowed' = 'refused',
  ): Handler =>
  (call) => {
    const bracket = call.raw.lastIndexOf('>');
    if (bracket < 0) return `${call.name}> directive missing closing '>'`;
    const argument = call.raw.slice(0, bracket);
    if (argument === '' && empty === 'refused')
      return `${call.name}> directive requires additional arguments`;
    return check(argument, call);
  };

const oneWord = (argument: string, { name }: Call): string | undefined => {
  const first = splitWord(argument, 0);
  const path = first.value === '~' ? splitWord(argument, first.next) : first;
  if (path.next < argument.length) return `Multiple ${name}> arguments not (yet) supported.`;
  return first.value === '~' ? regex(path.value) : undefined;
};

const regex = (pattern: string): string | undefined =>
  isSoundPattern(pattern) ? undefined : 'Regex could not be compiled';

const oneRegex = (argument: string, call: Call): string | undefined => {
  const word = splitWord(argument, 0);
  if (word.next < argument.length) return `Multiple ${call.name}> arguments not (yet) supported.`;
  return regex(word.value);
};

const condition = (argument: string): string | undefined => {
  const problem = checkExpression(splitWord(argument, 0).value);
  return problem && `Cannot parse condition clause: ${problem}`;
};

const virtualHost = (argument: string, { state, node }: Call): undefined => {
  for (const { value } of splitWords(argument)) {
    const host = value.replace(/:[^:\]]*$/, '');
    if (/^(?:\*|_default_|\[.*\]|[\d.]+|)$/i.test(host) || state.machine.resolves(host)) continue;
    state.notice(
      'core:error',
      `(EAI 2)Name or service not known: AH00547: Could not resolve host name ${host} -- ignoring!`,
      node.origin,
    );
  }
};

/** `<Else>` and `<ElseIf>` belong to an `<If>` before them in the same section; other directives may stand between. */
const followsIf: AfterHandler = (node, state) => {
  const siblings = node.parent?.children ?? state.topNodes;
  const before = siblings.slice(0, siblings.indexOf(node));
  return before.some(({ name }) => /^<(?:If|ElseIf)$/i.test(name))
    ? undefined
    : '<Else> or <ElseIf> section without previous <If> or <ElseIf> section in same scope';
};

export const sectionHandlers: Readonly<Record<string, Handler>> = wordTable({
  '<directory': tag(oneWord),
  '<location': tag(oneWord),
  '<files': tag(oneWord),
  '<proxy': tag(oneWord),
  '<directorymatch': tag(oneRegex),
  '<locationmatch': tag(oneRegex),
  '<filesmatch': tag(oneRegex),
  '<proxymatch': tag(oneRegex),
  '<limit': tag(() => undefined),
  '<limitexcept': tag(() => undefined),
  '<virtualhost': tag(virtualHost),
  '<if': tag(condition),
  '<elseif': tag(condition),
  '<else': tag((argument) => (argument === '' ? undefined : '<Else> does not take an argument'), 'allowed'),
});

export const afterSections: Readonly<Record<string, AfterHandler>> = wordTable({
  '<else': followsIf,
  '<elseif': followsIf,
});
