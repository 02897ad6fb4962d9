import { wordTable } from '../../../common/src/word-table';
import { findModule } from '../catalogue/modules';
import { splitWord } from '../syntax/words';
import type { ReadState } from './state';

/** Whether a startup condition holds, or httpd's message about it. */
export type Condition =
  | { readonly holds: boolean; readonly problem?: undefined }
  | { readonly problem: string };

/**
 * Evaluates the tag of a startup condition while the file is read.
 *
 * @param name canonical name, without `<`
 * @param args the tag's text after the name, its `>` included
 */
export const evaluateCondition = (state: ReadState, name: string, args: string): Condition => {
  const bracket = args.lastIndexOf('>');
  if (bracket < 0) return { problem: `<${name}> directive missing closing '>'` };
  let subject = args.slice(0, bracket);
  if (subject === '') return { problem: `<${name}> directive requires additional arguments` };
  const negated = subject.startsWith('!');
  if (negated) subject = subject.slice(1);
  const test = TESTS[name.toLowerCase()];
  const holds = test?.(state, splitWord(subject, 0).value) ?? false;
  return { holds: holds !== negated };
};

/** The conditions on one name; `<IfVersion>` compares and is separate. */
const TESTS: Readonly<Record<string, (state: ReadState, word: string) => boolean>> = wordTable({
  ifdefine: (state, word) => state.defined.has(word),
  ifmodule: (state, word) => {
    const module = findModule(word);
    return module !== undefined && state.modules.has(module.name);
  },
  iffile: (state, word) => state.machine.files.kind(state.rootRelative(word)) !== undefined,
  ifdirective: (state, word) => state.knows(word) !== undefined,
  ifsection: (state, word) => state.knows(`<${word}`) !== undefined,
});
