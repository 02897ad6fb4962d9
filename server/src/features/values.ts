import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver';
import type { Directive } from '../catalogue/directives';

/** A value that can be written, before it is bound to a place in the text. */
export interface Value extends Pick<CompletionItem, 'label' | 'kind' | 'detail' | 'sortText'> {
  readonly data?: { readonly label: string };
}

/** An argument that is being written. */
export interface Argument {
  readonly directive: Directive;
  /** Position of the argument, from 0. */
  readonly index: number;
  /** The arguments before it, as written. */
  readonly before: readonly string[];
  /** What is written of it. */
  readonly current: string;
}

/** Values, and the part of what is written that they replace. */
export interface Values {
  readonly values: readonly Value[];
  /** How many characters at the end of the written text are replaced. */
  readonly replaces: number;
}

/** Words as they are. */
export const plainValues = (
  values: readonly string[],
  kind: CompletionItemKind = CompletionItemKind.EnumMember,
): readonly Value[] => values.map((label) => ({ label, kind }));

/** Words with what they mean. */
export const explained = (
  table: readonly { readonly name: string; readonly meaning: string }[],
  kind: CompletionItemKind,
): readonly Value[] => table.map(({ name, meaning }) => ({ label: name, kind, detail: meaning }));
