import { describe, expect, test } from 'vitest';
import type { Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { analyze } from '../analysis';
import { readConfiguration } from '../configuration/read';
import { memoryFiles } from '../model/fixtures/memory-files';
import { parseDump } from './dump';
import { parseDirectives } from './known-directives';
import { mergeOpinion } from './merge';
import { type HttpdMessage, parseMessages } from './messages';
import { type PlacedMessage, placeMessages } from './placing';

const F = '/etc/apache2/apache2.conf';
const G = '/etc/apache2/sites-enabled/shop.conf';

describe('messages', () => {
  test.each([
    [
      'while reading',
      `apache2: Syntax error on line 3 of ${F}: </X> without matching <X> section`,
      F,
      3,
      '</X> without matching <X> section',
    ],
    [
      'in an included file',
      `apache2: Syntax error on line 9 of ${F}: Syntax error on line 2 of ${G}: no`,
      G,
      2,
      'no',
    ],
    [
      'while executing',
      `AH00526: Syntax error on line 5 of ${G}:\nInvalid command 'X', perhaps misspelled`,
      G,
      5,
      "Invalid command 'X', perhaps misspelled",
    ],
    [
      'in a macro',
      `AH00526: Syntax error on line 2 of macro 'm' (defined on line 1 of "${F}") used on line 5 of "${G}":\nno`,
      G,
      5,
      'no',
    ],
    [
      'in a macro that is only defined',
      `httpd: Syntax error on line 2 of macro 'm' (defined on line 1 of "${F}"): no`,
      F,
      1,
      'no',
    ],
    [
      'unclosed sections',
      `httpd: Syntax error on line 1 of ${F}: ${F}:2: <Directory> was not closed.\\n${F}:1: <X> was not closed.`,
      F,
      1,
      `${F}:2: <Directory> was not closed.\n${F}:1: <X> was not closed.`,
    ],
    [
      'a log folder',
      `(2)No such file or directory: AH02291: Cannot access directory '/gone/' for error log of vhost defined at ${G}:10\nAH00014: Configuration check failed`,
      G,
      10,
      `Cannot access directory '/gone/' for error log of vhost defined at ${G}:10`,
    ],
  ])('%s', (_, output, file, line, text) => {
    expect(parseMessages(`${output}\n`, true)).toEqual([
      { severity: 'error', code: /^(?:\(.*: )?(AH\d+)/.exec(output)?.[1], text, place: { file, line } },
    ]);
  });

  test('warnings beside the error', () => {
    const output = [
      '[Sun Nov 22 16:36:54.834625 2026] [core:warn] [pid 1:tid 1] AH00111: Config variable X is not defined',
      'AH00112: Warning: DocumentRoot [/gone] does not exist',
      "AH00558: apache2: Could not reliably determine the server's fully qualified domain name",
      'AH00543: apache2: bad user name nobody2',
    ].join('\n');
    expect(parseMessages(output, true).map(({ code, severity, place }) => [code, severity, place])).toEqual([
      ['AH00111', 'warning', undefined],
      ['AH00112', 'warning', undefined],
      ['AH00558', 'warning', undefined],
      ['AH00543', 'error', undefined],
    ]);
  });

  test('what is said again and again is one message', () => {
    expect(
      parseMessages('AH00112: Warning: DocumentRoot [/gone] does not exist\n'.repeat(3), false),
    ).toHaveLength(1);
  });

  test.each(['', 'Syntax OK\n', "Action '-t' failed.\nThe Apache error log may have more information.\n"])(
    '%j says nothing',
    (output) => {
      expect(parseMessages(output, false)).toEqual([]);
    },
  );
});

describe('the dump', () => {
  const DUMP = `Included configuration files:
  (*) ${F}
    (146) ${G}
VirtualHost configuration:
*:80                   is a NameVirtualHost
         default server a (${G}:1)
ServerRoot: "/etc/apache2"
Define: DUMP_VHOSTS
Define: FOO=bar baz
Define: PLAIN
User: name="www-data" id=33
Loaded Modules:
 core_module (static)
 wsgi_module (shared)
`;

  test('files, modules, hosts, defines, user', () => {
    expect(parseDump(DUMP)).toEqual({
      files: [F, G],
      modules: ['core_module', 'wsgi_module'],
      hosts: ['*:80                   is a NameVirtualHost', `         default server a (${G}:1)`],
      defines: new Map([
        ['FOO', 'bar baz'],
        ['PLAIN', undefined],
      ]),
      user: 'www-data',
    });
  });

  test('a test that failed leaves what was read until then', () => {
    expect(parseDump(`Included configuration files:\n  (*) ${F}\n`)).toMatchObject({
      files: [F],
      modules: [],
    });
  });
});

const LIST = `ServerName (core.c)
\tThe hostname and port of the server
\tAllowed in *.conf only outside <Directory>, <Files>, <Location>, or <If>
UpperFilter (mod_upper.c)
\tRun a case filter on this host
\tAllowed in *.conf only outside <Directory>, <Files>, <Location>, or <If>
<Strange (mod_strange.c)
\tAllowed in *.conf anywhere and in .htaccess
\twhen AllowOverride isn't None
`;

describe('directives of unknown modules', () => {
  test('what the catalogue has is left out; places and help are read', () => {
    const learned = parseDirectives(LIST);
    expect([...learned.keys()]).toEqual(['upperfilter', '<strange']);
    expect(learned.get('upperfilter')).toMatchObject({
      name: 'UpperFilter',
      module: 'mod_upper',
      help: 'Run a case filter on this host',
      places: ['server config', 'virtual host'],
      htaccess: false,
    });
    expect(learned.get('<strange')).toMatchObject({ section: true, htaccess: true });
  });
});

const TEXT = `ServerName a
DocumentRoot /gone
User nobody2
ErrorLog /var/gone/error.log
LoadModule wsgi_module a.so
ServerAlias \${UNSET}
`;

describe('placing', () => {
  const analysis = analyze(TEXT, F);
  const files = { ...memoryFiles({ [F]: TEXT }), canonical: (path: string) => path };
  const configuration = readConfiguration(
    { files, analysisOf: (path) => (path === F ? analysis : undefined) },
    { root: F, rooted: true, local: true, serverRoot: '/etc/apache2', environment: new Map() },
  );
  const place = (message: Partial<HttpdMessage>) =>
    placeMessages(
      [{ severity: 'error', code: undefined, text: '', place: undefined, ...message }],
      configuration,
      files,
    )[0]?.at;

  test.each([
    ['AH00112', 'Warning: DocumentRoot [/gone] does not exist', 1],
    ['AH00543', 'apache2: bad user name nobody2', 2],
    ['AH02291', "Cannot access directory '/var/gone/' for main error log", 3],
    ['AH01574', 'module wsgi_module is already loaded, skipping', 4],
    ['AH00111', `Config variable \${UNSET} is not defined`, 5],
  ])('%s is found', (code, text, line) => {
    expect(place({ code, text })).toMatchObject({ file: F, line });
  });

  test('the line httpd names, with what stands there', () => {
    expect(place({ place: { file: F, line: 3 } })).toEqual({ file: F, line: 2, text: 'User nobody2' });
  });

  test.each([{ place: { file: '/gone', line: 1 } }, { place: { file: F, line: 99 } }, { code: 'AH00558' }])(
    '%j has no place',
    (message) => {
      expect(place(message)).toBeUndefined();
    },
  );
});

describe('merging', () => {
  const merge = (
    text: string,
    ours: readonly Diagnostic[],
    messages: readonly PlacedMessage[],
    list = '',
  ) => {
    const document = TextDocument.create(`file://${F}`, 'apacheconf', 1, text);
    return mergeOpinion(document, analyze(text, F), ours, { messages, learned: parseDirectives(list) }, F);
  };
  const said = (line: number, text: string, more: Partial<PlacedMessage> = {}): PlacedMessage => ({
    severity: 'error',
    code: 'AH00526',
    text: 'no',
    place: undefined,
    at: { file: F, line, text },
    ...more,
  });
  const found = (line: number, severity: DiagnosticSeverity, code = 'x'): Diagnostic => ({
    range: { start: { line, character: 0 }, end: { line, character: 4 } },
    severity,
    message: 'ours',
    code,
  });

  test('what only Apache finds is added, at the words of its line', () => {
    expect(merge('Listen 1\n  Mutex x\n', [], [said(1, '  Mutex x')])).toEqual([
      {
        range: { start: { line: 1, character: 2 }, end: { line: 1, character: 9 } },
        severity: 1,
        message: 'no',
        source: 'httpd',
        code: 'AH00526',
      },
    ]);
  });

  test('a continued line is meant as a whole: Apache counts its last one', () => {
    const [diagnostic] = merge('Listen 1\nMutex \\\n  x\n', [], [said(2, '  x')]);
    expect(diagnostic?.range).toEqual({ start: { line: 1, character: 0 }, end: { line: 2, character: 3 } });
  });

  test('where both find fault ours stays; a weaker finding of ours does not silence an error', () => {
    const messages = [said(0, 'Mutex x')];
    expect(merge('Mutex x\n', [found(0, 1)], messages)).toHaveLength(1);
    expect(merge('Mutex x\n', [found(0, 2)], messages)).toHaveLength(2);
    expect(merge('Mutex x\n', [found(0, 2)], [said(0, 'Mutex x', { severity: 'warning' })])).toHaveLength(1);
  });

  test.each([
    ['a line that has changed', said(0, 'Mutex y')],
    ['another file', said(0, 'Mutex x', { at: { file: G, line: 0, text: 'Mutex x' } })],
    ['no place', said(0, '', { at: undefined })],
    ['a line that is gone', said(9, 'Mutex x')],
  ])('%s: nothing', (_, message) => {
    expect(merge('Mutex x\n', [], [message])).toEqual([]);
  });

  test('a directive that the server knows is not called unknown, and stands where it may', () => {
    const text = 'UpperFilter On\n<Directory /a>\nUpperFilter On\n</Directory>\n';
    const unknown = {
      ...found(0, 2, 'unknown-directive'),
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 11 } },
    };
    const merged = merge(text, [unknown, found(3, 2)], [], LIST);
    expect(merged.map(({ code, range }) => [code, range.start.line])).toEqual([
      ['x', 3],
      ['directive-wrong-context', 2],
    ]);
  });
});
