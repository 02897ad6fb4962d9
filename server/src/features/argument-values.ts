import { CompletionItemKind } from 'vscode-languageserver';
import { wordTable } from '../../../common/src/word-table';
import argumentWords from '../../data/argument-words.json';
import words from '../../data/words.json';
import { labels } from '../catalogue/directives';
import { modules } from '../catalogue/modules';
import { accountsOf } from '../rules/accounts';
import { rewriteValues } from './rewrite-values';
import type { Surroundings } from './surroundings';
import { type Argument, explained, plainValues, type Value, type Values } from './values';

/** What can stand for an argument. */
export const argumentValues = (argument: Argument, around: Surroundings): Values => {
  const { directive, index, current } = argument;
  const item = FORMATS[directive.name];
  if (item?.index === index || (item && index === 0 && directive.name === 'LogFormat')) {
    const percent = /%[^%\s"\\]*$/.exec(current);
    if (percent) return { values: item.items, replaces: percent[0].length };
  }
  const rewriting = rewriteValues(argument);
  if (rewriting) return rewriting;
  const condition = /\benv=!?([^\s="]*)$/.exec(current);
  if (condition) return { values: environmentValues(around), replaces: condition[1]?.length ?? 0 };
  const values = VALUES[directive.name]?.(argument, around) ?? tableValues(argument);
  // `Options +Ind`: the sign stays.
  const isSigned = /^[+-]/.test(current) && !values.some(({ label }) => label.startsWith(current));
  return { values, replaces: current.length - (isSigned ? 1 : 0) };
};

type ValuesOf = (argument: Argument, around: Surroundings) => readonly Value[];

/** What the catalogue says of the directive's values. */
const tableValues = ({
  directive: { name, args, values, suggestions },
  index,
}: Argument): readonly Value[] => {
  const own = WORDS.get(name);
  if (own) return own.arguments[own.repeats ? Math.min(index, own.arguments.length - 1) : index] ?? [];
  return index === 0 || args === 'ITERATE' || args === 'RAW_ARGS'
    ? plainValues(values ?? suggestions ?? [])
    : [];
};

/** The daemon groups that are declared: before the labels, which editors would put first for their `%`. */
export const groupValues = ({ groups }: Surroundings): readonly Value[] =>
  groups.map((label) => ({
    label,
    kind: CompletionItemKind.Reference,
    detail: 'daemon process group',
    sortText: ` ${label}`,
  }));

/** The accounts of the machine, or its groups of accounts, where its disk may be looked at. */
export const accountValues = ({ disk }: Surroundings, kind: 'users' | 'groups'): readonly Value[] =>
  disk ? plainValues([...accountsOf(disk)[kind].keys()], CompletionItemKind.Reference) : [];

/** Labels of mod_wsgi by their names. */
export const labelValues = (names: readonly string[] | undefined): readonly Value[] =>
  labels
    .filter(({ label }) => names?.some((name) => label.startsWith(`%{${name}`)))
    .map(({ label }) => ({ label, kind: CompletionItemKind.Constant, data: { label } }));

interface ArgumentWords {
  /** By the argument's position. */
  readonly arguments: readonly (readonly Value[])[];
  /** True if the last of them can be given several times. */
  readonly repeats: boolean;
}

/** Words of httpd's directives, with what they mean. */
const WORDS: ReadonlyMap<string, ArgumentWords> = new Map(
  argumentWords.arguments.flatMap((row) => {
    const known: ArgumentWords = {
      arguments: row.arguments.map((values) => explained(values, CompletionItemKind.EnumMember)),
      repeats: row.repeats ?? false,
    };
    return row.directives.map((directive) => [directive, known] as const);
  }),
);

/** Which argument of a directive is the format of a log, and what it is made of. */
const FORMATS: Readonly<Record<string, { readonly index: number; readonly items: readonly Value[] }>> =
  wordTable({
    LogFormat: { index: 0, items: explained(words.logItems, CompletionItemKind.Constant) },
    CustomLog: { index: 1, items: explained(words.logItems, CompletionItemKind.Constant) },
    GlobalLog: { index: 1, items: explained(words.logItems, CompletionItemKind.Constant) },
    ErrorLogFormat: { index: 0, items: explained(words.errorLogItems, CompletionItemKind.Constant) },
  });

/** Variables that the configuration sets, and those that Apache's modules look at. */
const environmentValues = ({ environment }: Surroundings): readonly Value[] => [
  ...plainValues(environment, CompletionItemKind.Variable),
  ...explained(
    words.environment.filter(({ name }) => !environment.includes(name)),
    CompletionItemKind.Variable,
  ),
];

const mimeTypes = plainValues(words.mimeTypes, CompletionItemKind.Value);

const requestHeaders = plainValues(words.requestHeaders, CompletionItemKind.Field);

const responseHeaders = plainValues(words.responseHeaders, CompletionItemKind.Field);

const at =
  (position: number, values: readonly Value[]): ValuesOf =>
  ({ index }) =>
    index === position ? values : [];

const from =
  (position: number, values: readonly Value[]): ValuesOf =>
  ({ index }) =>
    index >= position ? values : [];

const moduleValues: readonly Value[] = modules.flatMap(({ name, identifier }) =>
  identifier === undefined ? [] : [{ label: identifier, kind: CompletionItemKind.Module, detail: name }],
);

const HANDLERS = ['wsgi-script', 'cgi-script', 'default-handler', 'server-status', 'server-info', 'None'];

const REQUIREMENTS = [
  'all',
  'ip',
  'host',
  'local',
  'user',
  'valid-user',
  'group',
  'env',
  'method',
  'expr',
  'not',
];

const METHODS = WORDS.get('Limit')?.arguments[0] ?? [];

const requirementValues: ValuesOf = ({ index, before }, around) => {
  const type = before.findLast((word) => word !== 'not');
  if (index === 0 || type === undefined) return plainValues(REQUIREMENTS);
  if (type === 'env') return environmentValues(around);
  if (type === 'method') return METHODS;
  return type === 'all' ? plainValues(['granted', 'denied']) : [];
};

const CONDITIONS = ['always', 'onsuccess'];

const ACTIONS = ['set', 'setifempty', 'append', 'merge', 'add', 'edit', 'edit*', 'unset', 'echo', 'note'];

/** `Header [condition] action NAME value`: what comes next depends on whether there is a condition. */
const headerValues =
  (conditions: readonly string[], headers: readonly Value[]): ValuesOf =>
  ({ index, before }) => {
    const shift = conditions.includes(before[0] ?? '') ? 1 : 0;
    if (index === 0) return plainValues([...conditions, ...ACTIONS]);
    if (index === shift) return plainValues(ACTIONS);
    return index === shift + 1 ? headers : [];
  };

const EVERYWHERE = ['GLOBAL', 'RESOURCE', 'SERVER', 'HOST', 'ENV'];

const setEnvIfValues: ValuesOf = ({ index }, around) => {
  if (index === 0)
    return [...plainValues(words.requestAttributes, CompletionItemKind.Property), ...requestHeaders];
  return index >= 2 ? environmentValues(around) : [];
};

/** Where more is known than a list of the catalogue. */
const VALUES: Readonly<Record<string, ValuesOf>> = wordTable({
  WSGIProcessGroup: ({ index }, around) =>
    index === 0 ? [...groupValues(around), ...labelValues(EVERYWHERE)] : [],
  WSGIApplicationGroup: at(0, labelValues(EVERYWHERE)),
  WSGICallableObject: at(0, labelValues(['ENV'])),
  WSGIRestrictProcess: (_, around) => groupValues(around),
  IfDefine: (_, { variables }) =>
    plainValues(
      variables.map(({ name }) => name),
      CompletionItemKind.Variable,
    ),
  UnDefine: (_, { variables }) =>
    plainValues(
      variables.map(({ name }) => name),
      CompletionItemKind.Variable,
    ),
  Use: ({ index }, { macros }) => (index === 0 ? plainValues(macros, CompletionItemKind.Function) : []),
  CustomLog: ({ index }, { logFormats }) => (index === 1 ? plainValues(logFormats) : []),
  GlobalLog: ({ index }, { logFormats }) => (index === 1 ? plainValues(logFormats) : []),
  LogFormat: ({ index }, { logFormats }) => (index === 0 ? plainValues(logFormats) : []),
  SetHandler: at(0, plainValues(HANDLERS)),
  AddHandler: at(0, plainValues(HANDLERS)),
  Require: requirementValues,
  Header: headerValues(CONDITIONS, responseHeaders),
  RequestHeader: headerValues([], requestHeaders),
  RemoteIPHeader: at(0, requestHeaders),
  User: (_, around) => accountValues(around, 'users'),
  Group: (_, around) => accountValues(around, 'groups'),
  LoadModule: at(0, moduleValues),
  IfModule: at(0, moduleValues),
  AddType: at(0, mimeTypes),
  ForceType: at(0, mimeTypes),
  ExpiresByType: at(0, mimeTypes),
  AddOutputFilterByType: from(1, mimeTypes),
  SetEnv: ({ index }, around) => (index === 0 ? environmentValues(around) : []),
  UnsetEnv: (_, around) => environmentValues(around),
  PassEnv: (_, { variables }) =>
    plainValues(
      variables.map(({ name }) => name),
      CompletionItemKind.Variable,
    ),
  SetEnvIf: setEnvIfValues,
  SetEnvIfNoCase: setEnvIfValues,
  SetEnvIfExpr: ({ index }, around) => (index >= 1 ? environmentValues(around) : []),
  BrowserMatch: ({ index }, around) => (index >= 1 ? environmentValues(around) : []),
  BrowserMatchNoCase: ({ index }, around) => (index >= 1 ? environmentValues(around) : []),
});
