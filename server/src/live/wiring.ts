import type { Connection } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type ApacheOpinion, ASK_APACHE, type AskApacheParams } from '../../../common/src/language-requests';
import type { OpenDocuments } from '../documents';
import { placesAs } from '../features/explain/places';
import type { NoPrograms, Programs } from '../programs';
import type { Session } from '../session';
import { askApache, type Opinion, unavailable } from './opinion';
import { opinionPage } from './page';

/** What happened and what to do where no program may be started. */
const REFUSALS: Readonly<Record<NoPrograms, readonly [summary: string, action: string]>> = {
  'not trusted': [
    'Apache is not asked in a workspace that is not trusted: a configuration test loads modules and can run commands.',
    'Trust the workspace, and ask again.',
  ],
  'no machine': [
    'Apache cannot be asked here: this editor runs without a machine behind it that could start programs.',
    'Open the files in an editor on the machine that has Apache.',
  ],
};

/**
 * Asks Apache when somebody wants to know, and after a file was saved where the user has switched that on. Nothing waits for the
 * answer; a newer question about a configuration ends the older one.
 *
 * @param programs why there are none where nothing may be started
 * @param refresh makes the findings of all documents anew
 * @returns what to call when a document was saved
 */
export const wireApache = (
  connection: Connection,
  documents: OpenDocuments,
  session: Session,
  programs: Programs | NoPrograms,
  refresh: () => void,
): ((saved: TextDocument) => Promise<void>) => {
  const running = new Map<string, AbortController>();
  const told = new Set<string>();

  const ask = async (document: TextDocument): Promise<Opinion> => {
    if (session.analysisOf(document).dialect === '.htaccess')
      return unavailable(
        'A configuration test does not read `.htaccess` files.',
        'Ask about the main configuration.',
      );
    if (typeof programs === 'string') return unavailable(...REFUSALS[programs]);
    const { configuration } = session.workspace.membershipOf(document);
    const { root } = configuration;
    running.get(root)?.abort();
    const controller = new AbortController();
    running.set(root, controller);
    session.files.forget();
    const { files, httpd } = session;
    const { signal } = controller;
    const opinion = await askApache({ configuration, files, programs, httpd, signal });
    if (signal.aborted) return opinion;
    running.delete(root);
    session.opinions.set(root, opinion);
    refresh();
    return opinion;
  };

  connection.onRequest(
    ASK_APACHE,
    async ({ textDocument }: AskApacheParams): Promise<ApacheOpinion | null> => {
      const document = documents.get(textDocument.uri);
      if (!document) return null;
      const { configuration } = session.workspace.membershipOf(document);
      return opinionPage(await ask(document), configuration, session.files, placesAs(session.workspace));
    },
  );

  return async (saved) => {
    if (typeof programs === 'string' || !session.asksOnSave) return;
    if (!session.workspace.membershipOf(saved).configuration.rooted) return;
    const { verdict, summary, action } = await ask(saved);
    if (verdict !== 'unavailable' || told.has(summary)) return;
    told.add(summary);
    connection.window.showWarningMessage(`${summary} ${action}`);
  };
};
