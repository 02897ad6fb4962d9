import {
  acceptedValues,
  type ExpressOption,
  expressOptions,
  findExpressOption,
  isPair,
  leftOutError,
  parseOptionText,
  unknownOptionError,
  wrongValueError,
} from '../../../common/src/express-options';
import { asUsageError, UsageError } from './usage-error';

/** A command line, taken apart. */
export interface ParsedArguments {
  /** Words that belong to no option. */
  readonly positionals: readonly string[];
  /** Options by name: true for a flag, all values in order for a repeatable option, the last one otherwise. */
  readonly values: ReadonlyMap<string, OptionResult>;
  /** `--help` or `-h` was among the words. */
  readonly help: boolean;
}

/** What the command line says about one option. */
export type OptionResult = true | string | number | readonly string[] | readonly Pair[];

/** The two words of one use of an option that takes a pair. */
export type Pair = readonly [string, string];

/**
 * Reads `--name value`, `--name=value`, flags, unambiguous beginnings of names (as upstream accepts them) and `--`,
 * after which everything is a positional word.
 *
 * @throws UsageError naming the option, the value and what is accepted.
 */
export const parseArguments = (words: readonly string[]): ParsedArguments => {
  const positionals: string[] = [];
  const values = new Map<string, OptionResult>();
  let help = false;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') positionals.push(...rest.splice(0));
    else if (word === '--help' || word === '-h') help = true;
    else if (!word.startsWith('-') || word === '-') positionals.push(word);
    else if (!word.startsWith('--')) throw shortOption(word);
    else store(values, word, rest);
  }
  return { positionals, values, help };
};

/** Reads one option; its value comes from behind `=` or from the words that follow. */
const store = (values: Map<string, OptionResult>, word: string, rest: string[]): void => {
  const equals = word.indexOf('=');
  const option = named(equals < 0 ? word.slice(2) : word.slice(2, equals));
  if (option.leftOut) throw asUsageError(leftOutError(option));
  const attached = equals < 0 ? undefined : word.slice(equals + 1);
  const name = option.aliasOf ?? option.name;
  const earlier = values.get(name);
  if (option.type === 'flag') {
    if (attached !== undefined) throw takesNoValue(option, attached);
    values.set(name, true);
  } else if (option.type === 'pair') {
    const pair = takePair(option, attached, rest);
    values.set(name, [...(Array.isArray(earlier) ? (earlier as readonly Pair[]) : []), pair]);
  } else {
    const value = takeValue(option, attached, rest);
    if (!option.repeatable) values.set(name, value);
    else values.set(name, [...(Array.isArray(earlier) ? (earlier as readonly string[]) : []), String(value)]);
  }
};

const takeValue = (option: ExpressOption, attached: string | undefined, rest: string[]): string | number => {
  const text = attached ?? rest.shift();
  if (text === undefined) throw needsValue(option);
  const value = parseOptionText(option, text);
  if (value === undefined) throw asUsageError(wrongValueError(option, text));
  return value;
};

const takePair = (option: ExpressOption, attached: string | undefined, rest: string[]): Pair => {
  const first = attached ?? rest.shift();
  const second = rest.shift();
  if (first === undefined || second === undefined) throw needsValue(option);
  if (!isPair(option, [first, second])) throw asUsageError(wrongValueError(option, [first, second]));
  return [first, second];
};

const named = (name: string): ExpressOption => {
  const exact = findExpressOption(name);
  if (exact) return exact;
  const beginning = name === '' ? [] : expressOptions.filter((option) => option.name.startsWith(name));
  if (beginning.length === 1 && beginning[0]) return beginning[0];
  if (beginning.length === 0) throw asUsageError(unknownOptionError(name));
  throw new UsageError({
    code: 'option-ambiguous',
    message: `The option --${name} is the beginning of several.`,
    action: `Write one of ${beginning.map((option) => `--${option.name}`).join(', ')}.`,
  });
};

const shortOption = (word: string): UsageError =>
  new UsageError({
    code: 'option-unknown',
    message: `mod_wsgi-express has no option ${word}.`,
    action: 'Options have long names (--port 8000); see start-server --help.',
  });

const takesNoValue = (option: ExpressOption, text: string): UsageError =>
  new UsageError({
    code: 'option-value',
    message: `The option --${option.name} does not accept ${JSON.stringify(text)}.`,
    action: 'It is a switch and takes no value.',
  });

const needsValue = (option: ExpressOption): UsageError =>
  new UsageError({
    code: 'option-value',
    message: `The option --${option.name} needs a value, and the command line ends after it.`,
    action: `It takes ${acceptedValues(option)}.`,
  });
