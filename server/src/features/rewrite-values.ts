import { CompletionItemKind } from 'vscode-languageserver';
import { wordTable } from '../../../common/src/word-table';
import { rewrite } from '../../data/argument-words.json';
import { VARIABLES } from '../model/expression/names';
import { shortName } from '../rewriting/flags';
import { type Argument, explained, type Value, type Values } from './values';

/** Where the arguments of mod_rewrite's directives have something of their own to propose. */
interface Shape {
  /** The argument in which variables are written. */
  readonly variables: number;
  readonly flags: readonly Value[];
  /** What a condition can ask of a text. */
  readonly tests: readonly Value[];
}

const SHAPES: Readonly<Record<string, Shape>> = wordTable({
  RewriteRule: { variables: 1, flags: explained(rewrite.flags, CompletionItemKind.EnumMember), tests: [] },
  RewriteCond: {
    variables: 0,
    flags: explained(rewrite.conditionFlags, CompletionItemKind.EnumMember),
    tests: explained(rewrite.tests, CompletionItemKind.Operator),
  },
});

/** Variables, and prefixes behind which a name follows. */
const variables: readonly Value[] = [
  ...VARIABLES.map((name) => ({ label: `%{${name}}`, kind: CompletionItemKind.Variable })),
  ...['ENV', 'HTTP', 'SSL', 'LA-U', 'LA-F'].map((name) => ({
    label: `%{${name}:`,
    kind: CompletionItemKind.Function,
  })),
];

/** What can stand for an argument of a rewrite rule or its condition: `%{REQUEST_URI}`, `-f`, `[L,QSA]`; undefined for other directives. */
export const rewriteValues = ({ directive, index, current }: Argument): Values | undefined => {
  const shape = SHAPES[directive.name];
  if (!shape) return undefined;
  const variable = index === shape.variables ? /(?:%(?:\{[\w:-]*)?)?$/.exec(current) : null;
  if (variable) return { values: variables, replaces: variable[0].length };
  if (index === 2) {
    const flag = /^\[(?:.*,)?([^,\]=]*)$/.exec(current);
    return { values: flag ? shape.flags : [], replaces: flag?.[1]?.length ?? 0 };
  }
  return { values: index === 1 ? shape.tests : [], replaces: current.length };
};

/** A flag of a rule or a condition by its short or long name, as Markdown; undefined if the directive has none of that name. */
export const describeFlag = (directive: string, name: string): string | undefined => {
  const wanted = shortName(name);
  const flag = SHAPES[directive]?.flags.find(({ label }) => label.toLowerCase() === wanted);
  return flag && `\`[${flag.label}]\` ${flag.detail}.`;
};
