import path from 'node:path';
import { findExpressOption } from '../../../common/src/express-options';
import type { RuntimeChoice } from '../../../common/src/runtime/resolve';
import { describeOption } from '../command-line/help';
import { parseArguments } from '../command-line/parse';
import { UsageError } from '../command-line/usage-error';

/** A switch of one command alone. */
export interface OwnSwitch {
  readonly name: string;
  readonly help: string;
}

/** What a command takes that knows only a few of `start-server`'s options, and no application. */
export interface OptionSubset {
  readonly command: string;
  /** Names of options in the table. */
  readonly options: readonly string[];
  readonly switches: readonly OwnSwitch[];
}

/** A command line that was read with a subset. */
export interface SubsetArguments {
  readonly text: (name: string) => string | undefined;
  readonly has: (name: string) => boolean;
}

/**
 * Reads the words behind a command.
 *
 * @throws UsageError for an option that the command does not take, and for any other word.
 */
export const parseSubset = (words: readonly string[], subset: OptionSubset): SubsetArguments => {
  const isSwitch = (word: string) => subset.switches.some(({ name }) => word === `--${name}`);
  const switched = new Set(words.filter(isSwitch).map((word) => word.slice(2)));
  const { positionals, values } = parseArguments(words.filter((word) => !isSwitch(word)));
  const foreign = [...values.keys()].find((name) => !subset.options.includes(name));
  if (foreign !== undefined) throw notTaken(`the option --${foreign}`, subset);
  if (positionals[0] !== undefined) throw notTaken(JSON.stringify(positionals[0]), subset);
  return {
    text: (name) => {
      const value = values.get(name);
      return value === undefined ? undefined : String(value);
    },
    has: (name) => switched.has(name),
  };
};

const notTaken = (what: string, { command, options, switches }: OptionSubset): UsageError =>
  new UsageError({
    code: 'argument-superfluous',
    message: `The command ${command} does not take ${what}.`,
    action: `It takes ${[...options, ...switches.map(({ name }) => name)].map((name) => `--${name}`).join(', ')}.`,
  });

/** The options of a subset as `--help` shows them. */
export const subsetHelp = ({ options, switches }: OptionSubset): string => {
  const known = options.map(findExpressOption).filter((option) => option !== undefined);
  return [
    'Options:',
    ...known.map(describeOption),
    ...switches.map(({ name, help }) => `  --${name}\n      ${help}`),
  ].join('\n');
};

/** The options with which a command finds Python, Apache and the module. */
export const RUNTIME_OPTIONS = ['python', 'working-directory', 'httpd-executable', 'module-path'] as const;

/** What these options say, for the search; relative paths count from `cwd`, as those of `start-server` do. */
export const runtimeChoice = ({ text }: SubsetArguments, cwd: string): RuntimeChoice => {
  const file = (name: (typeof RUNTIME_OPTIONS)[number]): string | undefined => {
    const value = text(name);
    return value && path.resolve(cwd, value);
  };
  // A bare name such as python3.12 is looked up on PATH.
  const python = text('python')?.includes('/') ? file('python') : text('python');
  const modulePath = file('module-path');
  const httpd = file('httpd-executable');
  return {
    runtime: 'auto',
    cwd: file('working-directory') ?? cwd,
    ...(python ? { python } : {}),
    ...(modulePath ? { modulePath } : {}),
    ...(httpd ? { httpd } : {}),
    onOutput: (output) => process.stderr.write(output),
  };
};
