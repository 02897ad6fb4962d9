import * as vscode from 'vscode';

const SCHEME = 'mod-wsgi-page';

/** Answers of the language server as pages: read-only, and closed without a question. */
export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly subscriptions: vscode.Disposable;

  constructor() {
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /**
   * Shows Markdown as the editor's preview does, beside what is open. A page of the same title is brought up to date. Where the editor
   * has no preview, because its Markdown extension is switched off, the text itself is shown.
   */
  async showMarkdown(title: string, markdown: string): Promise<void> {
    const uri = this.put(`${title}.md`, markdown);
    try {
      await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
    } catch {
      await this.showText(uri);
    }
  }

  /** Shows a configuration, in its colours. */
  async showConfiguration(title: string, text: string): Promise<void> {
    await this.showText(this.put(`${title}.conf`, text));
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private async showText(uri: vscode.Uri): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
  }

  private put(name: string, text: string): vscode.Uri {
    // A slash would make folders of a title, and the tab would show the last of them only.
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name.replaceAll('/', '∕')}` });
    this.texts.set(uri.toString(), text);
    this.changes.fire(uri);
    return uri;
  }
}
