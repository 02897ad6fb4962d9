import * as vscode from 'vscode';
import { type Application, applicationsOf } from './application';
import { type Applications, applicationIn } from './find';
import { nameOf } from './launch';
import { asgiFramework } from './recognise';

/**
 * The application to debug when nobody has said which: what the open file defines, else the one it belongs to, else the
 * workspace's only one, else the one that is picked.
 *
 * @returns undefined where there is none, which the user has been told, or none was picked
 */
export const chooseApplication = async (applications: Applications): Promise<Application | undefined> => {
  const open = vscode.window.activeTextEditor?.document;
  const all = await applications.all();
  const own = open?.uri.scheme === 'file' ? await applicationsAround(open, all) : [];
  const offered = own.length > 0 ? own : all;
  if (offered.length > 1) return pick(offered);
  if (!offered[0]) void explainNone(open);
  return offered[0];
};

const applicationsAround = async (
  { fileName, languageId }: vscode.TextDocument,
  all: readonly Application[],
): Promise<Application[]> => {
  const known = applicationsOf(fileName, all);
  if (known.some(({ file, launch }) => file === fileName || launch.program === fileName)) return known;
  // Files of any name may define one; the workspace is searched by the usual names.
  const defined = languageId === 'python' ? await applicationIn(fileName) : undefined;
  return defined ? [defined] : known;
};

const pick = async (applications: readonly Application[]): Promise<Application | undefined> => {
  const picked = await vscode.window.showQuickPick(
    applications.map((application) => ({
      label: nameOf(application),
      description: application.kind,
      application,
    })),
    { title: 'Debug with mod_wsgi', placeHolder: 'Which application?', matchOnDescription: true },
  );
  return picked?.application;
};

/** Not waited for: whoever asked for an application would stay in the middle of starting until it is answered. */
const explainNone = async (open: vscode.TextDocument | undefined): Promise<void> => {
  const asgi = open?.languageId === 'python' ? asgiFramework(open.getText()) : undefined;
  const create = 'Create launch.json';
  const answer = await vscode.window.showErrorMessage(
    asgi
      ? `This is an ASGI application (${asgi}); Apache's mod_wsgi serves WSGI applications only. An adapter such as a2wsgi makes one of it.`
      : 'No WSGI application was found. Open the file that defines it (application, app or create_app) and press F5, or name it in launch.json.',
    create,
  );
  if (answer === create) await vscode.commands.executeCommand('debug.addConfiguration');
};
