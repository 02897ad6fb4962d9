import path from 'node:path';
import { type ExpressOptionName, findExpressOption } from '../../../common/src/express-options';
import type { Pair, ParsedArguments } from '../command-line/parse';
import { UsageError } from '../command-line/usage-error';

/** Typed access to the parsed options; the table is where names, types and defaults come from. */
export interface OptionReader {
  readonly flag: (name: ExpressOptionName) => boolean;
  readonly text: (name: ExpressOptionName) => string | undefined;
  /** For options with a default. */
  readonly number: (name: ExpressOptionName) => number;
  readonly optionalNumber: (name: ExpressOptionName) => number | undefined;
  readonly list: (name: ExpressOptionName) => readonly string[];
  readonly pairs: (name: ExpressOptionName) => readonly Pair[];
  /** Absolute. */
  readonly path: (name: ExpressOptionName) => string | undefined;
  readonly paths: (name: ExpressOptionName) => readonly string[];
  readonly resolve: (file: string) => string;
}

/** Reads options; relative paths count from `cwd`. */
export const optionReader = ({ values }: ParsedArguments, cwd: string): OptionReader => {
  const value = (name: ExpressOptionName) => values.get(name) ?? findExpressOption(name)?.default;
  const resolve = (file: string): string => path.resolve(cwd, file);
  const text = (name: ExpressOptionName): string | undefined => {
    const found = value(name);
    return found === undefined ? undefined : String(found);
  };
  const list = (name: ExpressOptionName): readonly string[] => {
    const found = value(name);
    return Array.isArray(found) ? (found as readonly string[]) : [];
  };
  return {
    flag: (name) => value(name) === true,
    text,
    number: (name) => Number(value(name)),
    optionalNumber: (name) => {
      const found = value(name);
      return found === undefined ? undefined : Number(found);
    },
    list,
    pairs: (name) => {
      const found = value(name);
      return Array.isArray(found) ? (found as readonly Pair[]) : [];
    },
    path: (name) => {
      const found = text(name);
      return found === undefined ? undefined : resolve(found);
    },
    paths: (name) => list(name).map(resolve),
    resolve,
  };
};

/**
 * Checks the form of a value that the table cannot describe.
 *
 * @returns the value.
 * @throws UsageError `option-value`.
 */
export const checkForm = (
  option: ExpressOptionName,
  value: string,
  form: RegExp,
  accepted: string,
): string => {
  if (form.test(value)) return value;
  throw new UsageError({
    code: 'option-value',
    message: `The option --${option} does not accept ${JSON.stringify(value)}.`,
    action: `It takes ${accepted}.`,
  });
};
