import * as vscode from 'vscode';

const PACKAGE = 'mod_wsgi_debug';

/** What a WSGI script says so that an editor can attach to its server. */
const LISTEN = `import ${PACKAGE}; ${PACKAGE}.listen()`;

const COPY_LINE = 'Copy the Line for the WSGI Script';

/** Registers the command that puts the debugger's Python package where a server can import it: see docs/attach.md. */
export const registerCopyAgent = (context: vscode.ExtensionContext): void => {
  context.subscriptions.push(
    vscode.commands.registerCommand('mod_wsgi.copyDebugAgent', () => copyAgent(context.extensionUri)),
  );
};

const copyAgent = async (extension: vscode.Uri): Promise<void> => {
  const defaultUri = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: `Copy ${PACKAGE} into which folder of the server's sys.path?`,
      openLabel: 'Copy Here',
      canSelectFiles: false,
      canSelectFolders: true,
      ...(defaultUri && { defaultUri }),
    })) ?? [];
  if (!folder) return;
  const target = vscode.Uri.joinPath(folder, PACKAGE);
  try {
    await vscode.workspace.fs.copy(
      vscode.Uri.joinPath(extension, 'debug-adapter', 'agent', PACKAGE),
      target,
      {
        overwrite: true,
      },
    );
  } catch (error) {
    void vscode.window.showErrorMessage(
      `${PACKAGE} cannot be copied to ${folder.fsPath}: ${(error as Error).message}`,
    );
    return;
  }
  const answer = await vscode.window.showInformationMessage(
    `${PACKAGE} is in ${folder.fsPath}. The WSGI script imports it, or Apache imports its listen.wsgi; then attach.`,
    COPY_LINE,
  );
  if (answer === COPY_LINE) await vscode.env.clipboard.writeText(LISTEN);
};
