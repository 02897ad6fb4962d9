import { detached } from '../syntax/detached';
import { fromBytes, toBytes } from './bytes';
import { compileProgram, type Program } from './compile';
import { PatternProblem } from './nodes';
import { parsePattern } from './parse';
import { search, TooManySteps } from './run';

/** What a pattern of a configuration finds in a text. */
export type Found =
  /** `groups`: what was found, then what each group has found; empty where it has found nothing. */
  | { readonly kind: 'found'; readonly groups: readonly string[] }
  | { readonly kind: 'none' }
  /** `why`: as the end of a sentence. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface PatternOptions {
  readonly ignoresCase?: boolean;
}

/** PCRE takes patterns of about this length. */
const LONGEST = 65_535;

/** What is remembered of patterns is dropped when it has more instructions than these. */
const MOST_REMEMBERED = 100_000;

const remembered = new Map<string, Program | PatternProblem>();
let size = 0;

/** A pattern that has been given up so often is not tried again: a hostile configuration has many, and asks them of many texts. */
const MOST_GIVEN_UP = 10;

const givenUp = new WeakMap<Program, number>();

const TOO_MANY_WAYS: Found = {
  kind: 'unknown',
  why: 'its pattern can match in too many ways for all of them to be tried',
};

/**
 * Looks for a Perl-compatible regular expression in a text, as Apache 2.4 does. The time is bounded, whatever the pattern: JavaScript's own
 * regular expressions are not, and nothing else may run what a configuration says.
 */
export const findPattern = (
  pattern: string,
  text: string,
  { ignoresCase = false }: PatternOptions = {},
): Found => {
  const program = programOf(pattern, ignoresCase);
  if (program instanceof PatternProblem) return { kind: 'unknown', why: whyNot(program) };
  const times = givenUp.get(program) ?? 0;
  if (times === MOST_GIVEN_UP) return TOO_MANY_WAYS;
  const bytes = toBytes(text);
  try {
    const places = search(program, bytes);
    return places ? { kind: 'found', groups: groupsAt(places, bytes) } : { kind: 'none' };
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error;
    givenUp.set(program, times + 1);
    return TOO_MANY_WAYS;
  }
};

/** Whether a pattern is found; false where nobody can tell. */
export const matchesPattern = (pattern: string, text: string): boolean =>
  findPattern(pattern, text).kind === 'found';

/** Why Apache does not take a pattern, as the end of a sentence. One that says what is not followed here is believed. */
export const patternProblem = (pattern: string): string | undefined => {
  const program = programOf(pattern, false);
  return program instanceof PatternProblem && program.kind === 'broken' ? program.message : undefined;
};

/** Whether Apache takes a pattern. */
export const isSoundPattern = (pattern: string): boolean => patternProblem(pattern) === undefined;

const programOf = (pattern: string, ignoresCase: boolean): Program | PatternProblem => {
  const kind = ignoresCase ? 'i' : '-';
  const known = remembered.get(kind + pattern);
  if (known) return known;
  const key = detached(kind + pattern);
  const made = compile(key.slice(kind.length), ignoresCase);
  const added = made instanceof PatternProblem ? 1 : made.instructions.length;
  if (size + added > MOST_REMEMBERED) {
    remembered.clear();
    size = 0;
  }
  size += added;
  remembered.set(key, made);
  return made;
};

const compile = (pattern: string, ignoresCase: boolean): Program | PatternProblem => {
  if (pattern.length > LONGEST) return new PatternProblem('beyond', 'more characters than PCRE takes');
  try {
    return compileProgram(parsePattern(toBytes(pattern), ignoresCase));
  } catch (error) {
    if (error instanceof PatternProblem) return error;
    throw error;
  }
};

const whyNot = ({ kind, message }: PatternProblem): string =>
  kind === 'broken'
    ? `its pattern is no regular expression: ${message}`
    : `its pattern has ${message}, which is not followed here`;

const groupsAt = (places: readonly number[], bytes: string): readonly string[] =>
  Array.from({ length: places.length / 2 }, (_, group) => {
    const start = places[2 * group] ?? -1;
    const end = places[2 * group + 1] ?? -1;
    return start < 0 || end < 0 ? '' : fromBytes(bytes.slice(start, end));
  });
