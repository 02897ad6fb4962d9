import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { abilitiesOf, type ClientAbilities, capabilities } from './capabilities';
import { answerCodeActions } from './code-actions';
import type { WorkspaceFiles } from './configuration/files';
import { configurationsAmong, isLog, logsAmong } from './documents';
import { complete, completeBriefly, resolveCompletion } from './features/completion';
import { hover } from './features/hover';
import { answerIncludeHierarchy } from './include-requests';
import { wireApache } from './live/wiring';
import { logContext } from './logs/context';
import { logHover } from './logs/explain';
import type { NoPrograms, Programs } from './programs';
import { Reports } from './reports';
import { answerRequests } from './requests';
import { Session } from './session';

/** Pause after the last keystroke before findings are sent to an editor that does not ask for them. */
const PUSH_DELAY = 200;

/** Files whose change can change a configuration; what else it reads is looked at again after a moment. */
const WATCHED = '**/{*.conf,*.load,*.wsgi,.htaccess,envvars,pyvenv.cfg}';

/** What the files around the documents are made from, once the editor has introduced itself. */
export interface Surroundings {
  /** A URI of the workspace; undefined if a document was opened by itself. */
  readonly workspace: string | undefined;
  /** To be called when there is news of files. */
  refresh(): void;
}

/**
 * Wires the features to a connection and listens. The server knows no editor and no network; it answers requests about
 * documents that are not open with nothing.
 *
 * @param filesIn makes the files around the documents
 * @param pages the folder of the pages that explain the rules, as a URI, where the editor names none; undefined if there are none
 * @param programs what may be started in workspaces that are trusted; undefined if there is nothing
 */
export const startServer = (
  connection: Connection,
  filesIn: (surroundings: Surroundings) => WorkspaceFiles,
  pages?: string,
  programs?: Programs,
): void => {
  connection.onInitialize((params) => {
    const client = abilitiesOf(params);
    const files = filesIn({
      workspace: params.workspaceFolders?.[0]?.uri ?? params.rootUri ?? undefined,
      refresh: () => refresh(),
    });
    const session = new Session(files, client.pages ?? pages);
    session.configure(params.initializationOptions, client.trusted);
    const allowed = programs && !client.trusted ? 'not trusted' : (programs ?? 'no machine');
    const refresh = serve(connection, client, session, allowed);
    return capabilities(client);
  });
  connection.listen();
};

/** @returns what makes the findings of all documents anew */
const serve = (
  connection: Connection,
  client: ClientAbilities,
  session: Session,
  programs: Programs | NoPrograms,
): (() => void) => {
  const opened = new TextDocuments(TextDocument);
  const documents = configurationsAmong(opened);
  const logs = logsAmong(opened);

  connection.onInitialized(async () => {
    if (client.watchFiles)
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: WATCHED }],
      });
    if (!client.configuration) return;
    await connection.client.register(DidChangeConfigurationNotification.type, { section: 'mod_wsgi' });
    await readConfiguration();
  });
  const readConfiguration = async (): Promise<void> => {
    session.configure(await connection.workspace.getConfiguration('mod_wsgi'));
    refreshAll();
  };
  connection.onDidChangeConfiguration(({ settings }) => {
    if (client.configuration) return readConfiguration();
    session.configure((settings as { mod_wsgi?: unknown } | null)?.mod_wsgi);
    refreshAll();
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const uris = changes.map(({ uri }) => uri).filter((uri) => !documents.get(uri));
    if (uris.length > 0 && session.workspace.filesChanged(uris)) refreshAll();
  });

  connection.onCompletion(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    const answer = client.editRange ? completeBriefly : complete;
    return document
      ? answer(document, position, session.analysisOf(document), client, session.surroundingsOf(document))
      : [];
  });
  connection.onCompletionResolve(resolveCompletion);
  connection.onHover(({ textDocument, position }) => {
    const log = logs.get(textDocument.uri);
    if (log) return logHover(log, position, logContext(session, documents));
    const document = documents.get(textDocument.uri);
    return document
      ? hover(document, position, session.analysisOf(document), session.hoverContextOf(document))
      : null;
  });
  const reports = new Reports();
  connection.languages.diagnostics.on(({ textDocument: { uri }, previousResultId }) => {
    const document = documents.get(uri);
    return reports.next(uri, document ? session.diagnosticsOf(document) : [], previousResultId);
  });

  answerCodeActions(connection, documents, session);
  answerIncludeHierarchy(connection, documents, session);
  answerRequests(connection, documents, logs, session, programs);

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
      diagnostics: session.diagnosticsOf(document),
    });
  };
  /** What one document says can change what is found in others. */
  const pushAll = (): void => {
    for (const { uri } of documents.all()) {
      cancelPush(uri);
      pushes.set(uri, setTimeout(push, PUSH_DELAY, uri));
    }
  };
  const refreshAll = (): void => {
    if (!client.pull) pushAll();
    else if (client.refresh) connection.languages.diagnostics.refresh();
  };

  const saved = wireApache(connection, documents, session, programs, refreshAll);
  opened.onDidSave(async ({ document }) => {
    if (!isLog(document)) await saved(document);
  });
  opened.onDidChangeContent(({ document }) => {
    if (isLog(document)) return;
    session.workspace.update(document);
    if (!client.pull) pushAll();
  });
  opened.onDidClose(({ document: { uri } }) => {
    cancelPush(uri);
    session.workspace.close(uri);
    reports.forget(uri);
    if (!client.pull) void connection.sendDiagnostics({ uri, diagnostics: [] });
  });

  opened.listen(connection);
  return refreshAll;
};
