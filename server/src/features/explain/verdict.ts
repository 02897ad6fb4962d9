import type { Mount } from '../../mounts/mounts';
import type { RewriteResult } from '../../rewriting/apply';
import type { EarlierStep } from '../before-mounts';
import { noteOf } from '../mount-notes';
import type { Journey } from './journey';
import type { Answer, Leg } from './leg';
import { code } from './places';

/** What becomes of a request, in one sentence in front of the steps. */
export const verdictOf = ({ legs, loops, open }: Journey): string => {
  const last = legs.at(-1);
  const end =
    loops || !last ? 'the answer is 500, since the rules send the request round and round' : endOf(last);
  const isOpen = open.length > 0 || legs.some(({ undecided }) => undecided.length > 0);
  const reservation =
    open.length > 0 ? 'unless a rule applies of which nobody can tell here' : 'as far as can be told here';
  const sentence = isOpen ? `${reservation}, ${end}` : end;
  return `**${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.**`;
};

const endOf = ({ answer, folders, merged, server }: Leg): string => {
  if (merged && merged.refusing.length > 0)
    return 'the answer is 500, since an access file says what it may not';
  if (merged?.access.verdict === 'denied') return 'the answer is 403, since nobody is let in';
  if (folders?.linksForbidden)
    return 'the answer is 403, since rules are switched on where links are forbidden';
  const rewritten = rewrittenEnd(folders?.rewriting?.result) ?? rewrittenEnd(server?.rewriting?.result);
  if (rewritten !== undefined) return rewritten;
  const condition = merged?.access.verdict === 'conditional' ? ' to those who are let in' : '';
  return answer ? answerText(answer, condition) : 'what answers cannot be told';
};

/** Where rules end a request; undefined if it goes on. */
const rewrittenEnd = (result: RewriteResult | undefined): string | undefined => {
  switch (result?.kind) {
    case 'status':
      return `the answer is ${result.status}`;
    case 'redirect':
      return `the browser is sent to ${code(result.url.text)}, with ${result.status}`;
    case 'proxy':
      return `the request is passed to ${code(result.url.text)}`;
    case 'unknown':
      return 'what becomes of the URL cannot be told';
    default:
      return undefined;
  }
};

const answerText = (answer: Answer, condition: string): string => {
  switch (answer.kind) {
    case 'mount':
      return applicationText(answer.mount, condition);
    case 'earlier':
      return earlierText(answer.step);
    case 'file':
      return answer.handler
        ? applicationText(answer.handler, condition)
        : `the file ${code(answer.path)} answers${condition}, if it is there`;
    case 'nowhere':
      return `a file answers${condition}, if there is one`;
  }
};

const applicationText = (mount: Mount, condition: string): string =>
  `${code(mount.script?.value ?? mount.entry.name)} answers${condition} (${noteOf(mount)})`;

const EARLIER: Readonly<Record<EarlierStep['kind'], (target: string) => string>> = {
  proxy: (target) => `the request is passed to ${target}`,
  redirect: (target) => `the browser is sent to ${target}`,
  alias: (target) => `the file ${target} answers, if it is there`,
};

const earlierText = ({ kind, target }: EarlierStep): string =>
  EARLIER[kind](target === undefined ? 'what a pattern makes of the URL' : code(target));
