import {
  CodeActionKind,
  type Connection,
  DocumentDiagnosticReportKind,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Analyses } from './documents';
import { complete, resolveCompletion } from './features/completion';
import { diagnostics } from './features/diagnostics';
import { hover } from './features/hover';
import { quickFixes } from './features/quick-fixes';

/** Pause after the last keystroke before findings are sent to an editor that does not ask for them. */
const PUSH_DELAY = 200;

/**
 * Wires the features to a connection and listens. The server knows no editor and no network; it answers requests about
 * documents that are not open with nothing.
 */
export const startServer = (connection: Connection): void => {
  const documents = new TextDocuments(TextDocument);
  const analyses = new Analyses();
  let client: ClientAbilities = { snippets: false, pull: false };

  connection.onInitialize((params) => {
    client = abilitiesOf(params);
    return capabilities(client);
  });

  connection.onCompletion(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    return document ? complete(document, position, analyses.of(document), client) : [];
  });
  connection.onCompletionResolve(resolveCompletion);

  connection.onHover(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    return document ? hover(document, position, analyses.of(document)) : null;
  });

  connection.onCodeAction(({ textDocument, context }) => quickFixes(textDocument.uri, context.diagnostics));

  connection.languages.diagnostics.on(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return {
      kind: DocumentDiagnosticReportKind.Full,
      items: document ? diagnostics(document, analyses.of(document)) : [],
    };
  });

  const pushes = new Map<string, NodeJS.Timeout>();
  const cancelPush = (uri: string) => {
    clearTimeout(pushes.get(uri));
    pushes.delete(uri);
  };
  const push = async (uri: string): Promise<void> => {
    pushes.delete(uri);
    const document = documents.get(uri);
    if (!document) return;
    await connection.sendDiagnostics({
      uri,
      version: document.version,
      diagnostics: diagnostics(document, analyses.of(document)),
    });
  };
  documents.onDidChangeContent(({ document: { uri } }) => {
    if (client.pull) return;
    cancelPush(uri);
    pushes.set(uri, setTimeout(push, PUSH_DELAY, uri));
  });
  documents.onDidClose(({ document: { uri } }) => {
    cancelPush(uri);
    analyses.forget(uri);
    if (!client.pull) void connection.sendDiagnostics({ uri, diagnostics: [] });
  });

  documents.listen(connection);
  connection.listen();
};

interface ClientAbilities {
  readonly snippets: boolean;
  /** The editor asks for diagnostics itself. */
  readonly pull: boolean;
}

const abilitiesOf = ({ capabilities: { textDocument } }: InitializeParams): ClientAbilities => ({
  snippets: textDocument?.completion?.completionItem?.snippetSupport ?? false,
  pull: textDocument?.diagnostic !== undefined,
});

const capabilities = ({ pull }: ClientAbilities): InitializeResult => ({
  serverInfo: { name: 'mod_wsgi language server' },
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    completionProvider: { resolveProvider: true, triggerCharacters: ['<', '/', '=', '{', ' '] },
    hoverProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    ...(pull && {
      diagnosticProvider: {
        identifier: 'mod_wsgi',
        // What a fragment means depends on the files that include it.
        interFileDependencies: true,
        workspaceDiagnostics: false,
      },
    }),
  },
});
