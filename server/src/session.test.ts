import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { WorkspaceFiles } from './configuration/files';
import { memoryFiles } from './model/fixtures/memory-files';
import { Session } from './session';

const examples = JSON.parse(
  readFileSync(path.join(__dirname, '..', 'data', 'rule-examples.json'), 'utf8'),
) as readonly { readonly bad: string; readonly good: string }[];

/** What is written into configurations: all that a rule speaks of, and what changes the meaning of other lines. */
const SNIPPETS: readonly string[] = [
  ...examples.flatMap(({ bad, good }) => [bad, good]),
  ...examples.flatMap(({ bad }) => bad.split('\n').map((line) => `${line}\n`)),
  '<VirtualHost *:80>\nServerName a.example\nWSGIDaemonProcess a threads=5\nWSGIScriptAlias / /srv/a/a.wsgi process-group=a\n</VirtualHost>\n',
  '<VirtualHost *:443>\nServerName a.example\nWSGIProcessGroup a\nWSGIScriptAlias /x /srv/a/a.wsgi\n</VirtualHost>\n',
  '<VirtualHost *:80>\n',
  '</VirtualHost>\n',
  '<Directory /srv/a>\nRequire all denied\n</Directory>\n',
  '<Location /x>\nWSGIProcessGroup b\n</Location>\n',
  '<IfModule wsgi_module>\nWSGIScriptAlias /m /srv/m.wsgi\n</IfModule>\n',
  '<IfDefine DEBUG>\nWSGIPythonHome /opt/x\n</IfDefine>\n',
  'Define DEBUG\n',
  'Define ROOT /srv/a\n',
  'Define ROOT /srv/b\n',
  'UnDefine ROOT\n',
  'WSGIScriptAlias /y $' + '{ROOT}/y.wsgi process-group=$' + '{GROUP}\n',
  'Define GROUP a\n',
  '<Macro Site $name>\nWSGIDaemonProcess $name\nWSGIScriptAlias /$name /srv/$name.wsgi process-group=$name\n</Macro>\n',
  'Use Site m1\n',
  'Include sites/*.conf\n',
  'Include sites/b.conf\n',
  'ServerRoot /srv/www\n',
  'ServerName main.example\n',
  'LoadModule wsgi_module modules/mod_wsgi.so\n',
  'WSGIDaemonProcess b\n',
  'WSGIDaemonProcess a\n',
  'WSGIPythonHome /opt/y\n',
  '<Directory /srv>\nAllowOverride All\n</Directory>\n',
  '<Directory />\nAllowOverride None\n</Directory>\n',
  'WSGICallableObject other\n',
  '<If "%{HTTP_HOST} == \'a\'">\nRequire all denied\n</If>\n',
  'Timeout 900\n',
  'WSGIRestrictEmbedded On\n',
  '# rule: ignore process-group-undefined, two-apps-share-interpreter\n',
  '\n',
  '\\\n',
  'x',
];

const FILES = [
  '/srv/www/httpd.conf',
  '/srv/www/sites/a.conf',
  '/srv/www/sites/b.conf',
  '/srv/www/sites/c.conf',
];

const START: Readonly<Record<string, string>> = {
  '/srv/www/httpd.conf':
    'ServerRoot /srv/www\nListen 80\nLoadModule wsgi_module modules/mod_wsgi.so\nInclude sites/*.conf\nServerName main.example\n',
  '/srv/www/sites/a.conf': SNIPPETS.filter((snippet) => snippet.includes('a.example')).join('# next\n'),
  '/srv/www/sites/b.conf': 'WSGIDaemonProcess b\nWSGIScriptAlias /b /srv/b.wsgi\n',
  '/srv/www/sites/c.conf': '',
  '/srv/a/.htaccess': 'WSGICallableObject app\n',
};

/** Files of a machine that never change: what is edited is open. */
const workspaceFiles = (): WorkspaceFiles => {
  const files = memoryFiles({
    ...START,
    '/etc/passwd': 'www-data:x:33:33::/var/www:/bin/false\n',
    '/srv/a/a.wsgi': 'import os\napp = os.environ["SHOP"]\n',
    '/srv/b.wsgi': 'def application(environ, start_response):\n    breakpoint()\n',
  });
  return {
    ...files,
    machine: { ...files, status: () => undefined, size: () => undefined, isLink: () => false },
    generation: 0,
    status: (file) => {
      const kind = files.kind(file);
      return kind && { kind, stamp: file };
    },
    canonical: (file) => file,
    pathOf: (uri) => uri.replace('file://', ''),
    uriOf: (file) => `file://${file}`,
    forget: () => {},
  };
};

/** A session in which all files are open, and how to edit them. */
class Editing {
  readonly session = new Session(workspaceFiles(), undefined);
  private readonly documents = new Map<string, TextDocument>();

  constructor(texts: Readonly<Record<string, string>>) {
    this.session.configure({ configuration: { machine: 'this' } });
    for (const [file, text] of Object.entries(texts)) this.open(file, text);
  }

  edit(file: string, place: number, length: number, text: string): void {
    const document = this.documents.get(file);
    if (!document) return;
    const start = Math.min(place, document.getText().length);
    const range = { start: document.positionAt(start), end: document.positionAt(start + length) };
    this.session.workspace.update(TextDocument.update(document, [{ range, text }], document.version + 1));
  }

  get texts(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.documents].map(([file, document]) => [file, document.getText()]));
  }

  get findings(): object {
    return Object.fromEntries(
      [...this.documents].map(([file, document]) => [
        file,
        // Corrections are no property of their own of a diagnostic.
        this.session.diagnosticsOf(document).map((found) => ({ ...found, data: found.data })),
      ]),
    );
  }

  codes(file: string): readonly unknown[] {
    const document = this.documents.get(file);
    return document ? this.session.diagnosticsOf(document).map(({ code }) => code) : [];
  }

  private open(file: string, text: string): void {
    const document = TextDocument.create(`file://${file}`, 'apacheconf', 1, text);
    this.documents.set(file, document);
    this.session.workspace.update(document);
  }
}

const edit = fc.record({
  file: fc.constantFrom(...FILES),
  place: fc.nat(1500),
  atLine: fc.boolean(),
  length: fc.oneof(fc.constant(0), fc.nat(80)),
  text: fc.constantFrom('', '\r', ...SNIPPETS),
  /** Whether somebody looks at the findings before the next edit. */
  looks: fc.boolean(),
});

test('what is found after random edits is what is found in the same files opened afresh', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
      const editing = new Editing(START);
      for (const { file, place, atLine, length, text, looks } of edits) {
        const before = editing.texts[file] ?? '';
        const start = atLine ? before.lastIndexOf('\n', place) + 1 : place;
        editing.edit(file, start, length, text);
        if (looks) expect(editing.findings).toEqual(new Editing(editing.texts).findings);
      }
      expect(editing.findings).toEqual(new Editing(editing.texts).findings);
    }),
    { numRuns: Number(process.env.EDIT_RUNS ?? 100) },
  );
}, 600_000);

test('a carriage return alone moves what stands below it, as editors count lines', () => {
  const file = '/srv/www/sites/c.conf';
  const sections = '<Directory /srv/c>\nOrder deny,allow\n</Directory>\n'.repeat(3);
  const editing = new Editing({ ...START, [file]: `SetEnv A "b c"\n${sections}` });
  const before = editing.findings;
  editing.edit(file, 'SetEnv A "b'.length, 0, '\r');
  expect(editing.findings).not.toEqual(before);
  expect(editing.findings).toEqual(new Editing(editing.texts).findings);
});

test('an edit in one file changes what is found in another', () => {
  const editing = new Editing(START);
  const b = '/srv/www/sites/b.conf';
  expect(editing.codes(b)).not.toContain('pdb-in-daemon-mode');
  editing.edit('/srv/www/httpd.conf', 0, 0, 'WSGIProcessGroup b\n');
  expect(editing.codes(b)).toContain('pdb-in-daemon-mode');
  editing.edit('/srv/www/httpd.conf', 0, 'WSGIProcessGroup b\n'.length, '');
  expect(editing.codes(b)).not.toContain('pdb-in-daemon-mode');
});
