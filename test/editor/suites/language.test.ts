import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { diagnosticsOf, inWorkspace, openFile, positionOf } from '../support/documents';
import { click, countInWebviews, countOf, notifications, picture, pictureAsIs, press } from '../support/page';
import { inEditor } from '../support/suite';
import { waitFor } from '../support/wait';

inEditor('Apache configuration in the editor', () => {
  it('is recognised, and free of errors where it is right', async () => {
    const { document } = await openFile('apache', 'shop.conf');
    assert.equal(document.languageId, 'apacheconf');
    // The server answers in order: when it has answered this, it has checked the document before.
    await hoverAt(document, 'WSGIDaemonProcess');
    const errors = vscode.languages
      .getDiagnostics(document.uri)
      .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
    assert.deepEqual(
      errors.map(({ message }) => message),
      [],
    );
  });

  it('has its mistakes underlined', async () => {
    const { document } = await openFile('apache', 'shop-with-mistakes.conf');
    for (const mistake of ['thread=15', 'WSGIScriptAlais', 'WSGIPythonHome', 'Yes\n']) {
      const position = positionOf(document, mistake);
      await diagnosticsOf(document, `a problem at ${mistake}`, (found) =>
        found.some(({ range }) => range.contains(position)),
      );
    }
    const position = positionOf(document, 'WSGIScriptAlais');
    assert.ok(vscode.window.activeTextEditor);
    vscode.window.activeTextEditor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    await picture('problems');
    // The code of a problem leads to the page that explains its rule.
    await click('.markers-panel a.monaco-link');
    await waitFor('the page of the rule', async () => (await countInWebviews('h2:text("What to do")')) > 0);
    await picture('rule-page');
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });

  it('is mended by a quick-fix', async () => {
    const { document } = await openFile('apache', 'shop-with-mistakes.conf');
    const position = positionOf(document, 'WSGIScriptAlais');
    await diagnosticsOf(document, 'the problem', (found) =>
      found.some(({ range }) => range.contains(position)),
    );
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(position, position),
      vscode.CodeActionKind.QuickFix.value,
      10,
    );
    const fix = actions.find(({ title }) => title.includes('WSGIScriptAlias'));
    assert.ok(fix?.edit, `offered: ${actions.map(({ title }) => title).join(', ')}`);
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /WSGIScriptAlias \/ /);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('is explained on hover', async () => {
    const { document } = await openFile('apache', 'shop.conf');
    assert.match(await hoverAt(document, 'WSGIDaemonProcess'), /WSGIDaemonProcess/);
  });

  it('is completed as it is typed', async () => {
    const editor = await openFile('apache', 'shop.conf');
    const line = positionOf(editor.document, 'ErrorLog').line;
    const at = new vscode.Position(line, 0);
    await editor.edit((edit) => edit.insert(at, '    WSGIProcessGroup \n'));
    editor.selection = new vscode.Selection(line, 21, line, 21);
    await vscode.commands.executeCommand('editor.action.triggerSuggest');
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      editor.document.uri,
      editor.selection.active,
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const group of ['shop', 'bookshop'])
      assert.ok(labels.includes(group), `offered: ${labels.join(', ')}`);
    await picture('completion');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('has its process groups renamed wherever they are used', async () => {
    const { document } = await openFile('apache', 'shop.conf');
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      positionOf(document, 'bookshop threads'),
      'library',
    );
    await vscode.workspace.applyEdit(edit);
    assert.match(document.getText(), /WSGIDaemonProcess library threads=15/);
    assert.match(document.getText(), /process-group=library/);
    assert.match(document.getText(), /bookshop\/wsgi\.py/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('explains a URL on a page that closes without a question', async () => {
    await openFile('apache', 'shop.conf');
    await vscode.commands.executeCommand(
      'mod_wsgi.explainUrl',
      undefined,
      'http://shop.example.com/books/emma',
    );
    await waitFor('the page', () =>
      tabs().some(({ label, isDirty }) => /Explain http/.test(label) && !isDirty),
    );
  });

  it('explains where rewriting leads a URL', async () => {
    await openConfiguration('rewriting', REWRITING);
    await vscode.commands.executeCommand(
      'mod_wsgi.explainUrl',
      undefined,
      'http://shop.example.com/book/emma',
    );
    await waitFor('the page', async () => (await countInWebviews('h2:text("Rewriting")')) > 0);
    await picture('explain-rewriting');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is generated for an application', async () => {
    const application = vscode.Uri.file(inWorkspace('flask', 'wsgi.py'));
    const generated = vscode.commands.executeCommand('mod_wsgi.generateSite', application);
    await waitFor('the question for the name', () => acceptInput());
    await generated;
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'apacheconf');
    assert.equal(document?.isUntitled, true);
    assert.match(document?.getText() ?? '', /WSGIScriptAlias \/ .*flask\/wsgi\.py/);
    await picture('generated-site');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});

inEditor("Apache's own opinion in the editor", () => {
  const fromApache = (document: vscode.TextDocument) =>
    vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'httpd');
  const settings = () => vscode.workspace.getConfiguration('mod_wsgi.configuration');

  it('is asked on demand, told in a sentence and on a page, and underlined where it is alone', async () => {
    const { document } = await openConfiguration('opinion', [
      ...serverIn('opinion'),
      'Mutex bogus:x',
      'Nonsense x',
    ]);
    const mutex = positionOf(document, 'Mutex').line;
    assert.deepEqual(fromApache(document), []);
    await vscode.commands.executeCommand('mod_wsgi.askApache');
    await waitFor('the answer', async () =>
      (await notifications()).some((text) => text.includes('Invalid Mutex argument bogus:x')),
    );
    await diagnosticsOf(document, 'what Apache says', () =>
      fromApache(document).some(({ range }) => range.start.line === mutex),
    );
    await pictureAsIs('apache-opinion');
    await click('.notification-list-item .monaco-button');
    await waitFor('the page', async () => (await countInWebviews('h1:text("What Apache says")')) > 0);
    await picture('apache-opinion-page');
  });

  it('is asked after each save where that is switched on, and says nothing twice', async () => {
    const editor = await openConfiguration('opinion-on-save', [
      ...serverIn('opinion-on-save'),
      'KeepAlive Off',
    ]);
    const { document } = editor;
    const last = document.lineCount - 2;
    const write = async (line: string): Promise<void> => {
      await editor.edit((edit) => edit.replace(document.lineAt(last).range, line));
      await document.save();
    };
    await settings().update('checkOnSave', true, vscode.ConfigurationTarget.Workspace);
    try {
      await write('Mutex bogus:x');
      await diagnosticsOf(document, 'what Apache says', () => fromApache(document).length === 1);
      // What a rule finds as well is said by the rule alone.
      await write('KeepAlive Maybe');
      const found = await diagnosticsOf(document, 'what both say', (all) =>
        all.some(({ message }) => message.includes('Maybe')),
      );
      await waitFor('the old opinion to go', () => fromApache(document).length === 0);
      assert.equal(found.filter(({ range }) => range.start.line === last).length, 1);
      await write('KeepAlive On');
      await diagnosticsOf(document, 'that all is well', (all) => all.length === 0);
    } finally {
      await settings().update('checkOnSave', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});

inEditor('an error log in the editor', () => {
  const HEAD = '[Sun Nov 22 08:42:06.577622 2026] [wsgi:error] [pid 2355:tid 2357] [client 192.0.2.7:58188] ';

  it('is recognised by its content, coloured, folded and explained', async () => {
    const script = inWorkspace('flask', 'app.py');
    const lines = [
      '[Sun Nov 22 08:42:00.120311 2026] [mpm_event:notice] [pid 2300:tid 2300] AH00489: Apache/2.4.71 configured -- resuming normal operations',
      `${HEAD}mod_wsgi (pid=2355): Exception occurred processing WSGI script '${script}'.`,
      `${HEAD}Traceback (most recent call last):`,
      `${HEAD}  File "${script}", line 59, in price_of`,
      `${HEAD}    return PRICES[article]`,
      `${HEAD}KeyError: 'durian'`,
      "[Sun Nov 22 08:43:10.000001 2026] [wsgi:warn] [pid 2355:tid 2355] mod_wsgi (pid=2355): Daemon process deadlock timer expired, stopping process 'shop'.",
    ];
    writeFileSync(inWorkspace('apache', 'what-happened.log'), `${lines.join('\n')}\n`);
    const { document } = await openFile('apache', 'what-happened.log');
    const log = await waitFor('the language', () =>
      vscode.workspace.textDocuments.find(
        ({ fileName, languageId }) => fileName === document.fileName && languageId === 'apache-error-log',
      ),
    );
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      'vscode.executeFoldingRangeProvider',
      log.uri,
    );
    assert.deepEqual(
      folds.map(({ start, end }) => [start, end]),
      [[2, 5]],
    );
    assert.match(await hoverAt(log, 'deadlock timer'), /What to do/);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      log.uri,
    );
    assert.ok(links.some(({ target }) => target?.path === script && target.fragment.includes('59')));
    const position = positionOf(log, 'Daemon process deadlock');
    assert.ok(vscode.window.activeTextEditor);
    vscode.window.activeTextEditor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand('editor.action.showHover');
    await picture('error-log');
  });
});

const MODULES = '/usr/lib/apache2/modules';

/** What a server of Debian needs to read the rest, in a folder of the workspace. */
const serverIn = (folder: string): readonly string[] => [
  `ServerRoot "${inWorkspace(folder)}"`,
  `LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so`,
  `LoadModule authz_core_module ${MODULES}/mod_authz_core.so`,
  'ServerName shop.example.com',
  'Listen 127.0.0.1:8080',
  'ErrorLog error.log',
];

const REWRITING: readonly string[] = [
  'LoadModule wsgi_module modules/mod_wsgi.so',
  'Listen 80',
  'WSGIDaemonProcess shop threads=15',
  '<VirtualHost *:80>',
  '    ServerName shop.example.com',
  '    DocumentRoot /srv/shop/static',
  '    RewriteEngine On',
  '    RewriteCond %{HTTP_USER_AGENT} Mobile',
  '    RewriteRule ^/book/(\\w+)$ https://m.shop.example.com/$1 [R,L]',
  '    # Old addresses of books.',
  '    RewriteRule ^/book/(\\w+)$ /books/$1 [PT]',
  '    WSGIScriptAlias /books /srv/shop/wsgi.py process-group=shop application-group=%{GLOBAL}',
  '    <Directory /srv/shop>',
  '        Require all granted',
  '    </Directory>',
  '</VirtualHost>',
];

/** Writes the main file of a configuration into a folder of its own and opens it. */
const openConfiguration = (folder: string, lines: readonly string[]): Promise<vscode.TextEditor> => {
  mkdirSync(inWorkspace(folder), { recursive: true });
  writeFileSync(inWorkspace(folder, 'httpd.conf'), [...lines, ''].join('\n'));
  return openFile(folder, 'httpd.conf');
};

const tabs = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);

const acceptInput = async (): Promise<boolean> => {
  if ((await countOf('.quick-input-widget:not([style*="display: none"]) input')) === 0) return false;
  await press('Enter');
  return true;
};

const hoverAt = (document: vscode.TextDocument, text: string): Promise<string> =>
  waitFor(`the hover of ${text}`, async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      positionOf(document, text),
    );
    return hovers.flatMap(({ contents }) => contents.map(textOf)).join('\n') || undefined;
  });

const textOf = (content: vscode.MarkdownString | vscode.MarkedString): string =>
  typeof content === 'string' ? content : content.value;
