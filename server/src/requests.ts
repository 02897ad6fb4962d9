import {
  type CodeLens,
  type Connection,
  type DocumentHighlight,
  DocumentHighlightKind,
  ErrorCodes,
  type InlayHint,
  InlayHintKind,
  type Location,
  type Position,
  ResponseError,
  type SymbolInformation,
  SymbolKind,
  type TextEdit,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import { UserError } from '../../common/src/errors';
import {
  EXPLAIN_LOG,
  EXPLAIN_URL,
  type ExplainLogParams,
  type ExplainUrlParams,
  type Explanation,
  GENERATE_SITE,
  type GenerateSiteParams,
  MOUNTS,
  type MountedApplication,
  type MountsParams,
  SHOW_CONFIGURATION,
  type ShowConfigurationParams,
  WHICH_PYTHON,
  type WhichPythonParams,
} from '../../common/src/language-requests';
import type { SourceRange } from './configuration/entries';
import type { OpenDocuments } from './documents';
import { showConfiguration } from './features/explain/configuration';
import { placesAs } from './features/explain/places';
import { explainUrl } from './features/explain/url';
import { format } from './features/formatting';
import { pathLinks } from './features/links';
import { factsOf, factsTable, mountsIn, noteOf } from './features/mount-notes';
import { mountedApplications } from './features/mounted';
import { namesIn } from './features/names';
import { declarationsOf, refuseName, renameable, usesOf } from './features/navigation';
import { semanticTokens } from './features/semantic-tokens';
import { signatureHelp } from './features/signature';
import { documentSymbols, foldingRanges, selectionRange } from './features/structure';
import { whichPython } from './features/which-python';
import { siteFor } from './generation/request';
import { logContext } from './logs/context';
import { explainLog } from './logs/explain';
import { logLinks } from './logs/links';
import { foldLog, logSymbols } from './logs/structure';
import type { NoPrograms, Programs } from './programs';
import { describeMount } from './rules/site/common';
import type { Session } from './session';

/** Answers what is asked about documents, names and mounts; about documents that are not open it says nothing. */
export const answerRequests = (
  connection: Connection,
  documents: OpenDocuments,
  logs: OpenDocuments,
  session: Session,
  programs: Programs | NoPrograms,
): void => {
  const subject = (uri: string) => {
    const document = documents.get(uri);
    if (!document) return undefined;
    const analysis = session.analysisOf(document);
    const { configuration, paths } = session.workspace.membershipOf(document);
    return { document, analysis, configuration, paths, file: paths[0] ?? uri };
  };

  /** Places in files as locations; a file that is read under two names counts once. */
  const toLocations = (ranges: readonly SourceRange[]): Location[] => {
    const found = new Map<string, Location>();
    const texts = new Map<string, TextDocument | undefined>();
    for (const { file, start, end } of ranges) {
      const uri = session.workspace.uriOf(file);
      if (!texts.has(uri)) texts.set(uri, documents.get(uri) ?? session.documentOf(file));
      const text = texts.get(uri);
      if (text)
        found.set(`${uri} ${start}`, {
          uri,
          range: { start: text.positionAt(start), end: text.positionAt(end) },
        });
    }
    return [...found.values()];
  };

  const pagePlaces = placesAs(session.workspace);

  const usesAt = (uri: string, position: Position) => {
    const found = subject(uri);
    if (!found) return [];
    const { configuration, file, analysis, document } = found;
    return usesOf(configuration, file, analysis, document.offsetAt(position));
  };

  connection.onDefinition(({ textDocument, position }) => {
    const found = subject(textDocument.uri);
    if (!found) return [];
    const { configuration, file, analysis, document, paths } = found;
    const offset = document.offsetAt(position);
    const declarations = toLocations(declarationsOf(configuration, file, analysis, offset));
    if (declarations.length > 0) return declarations;
    const start = { line: 0, character: 0 };
    return pathLinks(configuration, paths, session.files)
      .filter(
        ({ at, target }) => at.start <= offset && offset <= at.end && session.files.kind(target) === 'file',
      )
      .map(({ target }) => ({ uri: session.workspace.uriOf(target), range: { start, end: start } }));
  });

  connection.onReferences(({ textDocument, position, context }) =>
    toLocations(
      usesAt(textDocument.uri, position).filter(
        ({ role }) => context.includeDeclaration || role === 'reference',
      ),
    ),
  );

  connection.onDocumentHighlight(({ textDocument, position }): DocumentHighlight[] => {
    const found = subject(textDocument.uri);
    if (!found) return [];
    const { document, paths } = found;
    return usesAt(textDocument.uri, position)
      .filter(({ file }) => paths[0] === file)
      .map(({ start, end, role }) => ({
        range: { start: document.positionAt(start), end: document.positionAt(end) },
        kind: role === 'declaration' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      }));
  });

  connection.onPrepareRename(({ textDocument, position }) => {
    const found = subject(textDocument.uri);
    const name = found && renameable(found.analysis, found.document.offsetAt(position));
    if (!found || !name) return null;
    const { document } = found;
    return {
      range: { start: document.positionAt(name.start), end: document.positionAt(name.end) },
      placeholder: name.text,
    };
  });

  connection.onRenameRequest(({ textDocument, position, newName }) => {
    const found = subject(textDocument.uri);
    const name = found && renameable(found.analysis, found.document.offsetAt(position));
    if (!found || !name) return null;
    const all = [...found.configuration.files.values()].flatMap(({ analysis }) => namesIn(analysis));
    const declared = all.filter(({ kind, role }) => kind === name.kind && role === 'declaration');
    const refusal = refuseName(newName, name, new Set(declared.map(({ text }) => text)));
    if (refusal !== undefined) return new ResponseError<void>(ErrorCodes.InvalidParams, refusal);
    const changes: Record<string, TextEdit[]> = {};
    for (const { uri, range } of toLocations(usesAt(textDocument.uri, position)))
      changes[uri] = [...(changes[uri] ?? []), { range, newText: newName }];
    return { changes };
  });

  connection.onDocumentSymbol(({ textDocument }) => {
    const log = logs.get(textDocument.uri);
    if (log) return logSymbols(log);
    const found = subject(textDocument.uri);
    return found ? documentSymbols(found.document, found.analysis) : [];
  });

  connection.onWorkspaceSymbol(({ query }) => {
    const wanted = query.toLowerCase();
    const seen = new Set<string>();
    return documents.all().flatMap((document): SymbolInformation[] => {
      const { configuration } = session.workspace.membershipOf(document);
      if (seen.has(configuration.root)) return [];
      seen.add(configuration.root);
      const site = session.siteOf(document);
      const named = [
        ...site.mounts.map((mount) => ({
          name: describeMount(mount),
          at: mount.entry.range,
          kind: SymbolKind.Event,
        })),
        ...site.groups.map(({ name, nameWord }) => ({ name, at: nameWord, kind: SymbolKind.Object })),
        ...configuration.definitions.flatMap(({ name, at }) =>
          at ? [{ name, at, kind: SymbolKind.Constant }] : [],
        ),
        ...configuration.macros.map(({ name, at }) => ({ name, at, kind: SymbolKind.Function })),
        ...site.hosts.flatMap(({ serverName }) =>
          serverName ? [{ name: serverName.value, at: serverName, kind: SymbolKind.Class }] : [],
        ),
      ];
      return named
        .filter(({ name }) => name.toLowerCase().includes(wanted))
        .flatMap(({ name, at, kind }) => toLocations([at]).map((location) => ({ name, kind, location })));
    });
  });

  connection.onFoldingRanges(({ textDocument }) => {
    const log = logs.get(textDocument.uri);
    if (log) return foldLog(log);
    const found = subject(textDocument.uri);
    return found ? foldingRanges(found.document, found.analysis) : [];
  });

  connection.onSelectionRanges(({ textDocument, positions }) => {
    const found = subject(textDocument.uri);
    if (!found) return [];
    const { document, analysis } = found;
    return positions.map((position) => selectionRange(document, analysis, document.offsetAt(position)));
  });

  connection.onDocumentLinks(({ textDocument }) => {
    const log = logs.get(textDocument.uri);
    if (log)
      return logLinks(log, session.files).map(({ line, start, end, path, targetLine }) => ({
        range: { start: { line, character: start }, end: { line, character: end } },
        target: `${session.workspace.uriOf(path)}${targetLine === undefined ? '' : `#L${targetLine}`}`,
      }));
    const found = subject(textDocument.uri);
    if (!found) return [];
    const { configuration, paths, document } = found;
    return pathLinks(configuration, paths, session.files).map(({ at, target }) => ({
      range: { start: document.positionAt(at.start), end: document.positionAt(at.end) },
      target: session.workspace.uriOf(openable(session, target)),
      tooltip: target,
    }));
  });

  connection.languages.inlayHint.on(({ textDocument, range }): InlayHint[] => {
    const found = subject(textDocument.uri);
    if (!found) return [];
    const { document, paths } = found;
    const [from, to] = [document.offsetAt(range.start), document.offsetAt(range.end)];
    return mountsIn(session.siteOf(document), paths)
      .filter(({ entry }) => entry.range.end >= from && entry.range.start <= to)
      .map((mount) => ({
        position: document.positionAt(mount.entry.range.end),
        label: noteOf(mount),
        kind: InlayHintKind.Type,
        paddingLeft: true,
        tooltip: { kind: 'markdown', value: factsTable(factsOf(mount)) },
      }));
  });

  connection.onCodeLens(({ textDocument }): CodeLens[] => {
    const found = subject(textDocument.uri);
    if (!found) return [];
    const { document, paths } = found;
    return mountsIn(session.siteOf(document), paths)
      .filter(({ url, kind }) => url !== undefined && kind === 'alias')
      .map((mount) => ({
        range: {
          start: document.positionAt(mount.entry.range.start),
          end: document.positionAt(mount.entry.range.end),
        },
        command: {
          title: `Explain ${describeMount(mount)}`,
          command: 'mod_wsgi.explainUrl',
          arguments: [document.uri, urlOf(mount)],
        },
      }));
  });

  connection.onDocumentFormatting(({ textDocument, options }) => {
    const found = subject(textDocument.uri);
    return found ? format(found.document, found.analysis, options) : [];
  });
  connection.onDocumentRangeFormatting(({ textDocument, options, range }) => {
    const found = subject(textDocument.uri);
    const span = { first: range.start.line, last: range.end.line };
    return found ? format(found.document, found.analysis, options, span) : [];
  });
  connection.onDocumentOnTypeFormatting(({ textDocument, options, position }) => {
    const found = subject(textDocument.uri);
    const span = { first: position.line, last: position.line };
    return found ? format(found.document, found.analysis, options, span) : [];
  });

  connection.onSignatureHelp(({ textDocument, position }) => {
    const found = subject(textDocument.uri);
    return found ? signatureHelp(found.analysis, found.document.offsetAt(position)) : null;
  });

  connection.languages.semanticTokens.on(({ textDocument }) => {
    const found = subject(textDocument.uri);
    return found ? semanticTokens(found.document, found.analysis) : { data: [] };
  });

  connection.onRequest(EXPLAIN_URL, ({ textDocument, url }: ExplainUrlParams): Explanation | null => {
    const found = subject(textDocument.uri);
    if (!found) return null;
    const site = session.servingSiteOf(found.document);
    return explainUrl(site, url, pagePlaces, session.diskOf(site));
  });
  connection.onRequest(MOUNTS, ({ textDocument }: MountsParams): readonly MountedApplication[] | null => {
    const found = subject(textDocument.uri);
    return found ? mountedApplications(mountsIn(session.siteOf(found.document), found.paths)) : null;
  });
  connection.onRequest(SHOW_CONFIGURATION, ({ textDocument }: ShowConfigurationParams) => {
    const found = subject(textDocument.uri);
    return found ? showConfiguration(session.servingSiteOf(found.document)) : null;
  });
  connection.onRequest(
    WHICH_PYTHON,
    async ({ textDocument }: WhichPythonParams): Promise<Explanation | null> => {
      const found = subject(textDocument.uri);
      const lookup = typeof programs === 'string' ? programs : programs.libraryOf;
      return found ? whichPython(session.siteOf(found.document), session.files, lookup, pagePlaces) : null;
    },
  );
  connection.onRequest(GENERATE_SITE, (params: GenerateSiteParams) =>
    orRefusal(() => siteFor(session.files.pathOf(params.uri), params, session.files)),
  );
  connection.onRequest(EXPLAIN_LOG, (params: ExplainLogParams) =>
    explainLog(params, logContext(session, documents)),
  );
};

/** The answer, or the user's mistake as the protocol says it. */
const orRefusal = <Answer>(ask: () => Answer): Answer | ResponseError<{ readonly code: string }> => {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, action, code } = error;
    return new ResponseError(ErrorCodes.InvalidParams, `${message} ${action}`, { code });
  }
};

/** A folder cannot be opened: an environment is shown by the file that describes it. */
const openable = ({ files }: Session, target: string): string => {
  const description = `${target}/pyvenv.cfg`;
  return files.kind(target) === 'folder' && files.kind(description) === 'file' ? description : target;
};

/** A URL at which a mount answers. */
const urlOf = ({ host, url }: Parameters<typeof describeMount>[0]): string => {
  const port = /:(\d+)$/.exec(host.addresses[0] ?? '')?.[1];
  const name = host.serverName?.value.replace(/:\d+$/, '') ?? 'localhost';
  const scheme = port === '443' ? 'https' : 'http';
  const shown = port === undefined || port === '80' || port === '443' ? '' : `:${port}`;
  return URI.parse(`${scheme}://${name}${shown}${url?.value ?? '/'}`).toString(true);
};
