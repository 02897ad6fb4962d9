import { type CodeAction, CodeActionKind, type Diagnostic, type TextEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type FixData, type ProtocolFix, SOURCE } from './diagnostics';

/** Finds the text of a document, so that offsets become positions. */
export type DocumentLookup = (uri: string) => TextDocument | undefined;

/** The corrections that our diagnostics carry with them, and a comment that switches the rule off. */
export const quickFixes = (
  document: TextDocument,
  diagnostics: readonly Diagnostic[],
  find: DocumentLookup,
): CodeAction[] =>
  joined(
    diagnostics
      .filter(({ source }) => source === SOURCE)
      .flatMap((diagnostic) => [
        ...replacements(document.uri, diagnostic),
        ...(dataOf(diagnostic).fixes ?? []).map((fix, index) => toAction(diagnostic, fix, index === 0, find)),
        ignoreAction(document, diagnostic),
      ]),
  );

/** What corrects several findings alike is one action for all of them. */
const joined = (actions: readonly CodeAction[]): CodeAction[] => {
  const byEdit = new Map<string, CodeAction>();
  for (const action of actions) {
    const key = JSON.stringify([action.title, action.edit]);
    const same = byEdit.get(key);
    byEdit.set(
      key,
      same ? { ...same, diagnostics: [...(same.diagnostics ?? []), ...(action.diagnostics ?? [])] } : action,
    );
  }
  return [...byEdit.values()];
};

/** All first corrections of the findings at once, where they do not touch each other. */
export const fixAll = (
  document: TextDocument,
  diagnostics: readonly Diagnostic[],
  find: DocumentLookup,
): CodeAction[] =>
  combined(document, diagnostics, find, {
    title: 'Correct all that has one correction',
    kind: `${CodeActionKind.SourceFixAll}.mod_wsgi`,
  });

/**
 * For each rule of the findings, the corrections of all that it has found in the document.
 *
 * @param all the findings in the document
 */
export const fixAllOfRules = (
  document: TextDocument,
  diagnostics: readonly Diagnostic[],
  all: readonly Diagnostic[],
  find: DocumentLookup,
): CodeAction[] =>
  [...new Set(diagnostics.filter(({ source }) => source === SOURCE).map(({ code }) => code))].flatMap(
    (code) => {
      const same = all.filter((diagnostic) => diagnostic.code === code);
      const title = `Correct all \`${code}\` in this file`;
      return same.length < 2 ? [] : combined(document, same, find, { title, kind: CodeActionKind.QuickFix });
    },
  );

const combined = (
  document: TextDocument,
  diagnostics: readonly Diagnostic[],
  find: DocumentLookup,
  action: Pick<CodeAction, 'title' | 'kind'>,
): CodeAction[] => {
  const edits = diagnostics.flatMap((diagnostic): TextEdit[] => {
    const [action] = [
      ...replacements(document.uri, diagnostic),
      ...(dataOf(diagnostic).fixes ?? []).map((fix) => toAction(diagnostic, fix, true, find)),
    ];
    const changes = action?.edit?.changes ?? {};
    // What reaches into other files is for one deliberate click.
    return Object.keys(changes).length === 1 ? (changes[document.uri] ?? []) : [];
  });
  const chosen = withoutOverlaps(document, edits);
  if (chosen.length === 0) return [];
  return [{ ...action, edit: { changes: { [document.uri]: chosen } } }];
};

const withoutOverlaps = (document: TextDocument, edits: readonly TextEdit[]): TextEdit[] => {
  const chosen: TextEdit[] = [];
  let last = -1;
  let reached = -1;
  const placed = edits
    .map((edit) => ({
      edit,
      start: document.offsetAt(edit.range.start),
      end: document.offsetAt(edit.range.end),
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  for (const { edit, start, end } of placed) {
    // Several findings can have one correction; lines that follow each other can each have one.
    if (start < reached || start === last) continue;
    chosen.push(edit);
    last = start;
    reached = end;
  }
  return chosen;
};

const replacements = (uri: string, diagnostic: Diagnostic): CodeAction[] => {
  const { replacement } = dataOf(diagnostic);
  if (replacement === undefined) return [];
  return [
    {
      title: replacement === '' ? 'Remove' : `Replace with \`${replacement}\``,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      isPreferred: true,
      edit: { changes: { [uri]: [{ range: diagnostic.range, newText: replacement }] } },
    },
  ];
};

const toAction = (
  diagnostic: Diagnostic,
  fix: ProtocolFix,
  isPreferred: boolean,
  find: DocumentLookup,
): CodeAction => ({
  ...changeAction(fix, CodeActionKind.QuickFix, find),
  diagnostics: [diagnostic],
  isPreferred,
});

/** A change as an action of a kind. */
export const changeAction = (
  { title, edits }: ProtocolFix,
  kind: CodeActionKind,
  find: DocumentLookup,
): CodeAction => {
  const changes: Record<string, TextEdit[]> = {};
  for (const { uri, start, end, text } of edits) {
    const document = find(uri);
    if (!document) continue;
    const range = { start: document.positionAt(start), end: document.positionAt(end) };
    changes[uri] = [...(changes[uri] ?? []), { range, newText: text }];
  }
  return { title, kind, edit: { changes } };
};

const ignoreAction = (document: TextDocument, diagnostic: Diagnostic): CodeAction => {
  const start = { line: firstLineOf(document, diagnostic.range.start.line), character: 0 };
  const text = document.getText({ start, end: { line: start.line + 1, character: 0 } });
  const indent = /^[ \t]*/.exec(text)?.[0] ?? '';
  return {
    title: `Ignore \`${diagnostic.code}\` here`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    edit: {
      changes: {
        [document.uri]: [
          { range: { start, end: start }, newText: `${indent}# rule: ignore ${diagnostic.code}\n` },
        ],
      },
    },
  };
};

/** The line that a continued line begins with. */
const firstLineOf = (document: TextDocument, line: number): number => {
  let first = line;
  while (first > 0) {
    const end = { line: first, character: 0 };
    if (!/\\\r?\n$/.test(document.getText({ start: { line: first - 1, character: 0 }, end }))) break;
    first--;
  }
  return first;
};

const dataOf = ({ source, data }: Diagnostic): FixData => {
  if (source !== SOURCE || typeof data !== 'object' || data === null) return {};
  const { replacement, fixes } = data as FixData;
  return {
    ...(typeof replacement === 'string' && { replacement }),
    ...(Array.isArray(fixes) && { fixes }),
  };
};
