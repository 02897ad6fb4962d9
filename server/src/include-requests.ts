import { type CallHierarchyItem, type Connection, type Range, SymbolKind } from 'vscode-languageserver';
import type { SourceRange } from './configuration/entries';
import type { OpenDocuments } from './documents';
import { filesAt, type IncludeCall, includedBy, includesOf } from './features/include-hierarchy';
import type { Session } from './session';

/** The Include graph as a call hierarchy: files call those that they include. */
export const answerIncludeHierarchy = (
  connection: Connection,
  documents: OpenDocuments,
  session: Session,
): void => {
  const { callHierarchy } = connection.languages;

  const itemOf = (path: string, from: string): CallHierarchyItem => {
    const document = session.documentOf(path);
    const start = { line: 0, character: 0 };
    const end = document ? document.positionAt(document.getText().length) : start;
    const slash = path.lastIndexOf('/');
    return {
      name: path.slice(slash + 1),
      detail: path.slice(0, slash),
      kind: SymbolKind.File,
      uri: session.workspace.uriOf(path),
      range: { start, end },
      selectionRange: { start, end: start },
      data: { path, from },
    };
  };

  /** The configuration an item was found in, and its file; undefined if the document it was asked from is closed. */
  const subject = ({ data }: CallHierarchyItem) => {
    const { path, from } = (data ?? {}) as { readonly path?: string; readonly from?: string };
    const document = documents.get(from ?? '');
    if (path === undefined || from === undefined || !document) return undefined;
    return { path, from, configuration: session.workspace.membershipOf(document).configuration };
  };

  const rangesIn = (path: string, lines: readonly SourceRange[]): Range[] => {
    const document = session.documentOf(path);
    if (!document) return [];
    return lines.map(({ start, end }) => ({
      start: document.positionAt(start),
      end: document.positionAt(end),
    }));
  };

  callHierarchy.onPrepare(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    if (!document) return null;
    const { configuration, paths } = session.workspace.membershipOf(document);
    return filesAt(configuration, paths, document.offsetAt(position)).map((path) =>
      itemOf(path, document.uri),
    );
  });
  callHierarchy.onIncomingCalls(({ item }) => {
    const found = subject(item);
    if (!found) return [];
    return includedBy(found.configuration, found.path).map(({ path, lines }: IncludeCall) => ({
      from: itemOf(path, found.from),
      fromRanges: rangesIn(path, lines),
    }));
  });
  callHierarchy.onOutgoingCalls(({ item }) => {
    const found = subject(item);
    if (!found) return [];
    return includesOf(found.configuration, found.path).map(({ path, lines }: IncludeCall) => ({
      to: itemOf(path, found.from),
      fromRanges: rangesIn(found.path, lines),
    }));
  });
};
