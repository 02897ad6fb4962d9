import * as vscode from 'vscode';
import { looksLikeApache, looksLikeErrorLog } from '../../../common/src/apache-content';
import { ERROR_LOG_LANGUAGE } from '../../../common/src/language-requests';

export const CONFIGURATION_LANGUAGE = 'apacheconf';

/** The languages of Apache's configuration: the names besides ours are those that other extensions give to it. */
export const CONFIGURATION_LANGUAGES: readonly string[] = [CONFIGURATION_LANGUAGE, 'apache', 'httpd'];

/** True for a file of Apache's configuration. */
export const isConfiguration = ({ languageId }: vscode.TextDocument): boolean =>
  CONFIGURATION_LANGUAGES.includes(languageId);

const asSelector = (languages: readonly string[]) => languages.map((language) => ({ language }));

export const CONFIGURATIONS = asSelector(CONFIGURATION_LANGUAGES);

/** What the language server serves. */
export const SERVED_LANGUAGES = asSelector([...CONFIGURATION_LANGUAGES, ERROR_LOG_LANGUAGE]);

/** A language that files get by their content, where the name cannot tell. */
interface Claim {
  readonly language: string;
  /** Names that Apache's files share with those of others. */
  readonly name: RegExp;
  /** Languages the editor gives to such a file when it knows no better. */
  readonly instead: ReadonlySet<string>;
  readonly fits: (text: string) => boolean;
}

const CLAIMS: readonly Claim[] = [
  {
    language: CONFIGURATION_LANGUAGE,
    name: /\.(?:conf|load)$|[\\/]sites-(?:available|enabled)[\\/][^\\/]+$/,
    instead: new Set(['plaintext', 'properties', 'ini']),
    fits: looksLikeApache,
  },
  {
    language: ERROR_LOG_LANGUAGE,
    name: /error[._-]?log|\.log(?:\.\d+)?$/i,
    instead: new Set(['plaintext', 'log']),
    fits: looksLikeErrorLog,
  },
];

/** Gives their language to opened files. Each is judged once: whoever then chooses another language keeps it. */
export const claimApacheFiles = (context: vscode.ExtensionContext): void => {
  const judged = new Set<string>();
  const judge = async (document: vscode.TextDocument): Promise<void> => {
    const key = document.uri.toString();
    const claim = CLAIMS.find(
      ({ name, instead }) => instead.has(document.languageId) && name.test(document.fileName),
    );
    if (!claim || judged.has(key)) return;
    judged.add(key);
    if (claim.fits(document.getText()))
      await vscode.languages.setTextDocumentLanguage(document, claim.language);
  };
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(judge));
  for (const document of vscode.workspace.textDocuments) void judge(document);
};
