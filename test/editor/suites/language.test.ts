import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, extension, openFile, positionOf } from '../support/documents';
import { screenshot } from '../support/page';
import { waitFor } from '../support/wait';

describe('Apache configuration in the editor', () => {
  before(() => extension().activate());

  it('is recognised', async () => {
    const { document } = await openFile('apache', 'shop.conf');
    assert.equal(document.languageId, 'apacheconf');
  });

  it('is free of errors where it is right', async () => {
    const { document } = await openFile('apache', 'shop.conf');
    // The server answers in order: when it has answered this, it has checked the document before.
    await vscode.commands.executeCommand(
      'vscode.executeHoverProvider',
      document.uri,
      positionOf(document, 'WSGIDaemonProcess'),
    );
    const errors = vscode.languages
      .getDiagnostics(document.uri)
      .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
    assert.deepEqual(
      errors.map(({ message }) => message),
      [],
    );
  });

  for (const mistake of ['thread=15', 'WSGIScriptAlais', 'WSGIPythonHome', 'Yes']) {
    it(`underlines the mistake ${mistake}`, async () => {
      const { document } = await openFile('apache', 'shop-with-mistakes.conf');
      const position = positionOf(document, mistake === 'Yes' ? 'Yes\n' : `${mistake}`);
      await diagnosticsOf(document, `a problem at ${mistake}`, (found) =>
        found.some(({ range }) => range.contains(position)),
      );
    });
  }

  it('explains a directive on hover', async () => {
    const { document } = await openFile('apache', 'shop.conf');
    const text = await waitFor('the hover of WSGIDaemonProcess', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        positionOf(document, 'WSGIDaemonProcess'),
      );
      return hovers.flatMap(({ contents }) => contents.map(textOf)).join('\n') || undefined;
    });
    assert.match(text, /WSGIDaemonProcess/);
  });

  it('completes the directives of mod_wsgi', async () => {
    const { document } = await openFile('apache', 'shop.conf');
    const at = positionOf(document, 'WSGIScriptAlias').translate(0, 'WSGIScr'.length);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      at,
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('WSGIScriptAlias'), `offered: ${labels.slice(0, 20).join(', ')}`);
  });

  it('shows its problems as a person sees them', async () => {
    const editor = await openFile('apache', 'shop-with-mistakes.conf');
    const position = positionOf(editor.document, 'WSGIScriptAlais');
    editor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    await screenshot('problems');
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });
});

const textOf = (content: vscode.MarkdownString | vscode.MarkedString): string =>
  typeof content === 'string' ? content : content.value;
