import {
  CodeActionKind,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { CONVERT_ACCESS } from './code-actions';
import { legend } from './features/semantic-tokens';

/** What the editor can do, as far as the server minds. */
export interface ClientAbilities {
  readonly snippets: boolean;
  /** The editor understands a range that is said once for all proposals. */
  readonly editRange: boolean;
  /** The editor asks for diagnostics itself. */
  readonly pull: boolean;
  /** The editor asks again when told to. */
  readonly refresh: boolean;
  /** The editor can be asked for settings. */
  readonly configuration: boolean;
  /** The editor reports changes of files. */
  readonly watchFiles: boolean;
  /** The editor has the command that explains a URL. */
  readonly explain: boolean;
  /** The user trusts the workspace: paths of the disk may be proposed, programs may be started. */
  readonly trusted: boolean;
  /** Where the editor has the pages that explain the rules, as a URI. */
  readonly pages: string | undefined;
}

/** Reads the editor's abilities from its greeting. */
export const abilitiesOf = ({
  capabilities: { textDocument, workspace },
  initializationOptions,
}: Pick<InitializeParams, 'capabilities' | 'initializationOptions'>): ClientAbilities => ({
  snippets: textDocument?.completion?.completionItem?.snippetSupport ?? false,
  editRange: textDocument?.completion?.completionList?.itemDefaults?.includes('editRange') ?? false,
  pull: textDocument?.diagnostic !== undefined,
  refresh: workspace?.diagnostics?.refreshSupport ?? false,
  configuration: workspace?.configuration ?? false,
  watchFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
  explain: optionOf(initializationOptions, 'explain') === true,
  trusted: optionOf(initializationOptions, 'trusted') === true,
  pages: textOf(optionOf(initializationOptions, 'pages')),
});

const optionOf = (options: unknown, name: string): unknown =>
  typeof options === 'object' && options !== null ? Reflect.get(options, name) : undefined;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The server's answer to the greeting. */
export const capabilities = ({ pull, explain }: ClientAbilities): InitializeResult => ({
  serverInfo: { name: 'mod_wsgi language server' },
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    completionProvider: { resolveProvider: true, triggerCharacters: ['<', '/', '=', '{', '%', ' '] },
    hoverProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    renameProvider: { prepareProvider: true },
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    documentLinkProvider: {},
    callHierarchyProvider: true,
    inlayHintProvider: true,
    ...(explain && { codeLensProvider: {} }),
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: { firstTriggerCharacter: '>' },
    signatureHelpProvider: { triggerCharacters: [' '] },
    semanticTokensProvider: { legend, full: true },
    codeActionProvider: {
      codeActionKinds: [
        CodeActionKind.QuickFix,
        CodeActionKind.RefactorRewrite,
        `${CodeActionKind.SourceFixAll}.mod_wsgi`,
        CONVERT_ACCESS,
      ],
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
