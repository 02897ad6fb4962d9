import * as vscode from 'vscode';
import { waitFor } from '../support/wait';

/** A configuration in the memory of the page: nothing of it is on a machine. */
const FILES: Readonly<Record<string, string>> = {
  'apache2.conf':
    'LoadModule wsgi_module modules/mod_wsgi.so\nInclude groups.conf\nIncludeOptional sites/*.conf\n',
  'groups.conf': 'WSGIDaemonProcess shop threads=5\n',
  'sites/shop.conf':
    '<VirtualHost *:80>\n  ServerName shop.example\n  WSGIScriptAlias / /srv/shop/app.wsgi process-group=shop\n  WSGIProcessGroup shpo\n</VirtualHost>\n',
};

const uriOf = (name: string): vscode.Uri => vscode.Uri.from({ scheme: 'tmp', path: `/site/${name}` });

const check = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Error(otherwise);
};

describe('the extension in a web extension host', () => {
  let document: vscode.TextDocument;

  before(async () => {
    for (const [name, text] of Object.entries(FILES))
      await vscode.workspace.fs.writeFile(uriOf(name), new TextEncoder().encode(text));
    await vscode.extensions.getExtension('mod-wsgi.mod-wsgi')?.activate();
    document = await vscode.workspace.openTextDocument(uriOf('sites/shop.conf'));
    await vscode.window.showTextDocument(document);
  });

  it('runs in a worker, without a machine', () => {
    check(vscode.env.uiKind === vscode.UIKind.Web, 'this is no web editor');
    check(vscode.env.remoteName === undefined, `there is a machine: ${vscode.env.remoteName}`);
    check(!('process' in globalThis) || !globalThis.process?.versions?.node, 'this is Node');
  });

  it('knows a file of Apache by its content', async () => {
    await waitFor('the language', () =>
      vscode.workspace.textDocuments.some(
        ({ uri, languageId }) => uri.path.endsWith('shop.conf') && languageId === 'apacheconf',
      ),
    );
  });

  it('finds mistakes, with what the files around it say', async () => {
    // Only a file that is not open declares the group which is proposed.
    await waitFor('the mistake', () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .some(({ message }) => message.includes('No daemon group `shpo` is declared. Did you mean `shop`?')),
    );
  });

  it('completes, with names of the files around it', async () => {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(3, 19),
    );
    const labels = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    check(labels.includes('shop'), `offered: ${labels.join(', ')}`);
  });

  it('explains on hover', async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(2, 5),
    );
    const text = hovers
      .flatMap(({ contents }) =>
        contents.map((content) => (typeof content === 'string' ? content : content.value)),
      )
      .join('\n');
    check(text.includes('WSGIScriptAlias') && text.includes('/srv/shop/app.wsgi'), `the hover says: ${text}`);
  });

  it('finds the definition in a file that is not open', async () => {
    const [location] = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      new vscode.Position(2, document.lineAt(2).text.indexOf('=shop') + 2),
    );
    check(location?.uri.path === '/site/groups.conf', `found in ${location?.uri}`);
  });

  it('explains a URL on a page, here as text: this workbench has no preview of Markdown', async () => {
    await vscode.commands.executeCommand(
      'mod_wsgi.explainUrl',
      document.uri.toString(),
      'http://shop.example/x',
    );
    await waitFor('the page', () =>
      vscode.window.tabGroups.all.some(({ tabs }) =>
        tabs.some(({ label }) => label.includes('Explain http')),
      ),
    );
  });
});
