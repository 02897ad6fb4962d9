import * as vscode from 'vscode';

/** The scheme of pages that are text. */
export const PAGE_SCHEME = 'mod-wsgi-page';

/** A place that a link of a page, or of a problem, leads to. */
const OPEN_PLACE = 'mod_wsgi.openPlace';

/** The command that opens a file, or one of our pages, as an address. */
export const placeCommand = (uri: string, line = 1): vscode.Uri =>
  vscode.Uri.parse(`command:${OPEN_PLACE}?${encodeURIComponent(JSON.stringify([uri, line]))}`);

/** `](file:///etc/apache2/apache2.conf#L3)`, `](file:///…/rule.md)`: a file as the language server links it, or a line of it. */
const FILE_LINK = /\]\(((?!https?:)[a-z][a-z\d+.-]*:[^\s)#]*)(?:#L(\d+))?\)/gi;

/** Answers of the language server as pages: read-only, and closed without a question. */
export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly panels = new Map<string, vscode.WebviewPanel>();
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly subscriptions: vscode.Disposable;

  constructor() {
    this.subscriptions = vscode.Disposable.from(
      this.changes,
      vscode.commands.registerCommand(OPEN_PLACE, (uri: string, line: number) => this.openPlace(uri, line)),
      vscode.workspace.registerTextDocumentContentProvider(PAGE_SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /**
   * Shows Markdown beside what is open; places in files are links to their lines. A page of the same title is brought up to date. Where
   * the editor's Markdown extension is not there to render it, the text itself is shown.
   */
  async showMarkdown(title: string, markdown: string): Promise<void> {
    const html = await render(markdown);
    if (html === undefined) {
      await this.showText(`${title}.md`, markdown);
      return;
    }
    const panel = this.panels.get(title) ?? this.makePanel(title);
    panel.webview.html = pageOf(html);
    panel.reveal(undefined, true);
  }

  /** Shows a configuration, in its colours. */
  showConfiguration(title: string, text: string): Promise<void> {
    return this.showText(`${title}.conf`, text);
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
    this.subscriptions.dispose();
  }

  /** Opens a line of a file beside the page; a page of the documentation as a page. */
  private async openPlace(address: string, line: number): Promise<void> {
    const uri = vscode.Uri.parse(address);
    if (!uri.path.endsWith('.md')) {
      const selection = new vscode.Range(line - 1, 0, line - 1, 0);
      await vscode.window.showTextDocument(uri, { selection, viewColumn: vscode.ViewColumn.One });
      return;
    }
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    await this.showMarkdown(/^# (.*)$/m.exec(text)?.[1] ?? uri.path, text);
  }

  private makePanel(title: string): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      'mod_wsgi.page',
      title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableCommandUris: [OPEN_PLACE], enableFindWidget: true },
    );
    this.panels.set(title, panel);
    panel.onDidDispose(() => this.panels.delete(title));
    return panel;
  }

  private async showText(name: string, text: string): Promise<void> {
    // A slash would make folders of a title, and the tab would show the last of them only.
    const uri = vscode.Uri.from({ scheme: PAGE_SCHEME, path: `/${name.replaceAll('/', '∕')}` });
    this.texts.set(uri.toString(), text);
    this.changes.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
  }
}

/** The page's HTML as the editor's own preview would have it; undefined where there is none. */
const render = async (markdown: string): Promise<string | undefined> => {
  try {
    return await vscode.commands.executeCommand<string>('markdown.api.render', withCommands(markdown));
  } catch {
    return undefined;
  }
};

/** Files cannot be linked from a webview; commands can. */
const withCommands = (markdown: string): string =>
  markdown.replace(FILE_LINK, (_, uri: string, line = '1') => {
    const address = placeCommand(uri, Number(line)).toString();
    return `](${address.replace(/[()]/g, (bracket) => (bracket === '(' ? '%28' : '%29'))})`;
  });

const STYLE = `
body { padding: 0 1.5em 2em; line-height: 1.5; max-width: 60em; }
h1 { font-size: 1.5em; font-weight: 600; overflow-wrap: anywhere; }
h1 code { background: none; color: inherit; padding: 0; font: inherit; }
h2 { font-size: 1.15em; margin-top: 1.8em; }
h1, h2 { border-bottom: 1px solid var(--vscode-widget-border, #8884); padding-bottom: 0.3em; }
a { text-decoration: none; }
a:hover { text-decoration: underline; }
code { font-family: var(--vscode-editor-font-family); }
pre { padding: 0.8em; overflow: auto; background: var(--vscode-textCodeBlock-background); }
table { border-collapse: collapse; }
th { text-align: left; }
th, td { padding: 0.25em 0.8em 0.25em 0; vertical-align: top; border-bottom: 1px solid var(--vscode-widget-border, #8884); }
td:nth-child(2) { min-width: 9em; overflow-wrap: anywhere; }
li { margin: 0.2em 0; }
`;

const pageOf = (html: string): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${STYLE}</style>
</head>
<body>${html}</body>
</html>`;
