/** What a value of an option is, and so how it is checked and written. */
export type ExpressOptionType =
  | 'string'
  | 'int'
  | 'float'
  | 'path'
  | 'url-path'
  | 'flag'
  | 'choice'
  /** Two words, see {@link ExpressOption.parts}. */
  | 'pair';

/** The heading under which `--help` and the documentation show an option. */
export type ExpressOptionGroup =
  | 'application'
  | 'listener'
  | 'tls'
  | 'process'
  | 'timeouts'
  | 'requests'
  | 'static'
  | 'access'
  | 'proxy'
  | 'python'
  | 'environment'
  | 'services'
  | 'files'
  | 'apache'
  | 'logging'
  | 'monitoring'
  | 'debugging';

/** One of the two words of a `pair`. */
export interface ExpressOptionPart {
  readonly metavar: string;
  readonly type: 'string' | 'path' | 'url-path';
}

/** One option of `mod_wsgi-express start-server`. */
export interface ExpressOption {
  /** The long flag without its dashes; upstream's name where upstream has the option. */
  readonly name: string;
  readonly type: ExpressOptionType;
  /** What stands for the value in `--help`; absent for flags. */
  readonly metavar?: string;
  /** The words of a `pair`; upstream's options of this kind can all be repeated. */
  readonly parts?: readonly [ExpressOptionPart, ExpressOptionPart];
  /** The default as text, for readers. */
  readonly defaultText?: string;
  /** The default as a value, where it is a constant. */
  readonly default?: string | number;
  /** The accepted words of a `choice`. */
  readonly choices?: readonly string[];
  /** The accepted range of an `int` or `float`; 0 may be accepted besides. */
  readonly range?: { readonly minimum: number; readonly maximum: number; readonly orZero?: true };
  /** May be given several times; every value counts. */
  readonly repeatable?: boolean;
  readonly group: ExpressOptionGroup;
  /** One or two sentences, as `--help` and the documentation show them. */
  readonly help: string;
  /** Whether upstream's launcher knows it too. */
  readonly origin: 'upstream' | 'ours';
  /** Another name, kept for old command lines, of the option of this name. */
  readonly aliasOf?: string;
  /** Why this launcher does not have it; using it is refused with this sentence. */
  readonly leftOut?: string;
}

type Details = Partial<Omit<ExpressOption, 'name' | 'type' | 'group' | 'help'>>;

/** An option without the heading it stands under, which its group adds. */
export type UngroupedOption<Name extends string = string> = Omit<ExpressOption, 'group' | 'name'> & {
  readonly name: Name;
};

const option = <const Name extends string>(
  type: ExpressOptionType,
  name: Name,
  help: string,
  details: Details,
): UngroupedOption<Name> => ({ name, type, help, origin: 'upstream', ...details });

/** A switch. */
export const flag = <const Name extends string>(name: Name, help: string, details: Details = {}) =>
  option('flag', name, help, details);

/** Any text that is not empty. */
export const text = <const Name extends string>(
  name: Name,
  metavar: string,
  help: string,
  details: Details = {},
) => option('string', name, help, { metavar, ...details });

/** A file or directory; relative ones count from the current directory. */
export const file = <const Name extends string>(
  name: Name,
  metavar: string,
  help: string,
  details: Details = {},
) => option('path', name, help, { metavar, ...details });

/** The path part of a URL, from its slash on. */
export const urlPath = <const Name extends string>(name: Name, help: string, details: Details = {}) =>
  option('url-path', name, help, { metavar: 'URL-PATH', ...details });

/** A whole number from 0 on, or of a range. */
export const int = <const Name extends string>(
  name: Name,
  metavar: string,
  help: string,
  details: Details = {},
) => option('int', name, help, { metavar, range: { minimum: 0, maximum: 999_999_999 }, ...details });

/** A number of seconds with a default. */
export const seconds = <const Name extends string>(name: Name, defaultValue: number, help: string) =>
  int(name, 'SECONDS', help, { default: defaultValue });

/** A number with decimals. */
export const float = <const Name extends string>(
  name: Name,
  metavar: string,
  help: string,
  details: Details = {},
) => option('float', name, help, { metavar, ...details });

/** One of some words. */
export const choice = <const Name extends string>(
  name: Name,
  metavar: string,
  choices: readonly string[],
  help: string,
  details: Details = {},
) => option('choice', name, help, { metavar, choices, ...details });

/** Two words that belong together; may be repeated. */
export const pair = <const Name extends string>(
  name: Name,
  parts: readonly [ExpressOptionPart, ExpressOptionPart],
  help: string,
  details: Details = {},
) =>
  option('pair', name, help, {
    metavar: parts.map(({ metavar }) => metavar).join(' '),
    parts,
    repeatable: true,
    ...details,
  });

/** Puts options under their heading. */
export const group = <const Options extends readonly UngroupedOption[]>(
  name: ExpressOptionGroup,
  options: Options,
): readonly (ExpressOption & { readonly name: Options[number]['name'] })[] =>
  options.map((entry) => ({ ...entry, group: name }));
