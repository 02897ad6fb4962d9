import * as vscode from 'vscode';

/** Where the servers of the running sessions answer. */
export class Addresses implements vscode.Disposable {
  private readonly urls = new Map<string, string>();
  private readonly subscription = vscode.debug.onDidTerminateDebugSession(({ id }) => this.urls.delete(id));

  set(session: vscode.DebugSession, url: string): void {
    this.urls.set(session.id, url);
  }

  /**
   * Shows a session's application in the browser, by an address that works where the browser is.
   *
   * @throws Error with a sentence for the user, where the server is not up yet
   */
  async open({ id }: vscode.DebugSession): Promise<void> {
    const url = this.urls.get(id);
    if (url === undefined) throw new Error('The server is not ready yet; the debug console says when it is.');
    await vscode.env.openExternal(vscode.Uri.parse(url));
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
