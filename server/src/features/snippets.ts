import { type CompletionItem, CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import table from '../../data/snippets.json';
import type { KnownPlace } from '../analysis';

interface Task {
  readonly label: string;
  readonly detail: string;
  readonly places: readonly KnownPlace[];
  readonly lines: readonly string[];
}

/** Whole tasks, each a working piece of configuration; `${1:…}` are the places to fill in. */
const TASKS = table as readonly Task[];

/** Snippets for whole tasks that make sense at a place. */
export const taskSnippets = (
  place: KnownPlace,
): readonly Pick<CompletionItem, 'label' | 'detail' | 'kind' | 'insertTextFormat' | 'textEditText'>[] =>
  TASKS.filter(({ places }) => places.includes(place)).map(({ label, detail, lines }) => ({
    label,
    detail,
    kind: CompletionItemKind.Snippet,
    insertTextFormat: InsertTextFormat.Snippet,
    textEditText: lines.join('\n'),
  }));
