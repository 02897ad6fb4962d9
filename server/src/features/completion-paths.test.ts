import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { analyze } from '../analysis';
import { memoryFiles } from '../model/fixtures/memory-files';
import { check } from '../rules/check';
import { complete } from './completion';
import { taskSnippets } from './snippets';
import { surroundingsOf } from './surroundings';

const disk = memoryFiles({
  '/etc/passwd': 'shop:x:999:33::/srv/shop:/bin/false\n',
  '/etc/group': 'staff:x:50:\n',
  '/srv/shop/app.wsgi': '',
  '/srv/shop/.venv/pyvenv.cfg': '',
  '/srv/other/x': '',
});

/** The text after the proposal was taken, or the labels of all. */
const complete1 = (marked: string, take?: string, files: 'disk' | 'none' = 'disk') => {
  const text = marked.replace('|', '');
  const document = TextDocument.create('file:///x.conf', 'apacheconf', 1, text);
  const analysis = analyze(text, 'x.conf');
  const position = document.positionAt(marked.indexOf('|'));
  const items = complete(
    document,
    position,
    analysis,
    { snippets: true },
    surroundingsOf(analysis, files === 'disk' ? disk : undefined),
  );
  if (take === undefined) return items.map(({ label }) => label);
  const edit = items.find(({ label }) => label === take)?.textEdit;
  if (!edit || !('range' in edit)) throw new Error(`no proposal ${take}`);
  return TextDocument.applyEdits(document, [edit]);
};

test.each([
  ['a script', 'WSGIScriptAlias / /srv/shop/|', 'app.wsgi', 'WSGIScriptAlias / /srv/shop/app.wsgi'],
  ['a part of a name', 'WSGIScriptAlias / /srv/sh|', 'shop/', 'WSGIScriptAlias / /srv/shop/'],
  ['in quotes', 'DocumentRoot "/srv/|"', 'shop/', 'DocumentRoot "/srv/shop/"'],
  ['of a section', '<Directory /srv/|>\n</Directory>', 'other/', '<Directory /srv/other/>\n</Directory>'],
  [
    'hidden names once a dot is typed',
    'WSGIPythonHome /srv/shop/.|',
    '.venv/',
    'WSGIPythonHome /srv/shop/.venv/',
  ],
  [
    'the second of a search path',
    'WSGIDaemonProcess a python-path=/srv/shop:/srv/o|',
    'other/',
    'WSGIDaemonProcess a python-path=/srv/shop:/srv/other/',
  ],
  ['in an option', 'WSGIDaemonProcess a home=/srv/|', 'shop/', 'WSGIDaemonProcess a home=/srv/shop/'],
])('a path: %s', (_, marked, label, expected) => {
  expect(complete1(marked, label)).toBe(expected);
});

test('no path is proposed where the disk is not to be looked at', () => {
  expect(complete1('WSGIScriptAlias / /srv/|', undefined, 'none')).not.toContain('shop/');
});

test.each([
  ['the user of a group', 'WSGIDaemonProcess a user=|', 'shop'],
  ['the group of a group', 'WSGIDaemonProcess a group=st|', 'staff'],
  ['the user of the server', 'User |', 'shop'],
  ['the group of the server', 'Group |', 'staff'],
])('an account: %s', (_, marked, expected) => {
  expect(complete1(marked)).toEqual([expected]);
  expect(complete1(marked, undefined, 'none')).toEqual([]);
});

test('hidden names wait for their dot', () => {
  expect(complete1('WSGIPythonHome /srv/shop/|')).toEqual(['app.wsgi']);
});

test.each(taskSnippets('unknown').map(({ label, textEditText = '' }) => [label, textEditText] as const))(
  'the snippet %s is right as it stands',
  (_, insert) => {
    const text = insert.replace(/\$\{\d+:([^}]*)\}/g, '$1').replace(/\\\\/g, '\\');
    expect(check(analyze(`${text}\n`, 'x.conf'))).toEqual([]);
  },
);
