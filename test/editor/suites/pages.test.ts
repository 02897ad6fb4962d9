import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { diagnosticsOf, inWorkspace, openFile } from '../support/documents';
import {
  click,
  clickInWebview,
  controlClick,
  countInWebviews,
  countOf,
  notifications,
  picture,
} from '../support/page';
import { skipTest } from '../support/skip';
import { inEditor } from '../support/suite';
import { waitFor } from '../support/wait';

const HTTPD = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';

/** A whole configuration with a mount, a virtual environment, an access file and something that only Apache finds fault with. */
const writeServer = (): void => {
  const folder = inWorkspace('server');
  const files: Readonly<Record<string, string>> = {
    'httpd.conf': [
      `ServerRoot "${folder}"`,
      `LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so`,
      `LoadModule authz_core_module ${MODULES}/mod_authz_core.so`,
      `LoadModule env_module ${MODULES}/mod_env.so`,
      `LoadModule wsgi_module ${MODULES}/mod_wsgi.so`,
      'ServerName localhost',
      'Listen 127.0.0.1:8945',
      'ErrorLog error.log',
      'Mutex bogus:x',
      'Include sites/*.conf',
      '<Directory />',
      '    AllowOverride None',
      '    Require all denied',
      '</Directory>',
    ].join('\n'),
    'sites/shop.conf': [
      'WSGIDaemonProcess shop processes=2 threads=15 python-home=/srv/shop/venv display-name=%{GROUP}',
      '',
      '<VirtualHost *:8945>',
      '    ServerName shop.example.com',
      `    DocumentRoot ${folder}/www`,
      `    WSGIScriptAlias /books ${folder}/shop/app.wsgi process-group=shop application-group=%{GLOBAL}`,
      `    <Directory ${folder}/shop>`,
      '        AllowOverride AuthConfig FileInfo',
      '        Require all granted',
      '    </Directory>',
      '    <If "%{REQUEST_URI} =~ m#^/books/admin#">',
      '        Require ip 192.0.2.0/24',
      '    </If>',
      '</VirtualHost>',
    ].join('\n'),
    'shop/.htaccess': 'SetEnv SHOP_CURRENCY EUR\n',
    'shop/app.wsgi': 'def application(environ, start_response):\n    return []\n',
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
};

inEditor('pages about a configuration', () => {
  before(writeServer);
  afterEach(() => vscode.commands.executeCommand('notifications.clearAll'));

  it('explain a URL, with links to the lines', async () => {
    await openFile('server', 'sites', 'shop.conf');
    const url = 'http://shop.example.com:8945/books/emma';
    await vscode.commands.executeCommand('mod_wsgi.explainUrl', undefined, url);
    const link = 'a[href*=".htaccess"]';
    // The link of an access file leads to another document than the one that is open.
    await waitFor('the link', async () => {
      return (await countInWebviews(link)) > 0;
    });
    await picture('explain-url-page');
    await clickInWebview(link);
    await waitFor('the access file', () =>
      vscode.window.visibleTextEditors.some(({ document }) => document.fileName.endsWith('.htaccess')),
    );
  });

  it('show the effective configuration, which is read-only', async () => {
    await openFile('server', 'sites', 'shop.conf');
    await vscode.commands.executeCommand('mod_wsgi.showConfiguration');
    const page = await waitFor('the page', () =>
      vscode.workspace.textDocuments.find(
        ({ uri }) => uri.scheme === 'mod-wsgi-page' && /effective/i.test(uri.path),
      ),
    );
    assert.match(page.getText(), /read with each request, as allowed by .*sites\/shop\.conf:8\n/);
    assert.match(page.getText(), /SetEnv SHOP_CURRENCY EUR/);
    await picture('effective-configuration');
  });

  it('say which Python the applications run with', async () => {
    await openFile('server', 'sites', 'shop.conf');
    await vscode.commands.executeCommand('mod_wsgi.whichPython');
    await hasPage(/Which Python/);
    await waitFor('its text', async () => (await countInWebviews('h1:text("Which Python is this")')) > 0);
    await picture('which-python');
  });

  it('show what Apache says, and its messages become problems of their lines', async function () {
    if (!existsSync(HTTPD)) skipTest(this, `there is no ${HTTPD}`);
    const { document } = await openFile('server', 'httpd.conf');
    await vscode.commands.executeCommand('mod_wsgi.askApache');
    const found = await diagnosticsOf(document, 'what Apache finds', (all) =>
      all.some(({ source }) => source === 'httpd'),
    );
    const fromApache = found.filter(({ source }) => source === 'httpd');
    assert.deepEqual(
      fromApache.map(({ message, range }) => [message.replace(/ \(.*/, ''), range.start.line]),
      [['Invalid Mutex argument bogus:x', 8]],
    );
    await waitFor('the verdict', async () =>
      (await notifications()).some((text) => text.includes('refuses the configuration')),
    );
    await click('.notification-list-item-buttons-container .monaco-button');
    await hasPage(/Apache's opinion/);
    await waitFor('its text', async () => (await countInWebviews('h1:text("What Apache says")')) > 0);
    await picture('apaches-opinion');
  });
});

inEditor('links in a terminal', () => {
  it('lead from a message of the error log to its explanation', async () => {
    const settings = vscode.workspace.getConfiguration('terminal.integrated');
    // What is drawn as text can be clicked by what it says.
    await settings.update('gpuAcceleration', 'off', vscode.ConfigurationTarget.Global);
    const message = 'Daemon process deadlock timer expired';
    const terminal = vscode.window.createTerminal({
      name: 'log',
      shellPath: '/bin/sh',
      shellArgs: ['-c', `echo "mod_wsgi (pid=7): ${message}, stopping process"; exec sleep 60`],
    });
    try {
      terminal.show();
      const line = `.xterm-rows span:text("${message}")`;
      await waitFor('the line', async () => (await countOf(line)) > 0);
      await waitFor('the explanation', async () => {
        await controlClick(line);
        return isShown(/^GIL was not available/);
      });
      await picture('terminal-link');
    } finally {
      terminal.dispose();
      await vscode.commands.executeCommand('workbench.action.closePanel');
      await settings.update('gpuAcceleration', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});

const isShown = (title: RegExp): boolean =>
  vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => title.test(label)));

const hasPage = (title: RegExp): Promise<unknown> => waitFor(`the page ${title}`, () => isShown(title));
