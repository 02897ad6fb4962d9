import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ERROR_LOG_LANGUAGE, MOST_LOG_LINES } from '../../../common/src/language-requests';
import { findDirective, findSection } from '../catalogue/directives';
import { rules } from '../rules/table';
import { anyText } from '../syntax/any-text.fixture';
import { readLogLine } from './envelope';
import { explainLog, type LogContext, logHover } from './explain';
import { logLinks } from './links';
import { logMessages, recognise } from './messages';
import { foldLog, logSymbols } from './structure';

const log = (...lines: string[]): TextDocument =>
  TextDocument.create('file:///var/log/apache2/error.log', ERROR_LOG_LANGUAGE, 1, lines.join('\n'));

const envelope = (message: string, { level = 'error', pid = 6260 } = {}): string =>
  `[Sun Nov 22 08:44:35.996892 2026] [wsgi:${level}] [pid ${pid}:tid 6262] ${message}`;

const CONTEXT: LogContext = { pageOf: (rule) => `file:///rules/${rule}.md`, placesOf: () => [] };

describe('the envelope', () => {
  test.each([
    ['the plain form', '[core:notice] [pid 1:tid 1] AH00094: Command line', 'AH00094: Command line'],
    ['without a thread', '[core:notice] [pid 1] AH00094: Command line', 'AH00094: Command line'],
    [
      'an error of the system',
      '[wsgi:error] [pid 1:tid 2] (13)Permission denied: [client 192.0.2.7:5] mod_wsgi x',
      'mod_wsgi x',
    ],
    ['a place in the source', '[wsgi:debug] [pid 1:tid 2] src/server/wsgi_daemon.c(1418): Socket', 'Socket'],
    [
      'a script',
      '[wsgi:error] [pid 1:tid 2] [remote 192.0.2.7:5] [script /srv/a.wsgi] WSGI0135: x',
      'WSGI0135: x',
    ],
    [
      'an indented line',
      '[wsgi:error] [pid 1:tid 2] [remote 192.0.2.7:5]   File "/a.py", line 3',
      '  File "/a.py", line 3',
    ],
  ])('%s', (_, rest, message) => {
    const line = `[Sun Nov 22 08:42:06.577622 2026] ${rest}`;
    const read = readLogLine(line);
    expect(read.message).toBe(message);
    expect(line.slice(read.start)).toBe(message);
    expect(read.envelope?.pid).toBe('1');
  });

  test.each(['', 'Python path configuration:', '[not a line', '\0\uFFFF'])('%j has none', (line) => {
    expect(readLogLine(line)).toEqual({ envelope: undefined, message: line, start: 0 });
  });
});

describe('the table', () => {
  test('ids are unique; patterns compile and never match nothing', () => {
    expect(new Set(logMessages.map(({ id }) => id)).size).toBe(logMessages.length);
    for (const { patterns } of logMessages)
      for (const pattern of patterns) expect(new RegExp(pattern).test('')).toBe(false);
  });

  test('rules and directives that it names exist', () => {
    const ids = new Set(rules.map(({ id }) => id));
    const unknownRules = logMessages.flatMap(({ rule }) => (rule && !ids.has(rule) ? [rule] : []));
    const unknownDirectives = logMessages
      .flatMap(({ directives = [] }) => directives)
      .filter((name) => !findDirective(name) && !findSection(name));
    expect(unknownRules).toEqual([]);
    expect(unknownDirectives).toEqual([]);
  });

  test.each([
    ["WSGI0100: Unable to stat Python home '/venv/shop'.", 'L008', ['/venv/shop']],
    [
      'mod_wsgi (pid=12): Unable to stat Python home /venv/shop. Python interpreter may not',
      'L008',
      ['/venv/shop'],
    ],
    ["ModuleNotFoundError: No module named 'encodings'", 'L236', []],
    ["ModuleNotFoundError: No module named 'flask'", 'L237', ['flask']],
    ['django.core.exceptions.ImproperlyConfigured: no', 'L242', ['no']],
    ['ValueError: boom', 'L276', ['ValueError', 'boom']],
    ['AH01630: client denied by server configuration: /srv/shop/app.wsgi', 'L171', ['/srv/shop/app.wsgi']],
  ])('%s is known', (text, id, names) => {
    const known = recognise(text);
    expect(known?.message.id).toBe(id);
    expect(known?.names).toEqual(names);
  });

  test.each(['hello from the application', '', 'x'.repeat(5000), 'GET / HTTP/1.1'])('%s is not', (text) => {
    expect(recognise(text)).toBeUndefined();
  });
});

describe('explanations', () => {
  test('a hover says what to do, and where', () => {
    const document = log(
      '',
      envelope("[client 192.0.2.7:5] WSGI0100: Unable to stat Python home '/venv/shop'."),
    );
    const hover = logHover(
      document,
      { line: 1, character: 90 },
      {
        ...CONTEXT,
        placesOf: (directive, names) => [`${directive} with ${names}`],
      },
    );
    const value = JSON.stringify(hover?.contents);
    expect(value).toContain('Python home does not exist');
    expect(value).toContain('**What to do**: correct python-home.');
    expect(value).toContain('WSGIDaemonProcess with /venv/shop');
    expect(value).toContain('(file:///rules/python-home-missing.md)');
    expect(document.getText(hover?.range)).toBe("WSGI0100: Unable to stat Python home '/venv/shop'");
  });

  test('no hover on what is not known', () => {
    expect(logHover(log(envelope('hello')), { line: 0, character: 3 }, CONTEXT)).toBeNull();
    expect(logHover(log(''), { line: 0, character: 0 }, CONTEXT)).toBeNull();
  });

  test('lines of a terminal, with or without an envelope', () => {
    const lines = ['hello', '  OSError: failed to write data', envelope('WSGI0009: x'), 'MemoryError'];
    const { messages } = explainLog({ lines }, CONTEXT);
    expect(messages.map(({ line, id }) => [line, id])).toEqual([
      [1, 'L246'],
      [3, 'L272'],
    ]);
    expect(lines[1]?.slice(messages[0]?.start, messages[0]?.end)).toBe('OSError: failed to write data');
  });

  test('no more lines than agreed', () => {
    const lines = Array.from({ length: MOST_LOG_LINES + 5 }, () => 'MemoryError');
    expect(explainLog({ lines }, CONTEXT).messages).toHaveLength(MOST_LOG_LINES);
  });
});

const TRACEBACK = [
  'Traceback (most recent call last):',
  '  File "/srv/shop/app.wsgi", line 3, in application',
  '    return int("x")',
  "ValueError: invalid literal for int() with base 10: 'x'",
];

describe('structure', () => {
  test('a traceback folds; the lines around it do not', () => {
    const document = log(
      envelope('before'),
      ...TRACEBACK.map((line) => envelope(line)),
      envelope('after: x'),
    );
    expect(foldLog(document)).toMatchObject([{ startLine: 1, endLine: 4 }]);
  });

  test('tracebacks of two threads stay apart', () => {
    const document = log(
      ...TRACEBACK.slice(0, 3).map((line) => envelope(line)),
      envelope('between', { pid: 7 }),
      ...TRACEBACK.map((line) => envelope(line, { pid: 7 })),
    );
    expect(foldLog(document)).toMatchObject([
      { startLine: 0, endLine: 2 },
      { startLine: 4, endLine: 7 },
    ]);
  });

  test('an exception that led to another one is in the same fold', () => {
    const chain = ['', 'During handling of the above exception, another exception occurred:', ''];
    const document = log(...[...TRACEBACK, ...chain, ...TRACEBACK].map((line) => envelope(line)));
    expect(foldLog(document)).toMatchObject([{ startLine: 0, endLine: 10 }]);
  });

  test('two tracebacks in a row are two folds', () => {
    const document = log(...[...TRACEBACK, ...TRACEBACK].map((line) => envelope(line)));
    expect(foldLog(document)).toMatchObject([
      { startLine: 0, endLine: 3 },
      { startLine: 4, endLine: 7 },
    ]);
  });

  test('what Python writes when it cannot start folds, although it has no envelope', () => {
    const document = log(
      envelope('mod_wsgi (pid=1): Python home /venv.', { level: 'info' }),
      'Python path configuration:',
      "  PYTHONHOME = '/venv'",
      "  sys.prefix = '/venv'",
      'Fatal Python error: init_fs_encoding: failed to get the Python codec',
      'Python runtime state: core initialized',
      "ModuleNotFoundError: No module named 'encodings'",
      '',
      'Current thread 0x00007f (most recent call first):',
      '<no Python frame>',
    );
    expect(foldLog(document)).toMatchObject([{ startLine: 1, endLine: 8 }]);
  });

  test('the outline names exceptions and known messages, not what an application prints', () => {
    const document = log(
      envelope('printed by the application'),
      ...TRACEBACK.map((line) => envelope(line)),
      envelope("WSGI0100: Unable to stat Python home '/venv/shop'.", { level: 'warn' }),
      envelope('Starting', { level: 'info' }),
    );
    expect(logSymbols(document).map(({ name }) => name)).toEqual([
      "ValueError: invalid literal for int() with base 10: 'x'",
      'WSGI0100: Python home does not exist or cannot be reached',
    ]);
  });

  test('links lead to files that are there', () => {
    const document = log(
      envelope(TRACEBACK[1] ?? ''),
      envelope('[script /srv/shop/app.wsgi] WSGI0135: /srv/shop/gone.py and /srv/shop/b.py:12'),
      'AH00526: Syntax error on line 7 of /etc/apache2/apache2.conf:',
      'GET /index.html',
    );
    const files = new Set(['/srv/shop/app.wsgi', '/srv/shop/b.py', '/etc/apache2/apache2.conf']);
    const found = logLinks(document, { kind: (path) => (files.has(path) ? 'file' : undefined) });
    expect(found.map(({ line, path, targetLine }) => [line, path, targetLine])).toEqual([
      [0, '/srv/shop/app.wsgi', 3],
      [1, '/srv/shop/b.py', 12],
      [2, '/etc/apache2/apache2.conf', 7],
    ]);
    const [first] = found;
    const at = { line: 0, character: first?.start ?? 0 };
    expect(document.getText({ start: at, end: { line: 0, character: first?.end ?? 0 } })).toBe(
      'File "/srv/shop/app.wsgi", line 3',
    );
  });
});

test('no text makes a log feature throw; ranges lie in the text and folds do not overlap', () => {
  const line = fc.oneof(
    anyText,
    fc.constantFrom(...TRACEBACK, '', 'Fatal Python error: x', 'MemoryError').map((text) => envelope(text)),
    fc.constantFrom(...TRACEBACK, 'Python path configuration:', '  x'),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const document = log(...lines);
      const folds = foldLog(document);
      for (const [index, { startLine, endLine }] of folds.entries()) {
        expect(endLine).toBeGreaterThan(startLine);
        expect(startLine).toBeGreaterThan(folds[index - 1]?.endLine ?? -1);
        expect(endLine).toBeLessThan(document.lineCount);
      }
      logSymbols(document);
      logLinks(document, { kind: () => 'file' });
      for (const { line: at, start, end } of explainLog({ lines }, CONTEXT).messages)
        expect(lines[at]?.slice(start, end)).toHaveLength(end - start);
    }),
    { numRuns: 300 },
  );
}, 60_000);
