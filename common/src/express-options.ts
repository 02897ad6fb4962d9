import { UserError } from './errors';
import { type ExpressOption, expressOptions } from './express-option-table';
import { nearest } from './nearest';

export {
  type ExpressOption,
  type ExpressOptionGroup,
  type ExpressOptionName,
  expressOptions,
} from './express-option-table';
export { expressOptionsSchema, type JsonSchema } from './express-options-schema';

/** A value as launch.json gives it. */
export type OptionValue = string | number | boolean | readonly string[];

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
        ? `a whole number from ${option.range.minimum} to ${option.range.maximum}`
        : 'a whole number';
    case 'choice':
      return `one of ${option.choices?.join(', ')}`;
    case 'path':
      return 'a path';
    case 'string':
      return 'a text that is not empty';
  }
};

/** The mistake of naming an option that does not exist, with the name that was probably meant. */
export const unknownOptionError = (name: string): UserError => {
  const suggestion = nearest(name, [...byName.keys()]);
  return new UserError({
    code: 'option-unknown',
    message: `mod_wsgi-express has no option --${name}.`,
    action: suggestion ? `Did you mean --${suggestion}?` : 'See start-server --help for all options.',
  });
};

/** The mistake of giving an option a value that it does not accept. */
export const wrongValueError = (option: ExpressOption, value: unknown): UserError =>
  new UserError({
    code: 'option-value',
    message: `The option --${option.name} does not accept ${JSON.stringify(value)}.`,
    action: `It takes ${acceptedValues(option)}.`,
  });

/**
 * Whether a text is a value of the option; flags take no text.
 *
 * @returns the value: a number for `int`, the text itself otherwise; undefined if it is not accepted.
 */
export const parseOptionText = (option: ExpressOption, text: string): string | number | undefined => {
  if (text === '' || text.includes('\0')) return undefined;
  if (option.type === 'choice') return option.choices?.includes(text) ? text : undefined;
  if (option.type !== 'int') return text;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  const { minimum, maximum } = option.range ?? { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
  return number >= minimum && number <= maximum ? number : undefined;
};

/**
 * Turns launch.json's `options` object into command-line words, in the order of the object. A flag that is false is
 * left out; a list repeats the option.
 *
 * @throws UserError `option-unknown` or `option-value`.
 */
export const optionsToArguments = (options: Readonly<Record<string, OptionValue>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => {
    const option = findExpressOption(name);
    if (!option) throw unknownOptionError(name);
    return optionToArguments(option, value);
  });

const optionToArguments = (option: ExpressOption, value: OptionValue): string[] => {
  if (option.type === 'flag') {
    if (typeof value !== 'boolean') throw wrongValueError(option, value);
    return value ? [`--${option.name}`] : [];
  }
  const values: readonly unknown[] = option.repeatable && Array.isArray(value) ? value : [value];
  return values.map((single) => {
    const hasType = typeof single === 'string' || (typeof single === 'number' && option.type === 'int');
    const text = String(single);
    if (!hasType || parseOptionText(option, text) === undefined) throw wrongValueError(option, value);
    return `--${option.name}=${text}`;
  });
};
