import { splitWord, splitWords } from '../syntax/words';
import type { Input } from './input';
import type { Origin } from './nodes';
import type { ReadState } from './state';

/** A defined macro. */
export interface Macro {
  /** Lower case. */
  readonly name: string;
  readonly origin: Origin;
  readonly parameters: readonly string[];
  readonly body: readonly string[];
}

/** How messages name a macro. */
const describe = (macro: Pick<Macro, 'name' | 'origin'>): string =>
  `macro '${macro.name}' (defined on line ${macro.origin.line} of "${macro.origin.file}")`;

/** How messages name the source of the lines of a macro that is used. */
export const describeUse = (macro: Macro, use: Origin): string =>
  `${describe(macro)} used on line ${use.line} of "${use.file}"`;

/**
 * Reads `<Macro NAME parameters>` and the lines up to its end.
 *
 * @param args the tag's text after its name
 * @returns httpd's message if it refuses the definition
 */
export const defineMacro = (state: ReadState, input: Input, args: string): string | undefined => {
  const bracket = args.lastIndexOf('>');
  if (bracket < 0) return "<Macro> directive missing closing '>'";
  const { origin } = input;
  const rest = args.slice(bracket + 1);
  if (rest.trim() !== '')
    state.notice(
      'macro:warn',
      `AH02989: AH02801: non blank chars found after <Macro closing '>' on line ${origin.line} of ${origin.file}: ${rest}`,
      origin,
    );
  const [name, ...parameters] = splitWords(args.slice(0, bracket)).map(({ value }) => value);
  if (!name) return '<Macro macro definition: empty name';
  const macro = { name: name.toLowerCase(), origin, parameters };
  noticeRedefinition(state, macro);
  const conflict = checkParameters(state, macro);
  if (conflict) return conflict;
  const read = readBody(state, input, macro);
  if (read.problem !== undefined) return `${describe(macro)}\n\tcontents error: ${read.problem}`;
  noticeUnused(state, macro, read.body);
  state.macros.set(macro.name, { ...macro, body: read.body });
  return undefined;
};

type Heading = Omit<Macro, 'body'>;

const noticeRedefinition = (state: ReadState, macro: Heading): void => {
  const earlier = state.macros.get(macro.name);
  if (!earlier) return;
  const { origin } = macro;
  state.notice(
    'macro:warn',
    `AH02802: macro '${macro.name}' multiply defined: defined on line ${earlier.origin.line} of "${earlier.origin.file}", ` +
      `redefined on line ${origin.line} of "${origin.file}"`,
    origin,
  );
};

const checkParameters = (state: ReadState, macro: Heading): string | undefined => {
  for (const [index, parameter] of macro.parameters.entries()) {
    if (parameter === '') return `${describe(macro)}: empty argument #${index + 1} name`;
    if (!/^[$%@]/.test(parameter))
      state.notice(
        'macro:warn',
        `AH02796: ${describe(macro)} argument name '${parameter}' (#${index + 1}) without expected prefix, ` +
          "better prefix argument names with one of '$%@'.",
        macro.origin,
      );
    for (const [offset, other] of macro.parameters.slice(index + 1).entries()) {
      const second = index + offset + 2;
      if (parameter === other)
        return (
          `argument name conflict in ${describe(macro)}: argument '${parameter}': #${index + 1} and #${second}, ` +
          'change argument names!'
        );
      if (parameter.startsWith(other) || other.startsWith(parameter))
        state.notice(
          'macro:warn',
          `AH02797: ${describe(macro)}: argument name prefix conflict (${parameter} #${index + 1} and ${other} #${second}), ` +
            'be careful about your macro definition!',
          macro.origin,
        );
    }
  }
  return undefined;
};

type Body = { readonly body: readonly string[]; readonly problem?: undefined } | { readonly problem: string };

const readBody = (state: ReadState, input: Input, macro: Heading): Body => {
  const body: string[] = [];
  let macroDepth = 1;
  // The macro's own tag counts, so that its end brings the sum to 0.
  let sectionDepth = 1;
  for (let line = input.next(); line !== undefined; line = input.next()) {
    if (line.startsWith('#')) continue;
    const first = splitWord(line, 0);
    const tag = first.value.toLowerCase();
    if (tag.startsWith('</')) {
      sectionDepth--;
      if (sectionDepth < 0) noticeNegative(state, macro, input.origin.line - macro.origin.line);
    } else if (tag.startsWith('<')) sectionDepth++;
    if (tag === '</macro>' && --macroDepth === 0) {
      noticeBodyEnd(state, input.origin, macro, sectionDepth, line.slice(first.end));
      return { body };
    }
    if (tag === '<macro') macroDepth++;
    body.push(line);
  }
  return { problem: 'expected token not found: </Macro>' };
};

const noticeNegative = (state: ReadState, macro: Heading, line: number): void =>
  state.notice(
    'macro:warn',
    `AH02793: bad (negative) nesting on line ${line} of ${describe(macro)}`,
    macro.origin,
  );

const noticeBodyEnd = (
  state: ReadState,
  end: Origin,
  macro: Heading,
  sectionDepth: number,
  trailing: string,
): void => {
  if (trailing.trim() !== '')
    state.notice(
      'macro:warn',
      `AH02989: AH02794: non blank chars found after directive closing on line ${end.line} of ${end.file}: ${trailing}`,
      end,
    );
  if (sectionDepth !== 0)
    state.notice(
      'macro:warn',
      `AH02795: bad cumulated nesting (${sectionDepth > 0 ? '+' : ''}${sectionDepth}) in ${describe(macro)}`,
      macro.origin,
    );
};

const noticeUnused = (state: ReadState, macro: Heading, body: readonly string[]): void => {
  if (body.length === 0) {
    state.notice('macro:warn', `AH02799: ${describe(macro)}: empty contents!`, macro.origin);
    return;
  }
  const used = new Set<number>();
  for (const line of body) substitute(line, macro.parameters, macro.parameters, used);
  for (const [index, parameter] of macro.parameters.entries())
    if (!used.has(index))
      state.notice(
        'macro:warn',
        `AH02800: ${describe(macro)}: argument '${parameter}' (#${index + 1}) never used`,
        macro.origin,
      );
};

/** What `Use` inserts, or why it does not. */
export type Use =
  | { readonly source: string; readonly lines: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string };

/**
 * Resolves `Use NAME values`.
 *
 * @param reading the name of the source that holds the Use: a macro's own, if it calls itself
 */
export const useMacro = (state: ReadState, use: Origin, args: string): Use => {
  const [name, ...values] = splitWords(args).map(({ value }) => value);
  if (state.macros.size === 0) return { problem: 'no macro defined before Use' };
  if (!name) return { problem: 'no macro name specified with Use' };
  const macro = state.macros.get(name.toLowerCase());
  if (!macro) return { problem: `macro '${name.toLowerCase()}' undefined` };
  if (use.file.includes(describe(macro)))
    return { problem: `recursive use of macro '${macro.name}' is invalid` };
  if (values.length !== macro.parameters.length)
    return {
      problem: `${describe(macro)} used with ${values.length} arguments instead of ${macro.parameters.length}`,
    };
  for (const [index, value] of values.entries())
    if (value === '')
      state.notice('macro:warn', `AH02798: ${describeUse(macro, use)}: empty argument #${index + 1}`, use);
  const lines = macro.body.map((line) => substitute(line, macro.parameters, values, new Set()));
  return { source: describeUse(macro, use), lines };
};

/** Forgets a macro. */
export const undefineMacro = (state: ReadState, args: string): string | undefined => {
  const name = splitWord(args, 0).value.toLowerCase();
  if (state.macros.size === 0) return 'no macro defined before UndefMacro';
  return state.macros.delete(name) ? undefined : `cannot remove undefined macro '${name}'`;
};

/** Puts values in place of parameters: the leftmost first, the longest of those; inserted text is not searched again. */
const substitute = (
  line: string,
  parameters: readonly string[],
  values: readonly string[],
  used: Set<number>,
): string => {
  let result = '';
  let rest = line;
  for (;;) {
    const found = firstParameter(rest, parameters);
    if (!found) return result + rest;
    used.add(found.index);
    const value = values[found.index] ?? '';
    result += rest.slice(0, found.at) + (found.parameter.startsWith('@') ? quote(value) : value);
    rest = rest.slice(found.at + found.parameter.length);
  }
};

const firstParameter = (text: string, parameters: readonly string[]) => {
  let best: { at: number; index: number; parameter: string } | undefined;
  for (const [index, parameter] of parameters.entries()) {
    const at = text.indexOf(parameter);
    if (at < 0) continue;
    if (!best || at < best.at || (at === best.at && parameter.length > best.parameter.length))
      best = { at, index, parameter };
  }
  return best;
};

const quote = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
