import {
  type CompletionItem,
  CompletionItemKind,
  CompletionItemTag,
  type CompletionList,
  InsertTextFormat,
  type Position,
  type Range,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Analysis, type KnownPlace, mayStand, placeIn } from '../analysis';
import { allDirectives, type Directive, findDirective, findSection, labels } from '../catalogue/directives';
import type { WsgiOptionFact } from '../catalogue/facts';
import { FUNCTIONS, VARIABLES } from '../model/expression/names';
import { sectionsAt } from '../syntax/walk';
import { splitWord } from '../syntax/words';
import { accountValues, argumentValues, groupValues, labelValues } from './argument-values';
import { cursorLine } from './cursor';
import { describeDirective, describeLabel, describeOption } from './describe';
import { isPathOption, pathArguments } from './path-arguments';
import { pathProposals } from './path-completion';
import { taskSnippets } from './snippets';
import { type Surroundings, surroundingsOf } from './surroundings';
import { plainValues } from './values';

/** What the editor can do with an item. */
export interface CompletionAbilities {
  readonly snippets: boolean;
}

/**
 * What {@link resolveCompletion} needs to find an item's documentation again; the label alone leads to that of a directive or
 * section.
 */
type ItemData =
  | { readonly directive: string; readonly section: boolean; readonly option: string }
  | { readonly label: string };

/** An item before it is bound to a place in the text. */
interface Proposal extends Omit<CompletionItem, 'textEdit' | 'data'> {
  readonly data?: ItemData;
}

type Question = readonly [
  document: TextDocument,
  position: Position,
  analysis: Analysis,
  abilities: CompletionAbilities,
  around?: Surroundings,
];

/** Proposals for the word before the cursor. Documentation is left to {@link resolveCompletion}. */
export const complete = (...question: Question): CompletionItem[] => {
  const { proposals, range } = proposalsAt(...question);
  return proposals.map(({ textEditText, ...item }) => ({
    ...item,
    textEdit: { range, newText: textEditText ?? item.label },
  }));
};

/** The same for editors to which the range can be said once for all items: a list of directives then has less than half the length. */
export const completeBriefly = (...question: Question): CompletionList => {
  const { proposals, range } = proposalsAt(...question);
  return { isIncomplete: false, itemDefaults: { editRange: range }, items: [...proposals] };
};

const proposalsAt = (
  ...[document, position, analysis, abilities, around = surroundingsOf(analysis, undefined)]: Question
): { readonly proposals: readonly Proposal[]; readonly range: Range } => {
  const offset = document.offsetAt(position);
  const typed = typedText(analysis, offset);
  const { proposals, start } = typed
    ? propose(analysis, typed, offset, abilities, around)
    : { proposals: [], start: offset };
  return { proposals, range: { start: document.positionAt(start), end: position } };
};

interface Typed {
  /** The logical line up to the cursor, white space before it cut. Continuations stay as they are in the file. */
  readonly text: string;
  readonly start: number;
}

const typedText = (analysis: Analysis, offset: number): Typed | undefined => {
  const found = cursorLine(analysis, offset);
  const text = analysis.tree.text;
  if (!found || offset > found.line.end || (text[found.line.end - 1] === '\n' && offset === found.line.end))
    return { text: '', start: offset };
  const { line } = found;
  if (line.kind === 'comment' || line.kind === 'template') return undefined;
  const raw = text.slice(line.start, offset);
  const trimmed = raw.trimStart();
  return {
    text: trimmed.replace(/\\\r?\n/g, (cut) => ' '.repeat(cut.length)),
    start: offset - trimmed.length,
  };
};

interface Proposed {
  readonly proposals: readonly Proposal[];
  /** Where the text begins that a proposal replaces. */
  readonly start: number;
}

const propose = (
  analysis: Analysis,
  { text, start }: Typed,
  offset: number,
  abilities: CompletionAbilities,
  around: Surroundings,
): Proposed => {
  const variable = /\$\{[^}]*$/.exec(text);
  if (variable) return { proposals: variableProposals(around), start: start + variable.index };
  const sections = sectionsAt(analysis.tree, start);
  const place = placeIn(analysis.top, sections);
  if (!/\s/.test(text)) {
    if (text.startsWith('</')) return { proposals: closingProposals(sections), start };
    const proposals = [
      ...knownNames(place, text.startsWith('<'), abilities),
      ...nameProposals(around.learned, place, text.startsWith('<'), abilities),
      ...(abilities.snippets && !text.startsWith('<') ? taskSnippets(place) : []),
    ];
    return { proposals: text === '' ? [...closingProposals(sections), ...proposals] : proposals, start };
  }
  const name = splitWord(text, 0);
  const section = name.value.startsWith('<');
  const directive = section ? findSection(name.value.slice(1)) : findDirective(name.value);
  if (!directive) return { proposals: [], start: offset };
  return argumentProposals(around, directive, { text, start }, name.next, offset);
};

const listed = new Map<string, readonly Proposal[]>();

/** The directives of the catalogue that may stand at a place: the same list each time. */
const knownNames = (place: KnownPlace, tag: boolean, abilities: CompletionAbilities): readonly Proposal[] => {
  const key = `${place} ${tag} ${abilities.snippets}`;
  const known = listed.get(key);
  if (known) return known;
  const found = nameProposals(allDirectives, place, tag, abilities);
  listed.set(key, found);
  return found;
};

const nameProposals = (
  directives: readonly Directive[],
  place: KnownPlace,
  tag: boolean,
  abilities: CompletionAbilities,
): readonly Proposal[] =>
  directives
    .filter(
      (directive) =>
        (!tag || directive.section) &&
        mayStand(directive, place) &&
        directive.wsgi?.status !== 'removed' &&
        !directive.httpd?.trunkOnly &&
        !directive.httpd?.undocumented,
    )
    .map((directive) => nameProposal(directive, abilities));

const nameProposal = (directive: Directive, { snippets }: CompletionAbilities): Proposal => {
  const { name, section, module, wsgi, httpd } = directive;
  const label = section ? `<${name}` : name;
  return {
    label,
    kind: section ? CompletionItemKind.Module : CompletionItemKind.Property,
    labelDetails: { description: module },
    // What no table knows has no documentation to be added later.
    ...(!wsgi &&
      !httpd && { documentation: { kind: 'markdown' as const, value: describeDirective(directive) } }),
    ...(wsgi?.status === 'deprecated' && { tags: [CompletionItemTag.Deprecated] }),
    ...(section && snippets
      ? { textEditText: `<${name} $1>\n\t$0\n</${name}>`, insertTextFormat: InsertTextFormat.Snippet }
      : {}),
  };
};

const closingProposals = (sections: ReturnType<typeof sectionsAt>): readonly Proposal[] =>
  sections.toReversed().map(({ open }, index) => ({
    label: `</${open.name}>`,
    kind: CompletionItemKind.Module,
    // The innermost first, before everything else.
    sortText: ` ${index}`,
    preselect: index === 0,
  }));

const variableProposals = ({ variables }: Surroundings): readonly Proposal[] =>
  variables.map(({ name, value }) => ({
    label: `\${${name}}`,
    kind: CompletionItemKind.Variable,
    ...(value !== undefined && { detail: value }),
  }));

const argumentProposals = (
  around: Surroundings,
  directive: Directive,
  { text, start }: Typed,
  from: number,
  offset: number,
): Proposed => {
  const before: string[] = [];
  let position = from;
  let word = splitWord(text, position);
  while (word.end < text.length || (word.end === text.length && word.quote !== undefined && word.closed)) {
    if (word.start >= text.length) break;
    before.push(word.value);
    position = word.next;
    word = splitWord(text, position);
  }
  const index = before.length;
  const current = text.slice(word.start);
  if (directive.options && index >= directive.options.after)
    return optionProposals(around, directive, current, offset);
  const quoted = /^["']?/.exec(current)?.[0].length ?? 0;
  const at = start + word.start + quoted;
  const label = /%\{[^}]*$/.exec(current);
  if (/^(?:If|ElseIf)$/.test(directive.name))
    return label
      ? { proposals: expressionProposals(), start: start + word.start + label.index }
      : { proposals: [], start: offset };
  if (pathArguments(directive.name).includes(index)) {
    const typed = current.slice(quoted);
    const proposals = pathProposals(typed, around.disk);
    if (proposals.length > 0) return { proposals, start: at + typed.lastIndexOf('/') + 1 };
  }
  const argument = { directive, index, before, current: current.slice(quoted) };
  const { values, replaces } = argumentValues(argument, around);
  return { proposals: values, start: offset - replaces };
};

const optionProposals = (
  around: Surroundings,
  directive: Directive,
  current: string,
  offset: number,
): Proposed => {
  const equals = current.indexOf('=');
  const options = [...(directive.options?.byName.values() ?? [])];
  if (equals < 0) {
    const proposals = options
      .filter(({ removedIn }) => removedIn === undefined)
      .map(
        (option): Proposal => ({
          label: `${option.name}=`,
          kind: CompletionItemKind.Field,
          data: { directive: directive.name, section: directive.section, option: option.name },
          ...(option.unit !== undefined && { detail: option.unit }),
        }),
      );
    return { proposals, start: offset - current.length };
  }
  const option = options.find(({ name }) => name === current.slice(0, equals));
  const value = current.slice(equals + 1).replace(/^["']/, '');
  if (option && isPathOption(option)) {
    const last = value.slice(value.lastIndexOf(':') + 1);
    const proposals = pathProposals(last, around.disk);
    return { proposals, start: offset - last.length + last.lastIndexOf('/') + 1 };
  }
  return { proposals: option ? optionValues(around, option) : [], start: offset - value.length };
};

const optionValues = (around: Surroundings, option: WsgiOptionFact): readonly Proposal[] => [
  ...(option.type === 'flag' ? plainValues(['On', 'Off']) : plainValues(option.allowed ?? [])),
  ...defaultValue(option),
  ...(option.name === 'process-group' ? groupValues(around) : []),
  ...accountOptionValues(around, option.name),
  ...(option.name === 'display-name' ? plainValues(['%{GROUP}']) : labelValues(option.expansion)),
];

const accountOptionValues = (around: Surroundings, name: string): readonly Proposal[] => {
  if (/^(?:script-)?user$|^socket-user$/.test(name)) return accountValues(around, 'users');
  return /^(?:script-)?group$|^supplementary-groups$/.test(name) ? accountValues(around, 'groups') : [];
};

/** The number that counts where the option is absent, with its unit. */
const defaultValue = ({ default: fallback, unit }: WsgiOptionFact): readonly Proposal[] =>
  /^\d+$/.test(String(fallback))
    ? [
        {
          label: String(fallback),
          kind: CompletionItemKind.Value,
          detail: ['default', unit].filter(Boolean).join(', '),
        },
      ]
    : [];

const expressionProposals = (): readonly Proposal[] => [
  ...VARIABLES.map((name) => ({ label: `%{${name}}`, kind: CompletionItemKind.Variable })),
  ...FUNCTIONS.map((name) => ({ label: `%{${name}:`, kind: CompletionItemKind.Function })),
];

/** Adds the documentation of an item that {@link complete} proposed. Unknown items come back as they are. */
export const resolveCompletion = (item: CompletionItem): CompletionItem => {
  const markdown = documentation(item);
  return markdown === undefined ? item : { ...item, documentation: { kind: 'markdown', value: markdown } };
};

const documentation = ({ data, label, kind }: CompletionItem): string | undefined => {
  if (typeof data !== 'object' || data === null) {
    const isName = kind === CompletionItemKind.Property || kind === CompletionItemKind.Module;
    const directive = isName ? directiveLabelled(label) : undefined;
    return directive && describeDirective(directive);
  }
  const { directive: name, section, option, label: constant } = data as Partial<Record<string, unknown>>;
  const fact = labels.find((known) => known.label === constant);
  if (fact) return describeLabel(fact);
  if (typeof name !== 'string') return undefined;
  const directive = section === true ? findSection(name) : findDirective(name);
  const optionFact = directive?.options?.byName.get(String(option));
  return directive && optionFact && describeOption(directive, optionFact);
};

/** The directive, or with `<` the section, that a label names. */
const directiveLabelled = (label: string): Directive | undefined =>
  label.startsWith('<') ? findSection(label.slice(1)) : findDirective(label);
