import type { TextDocument } from 'vscode-languageserver-textdocument';
import { ERROR_LOG_LANGUAGE } from '../../common/src/language-requests';

/** Documents that are open in the editor. */
export interface OpenDocuments {
  get(uri: string): TextDocument | undefined;
  all(): readonly TextDocument[];
}

const only = (documents: OpenDocuments, wanted: (document: TextDocument) => boolean): OpenDocuments => ({
  get: (uri) => {
    const document = documents.get(uri);
    return document && wanted(document) ? document : undefined;
  },
  all: () => documents.all().filter(wanted),
});

/** True for an error log of Apache, which is no configuration. */
export const isLog = ({ languageId }: TextDocument): boolean => languageId === ERROR_LOG_LANGUAGE;

/** The files of configurations among the open documents. */
export const configurationsAmong = (documents: OpenDocuments): OpenDocuments =>
  only(documents, (document) => !isLog(document));

/** The error logs among the open documents. */
export const logsAmong = (documents: OpenDocuments): OpenDocuments => only(documents, isLog);
