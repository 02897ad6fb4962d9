import { type CodeAction, CodeActionKind, type Connection, type Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { OpenDocuments } from './documents';
import { ownOf, toProtocol } from './features/diagnostics';
import { changeAction, fixAll, fixAllOfRules, quickFixes } from './features/quick-fixes';
import { convertAll, refactoringsAt } from './features/refactorings';
import type { Fix } from './rules/rule';
import type { Session } from './session';

/** The kind of the action that converts the access control of a whole file. */
export const CONVERT_ACCESS = 'source.convertAccess.mod_wsgi';

/** Corrections of findings, changes that make sense at the cursor, and changes of the whole file. */
export const answerCodeActions = (
  connection: Connection,
  documents: OpenDocuments,
  session: Session,
): void => {
  const find = (uri: string) => documents.get(uri) ?? session.documentOf(session.workspace.pathOf(uri));
  const uriOf = (path: string): string => session.workspace.uriOf(path);
  const toAction = (fix: Fix, kind: CodeActionKind): CodeAction =>
    changeAction(toProtocol(fix, { uriOf }), kind, find);

  const corrections = (document: TextDocument, asked: readonly Diagnostic[]): CodeAction[] => {
    const all = session.diagnosticsOf(document);
    return [...quickFixes(document, ownOf(asked, all), find), ...fixAllOfRules(document, asked, all, find)];
  };

  connection.onCodeAction(({ textDocument, range, context: { only, diagnostics } }): CodeAction[] => {
    const document = documents.get(textDocument.uri);
    if (!document) return [];
    const wants = (kind: CodeActionKind): boolean =>
      only === undefined || only.some((wanted) => wanted === '' || `${kind}.`.startsWith(`${wanted}.`));
    const { paths } = session.workspace.membershipOf(document);
    // What changes a whole file is for whoever asks for it.
    if (only?.every((kind) => kind.startsWith(CodeActionKind.Source))) {
      const conversion = wants(CONVERT_ACCESS) ? convertAll(session.siteOf(document), paths) : undefined;
      return [
        ...(wants(`${CodeActionKind.SourceFixAll}.mod_wsgi`)
          ? fixAll(document, session.diagnosticsOf(document), find)
          : []),
        ...(conversion ? [toAction(conversion, CONVERT_ACCESS)] : []),
      ];
    }
    const offset = document.offsetAt(range.start);
    return [
      ...(wants(CodeActionKind.QuickFix) && diagnostics.length > 0 ? corrections(document, diagnostics) : []),
      ...(wants(CodeActionKind.RefactorRewrite)
        ? refactoringsAt(session.siteOf(document), paths, offset, session.files).map((fix) =>
            toAction(fix, CodeActionKind.RefactorRewrite),
          )
        : []),
    ];
  });
};
