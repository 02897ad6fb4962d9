import {
  CodeActionKind,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
} from 'vscode-languageserver';

/** What the editor can do, as far as the server minds. */
export interface ClientAbilities {
  readonly snippets: boolean;
  /** The editor asks for diagnostics itself. */
  readonly pull: boolean;
  /** The editor asks again when told to. */
  readonly refresh: boolean;
  /** The editor can be asked for settings. */
  readonly configuration: boolean;
  /** The editor reports changes of files. */
  readonly watchFiles: boolean;
}

/** Reads the editor's abilities from its greeting. */
export const abilitiesOf = ({
  capabilities: { textDocument, workspace },
}: Pick<InitializeParams, 'capabilities' | 'processId' | 'rootUri'>): ClientAbilities => ({
  snippets: textDocument?.completion?.completionItem?.snippetSupport ?? false,
  pull: textDocument?.diagnostic !== undefined,
  refresh: workspace?.diagnostics?.refreshSupport ?? false,
  configuration: workspace?.configuration ?? false,
  watchFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
});

/** The server's answer to the greeting. */
export const capabilities = ({ pull }: ClientAbilities): InitializeResult => ({
  serverInfo: { name: 'mod_wsgi language server' },
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    completionProvider: { resolveProvider: true, triggerCharacters: ['<', '/', '=', '{', ' '] },
    hoverProvider: true,
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, `${CodeActionKind.SourceFixAll}.mod_wsgi`],
    },
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
