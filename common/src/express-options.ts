import { UserError } from './errors';
import { type ExpressOption, type ExpressOptionPart, expressOptions } from './express-option-table';
import { nearest } from './nearest';

export {
  type ExpressOption,
  type ExpressOptionGroup,
  type ExpressOptionName,
  expressOptions,
} from './express-option-table';
export { expressOptionsSchema, type JsonSchema } from './express-options-schema';

/**
 * A value as launch.json gives it. An option that takes two words has them as a list: `["/static", "static"]`; an option
 * that can be repeated takes one value or a list of values.
 */
export type OptionValue = string | number | boolean | readonly (string | readonly string[])[];

const byName: ReadonlyMap<string, ExpressOption> = new Map(
  expressOptions.map((option) => [option.name, option]),
);

/** The option of that name, or undefined. */
export const findExpressOption = (name: string): ExpressOption | undefined => byName.get(name);

/** What an option accepts, in words. */
export const acceptedValues = (option: ExpressOption): string => {
  switch (option.type) {
    case 'flag':
      return 'true or false';
    case 'int':
      return option.range
        ? `${option.range.orZero ? '0, or ' : ''}a whole number from ${option.range.minimum} to ${option.range.maximum}`
        : 'a whole number';
    case 'float':
      return option.range
        ? `a number from ${option.range.minimum} to ${option.range.maximum}`
        : 'a number that is not negative';
    case 'choice':
      return `one of ${option.choices?.join(', ')}`;
    case 'path':
      return 'a path';
    case 'url-path':
      return 'the path of a URL, which begins with a slash';
    case 'pair':
      return `two words: ${option.parts?.map(describePart).join(' and ')}`;
    case 'string':
      return 'a text that is not empty';
  }
};

const describePart = ({ metavar, type }: ExpressOptionPart): string =>
  type === 'url-path' ? `${metavar} with a slash in front` : metavar;

/** The mistake of naming an option that does not exist, with the name that was probably meant. */
export const unknownOptionError = (name: string): UserError => {
  const suggestion = nearest(
    name,
    expressOptions.filter(({ leftOut }) => leftOut === undefined).map((option) => option.name),
  );
  return new UserError({
    code: 'option-unknown',
    message: `mod_wsgi-express has no option --${name}.`,
    action: suggestion ? `Did you mean --${suggestion}?` : 'See start-server --help for all options.',
  });
};

/** The mistake of using an option of upstream's that this launcher does not have on purpose. */
export const leftOutError = ({ name, leftOut }: ExpressOption): UserError =>
  new UserError({
    code: 'option-left-out',
    message: `This mod_wsgi-express has no option --${name}: ${leftOut}.`,
    action: 'Leave it out of the command line.',
  });

/** The mistake of giving an option a value that it does not accept. */
export const wrongValueError = (option: ExpressOption, value: unknown): UserError =>
  new UserError({
    code: 'option-value',
    message: `The option --${option.name} does not accept ${JSON.stringify(value)}.`,
    action: `It takes ${acceptedValues(option)}.`,
  });

/**
 * Whether a text is a value of the option; flags take no text, and of a pair every word is a text of its part.
 *
 * @returns the value: a number for `int` and `float`, the text itself otherwise; undefined if it is not accepted.
 */
export const parseOptionText = (
  { type, choices, range }: Pick<ExpressOption, 'type' | 'choices' | 'range'>,
  text: string,
): string | number | undefined => {
  if (text === '' || text.includes('\0')) return undefined;
  switch (type) {
    case 'choice':
      return choices?.includes(text) ? text : undefined;
    case 'url-path':
      return text.startsWith('/') ? text : undefined;
    case 'int':
      return /^\d{1,9}$/.test(text) ? inRange(Number(text), range) : undefined;
    case 'float':
      return /^\d{1,9}(\.\d{1,9})?$|^\.\d{1,9}$/.test(text) ? inRange(Number(text), range) : undefined;
    default:
      return text;
  }
};

const inRange = (number: number, range: ExpressOption['range']): number | undefined => {
  const { minimum, maximum, orZero } = range ?? { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
  return (orZero && number === 0) || (number >= minimum && number <= maximum) ? number : undefined;
};

/** Whether two words are a value of an option that takes a pair. */
export const isPair = ({ parts }: ExpressOption, words: readonly unknown[]): words is readonly string[] =>
  words.length === 2 &&
  words.every((word, index) => {
    const part = parts?.[index];
    return part !== undefined && typeof word === 'string' && parseOptionText(part, word) !== undefined;
  });

/**
 * Turns launch.json's `options` object into command-line words, in the order of the object. A flag that is false is
 * left out; a list repeats the option.
 *
 * @throws UserError `option-unknown`, `option-left-out` or `option-value`.
 */
export const optionsToArguments = (options: Readonly<Record<string, OptionValue>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => {
    const option = findExpressOption(name);
    if (!option) throw unknownOptionError(name);
    if (option.leftOut) throw leftOutError(option);
    return optionToArguments(option, value);
  });

const optionToArguments = (option: ExpressOption, value: OptionValue): string[] => {
  if (option.type === 'flag') {
    if (typeof value !== 'boolean') throw wrongValueError(option, value);
    return value ? [`--${option.name}`] : [];
  }
  if (option.type === 'pair') {
    if (!Array.isArray(value)) throw wrongValueError(option, value);
    const pairs: readonly unknown[] = value.every((entry) => Array.isArray(entry)) ? value : [value];
    return pairs.flatMap((words) => {
      if (!Array.isArray(words) || !isPair(option, words)) throw wrongValueError(option, words);
      return [`--${option.name}`, ...words];
    });
  }
  const values: readonly unknown[] = option.repeatable && Array.isArray(value) ? value : [value];
  return values.map((single) => {
    const isNumber = option.type === 'int' || option.type === 'float';
    const hasType = typeof single === 'string' || (typeof single === 'number' && isNumber);
    const text = String(single);
    if (!hasType || parseOptionText(option, text) === undefined) throw wrongValueError(option, value);
    return `--${option.name}=${text}`;
  });
};
