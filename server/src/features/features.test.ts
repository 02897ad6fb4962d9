import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hover } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import argumentWords from '../../data/argument-words.json';
import httpdSummaries from '../../data/httpd-summaries.json';
import { analyze } from '../analysis';
import { allDirectives } from '../catalogue/directives';
import { anyText } from '../syntax/any-text.fixture';
import { complete, completeBriefly, resolveCompletion } from './completion';
import { describeDirective } from './describe';
import { type DiagnosticContext, diagnostics as diagnose } from './diagnostics';
import { hover } from './hover';
import { quickFixes as fixesFor } from './quick-fixes';

/** A document with the cursor at the `|`. */
const at = (marked: string, name = 'shop.conf') => {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const document = TextDocument.create(`file:///${name}`, 'apacheconf', 1, text);
  return { document, position: document.positionAt(offset), analysis: analyze(text, name) };
};

const ALONE: DiagnosticContext = {
  site: [],
  levels: new Map(),
  uriOf: (path) => path,
  documentOf: () => undefined,
  pageOf: () => undefined,
};

const diagnostics = (document: TextDocument, analysis: ReturnType<typeof analyze>) =>
  diagnose(document, analysis, ALONE);

const quickFixes = (document: TextDocument, found: Parameters<typeof fixesFor>[1]) =>
  fixesFor(document, found, () => document);

const completions = (marked: string, name?: string) => {
  const { document, position, analysis } = at(marked, name);
  return complete(document, position, analysis, { snippets: true });
};

const labelsOf = (marked: string, name?: string): string[] =>
  completions(marked, name).map(({ label }) => label);

/** The text after the first proposal with this label was taken. */
const accept = (marked: string, label: string): string => {
  const { document } = at(marked);
  const item = completions(marked).find((candidate) => candidate.label === label);
  if (!item?.textEdit || !('range' in item.textEdit)) throw new Error(`no proposal ${label}`);
  return TextDocument.applyEdits(document, [item.textEdit]);
};

const hoverText = (marked: string): string | undefined => {
  const { document, position, analysis } = at(marked);
  const answer: Hover | null = hover(document, position, analysis);
  return answer === null ? undefined : (answer.contents as { value: string }).value;
};

describe('completion', () => {
  test('puts declared groups before labels', () => {
    const items = completions('WSGIDaemonProcess shop\nWSGIProcessGroup |');
    const order = items.map(({ label, sortText = label }) => ({ label, sortText }));
    const [first] = order.sort((a, b) => (a.sortText < b.sortText ? -1 : 1));
    expect(first?.label).toBe('shop');
  });

  test.each([
    ['a name at the top', 'WSGI|', 'WSGIPythonHome'],
    ['a name in an empty file', '|', 'WSGIScriptAlias'],
    ['a name on a new line', 'Listen 80\n|', 'ServerName'],
    ['a name in a directory', '<Directory /a>\n|\n</Directory>', 'Require'],
    ['a section', '<|', '<VirtualHost'],
    ['a section in a section', '<Directory /a>\n<|\n</Directory>', '<Files'],
    ['the closing tag', '<Directory /a>\n</|', '</Directory>'],
    ['the closing tag on an empty line', '<Directory /a>\n|', '</Directory>'],
    ['a switch', 'WSGIScriptReloading |', 'Off'],
    ['an enumeration', 'AcceptPathInfo D|', 'Default'],
    ['one of several words', 'Options Indexes |', 'FollowSymLinks'],
    ['a daemon option', 'WSGIDaemonProcess shop |', 'threads='],
    ['a daemon option on a continued line', 'WSGIDaemonProcess shop \\\n  thr|', 'threads='],
    ['the default of a number', 'WSGIDaemonProcess shop threads=|', '15'],
    ['a label of the process title', 'WSGIDaemonProcess shop display-name=|', '%{GROUP}'],
    ['an option of an alias', 'WSGIScriptAlias / /x.wsgi pro|', 'process-group='],
    ['a declared group', 'WSGIDaemonProcess shop\nWSGIScriptAlias / /x process-group=|', 'shop'],
    ['a declared group for the directive', 'WSGIDaemonProcess shop\nWSGIProcessGroup |', 'shop'],
    ['a label', 'WSGIApplicationGroup %{|', '%{GLOBAL}'],
    ['a label in an option', 'WSGIScriptAlias / /x application-group=%|', '%{GLOBAL}'],
    ['a module', '<IfModule |>\n</IfModule>', 'wsgi_module'],
    ['a module to load', 'LoadModule |', 'ssl_module'],
    ['a defined variable', `Define ROOT /srv\nDocumentRoot \${|`, `\${ROOT}`],
    ['a macro', '<Macro Site $a>\n</Macro>\nUse |', 'Site'],
    ['a log format', 'LogFormat "%h" short\nCustomLog logs/a |', 'short'],
    ['a whole task', '|', 'wsgi: site in daemon mode'],
    ['a requirement', '<Directory /a>\nRequire |', 'valid-user'],
    ['what a requirement needs', '<Directory /a>\nRequire all |', 'granted'],
    ['a MIME type', 'AddType |', 'application/json'],
    ['a MIME type behind a filter', 'AddOutputFilterByType DEFLATE text/html text/|', 'text/css'],
    ['an action of Header', 'Header always |', 'set'],
    ['a condition of Header', 'Header |', 'always'],
    ['a header behind an action', 'Header set |', 'Strict-Transport-Security'],
    ['a header behind condition and action', 'Header always unset |', 'X-Powered-By'],
    ['a header of requests', 'RequestHeader set |', 'X-Forwarded-Proto'],
    ['an item of a log format', 'LogFormat "%h %|', '%>s'],
    ['an item of a format in CustomLog', 'CustomLog logs/a "%h %{Us|', '%{User-Agent}i'],
    ['an item of the error log', 'ErrorLogFormat "%|', '%M'],
    ['a variable that is set', 'SetEnv SHOP 1\nUnsetEnv |', 'SHOP'],
    [
      'a variable that is set by a match',
      'SetEnvIf Host x is_shop=1\n<Directory /a>\nRequire env |',
      'is_shop',
    ],
    ['a variable that modules look at', 'SetEnv |', 'no-gzip'],
    ['a variable of a condition', 'SetEnv SHOP 1\nCustomLog logs/a common env=!SH|', 'SHOP'],
    ['an attribute of the request', 'SetEnvIf |', 'Remote_Addr'],
    ['a variable of an expression', '<If "%{REQ|', '%{REQUEST_URI}'],
    ['a variable of a condition for rewriting', 'RewriteCond %{HT|', '%{HTTPS}'],
    ['a variable of a rewritten URL', 'RewriteRule ^ https://%{HT|', '%{HTTP_HOST}'],
    ['what a condition asks of a file', 'RewriteCond %{REQUEST_FILENAME} |', '!-f'],
    ['a flag of a rule', 'RewriteRule ^ - [|', 'PT'],
    ['a second flag', 'RewriteRule ^ /x [R=301,|', 'L'],
    ['a flag of a condition', 'RewriteCond %{HTTPS} off [|', 'OR'],
    ['how rules are handed down', 'RewriteOptions |', 'Inherit'],
    ['how authorization is joined', 'AuthMerging |', 'And'],
    ['a version of TLS', 'SSLProtocol all |', '-TLSv1.1'],
    ['a method', '<Limit GET |>\n</Limit>', 'POST'],
    ['the method of a requirement', 'Require method |', 'POST'],
    ['a comparison of versions', '<IfVersion |>\n</IfVersion>', '>='],
    ['a status', 'ErrorDocument |', '404'],
    ['how a redirect is told', 'Redirect |', 'permanent'],
    ['who is let in the old way', 'Allow |', 'from'],
    ['everybody, the old way', 'Deny from |', 'all'],
    ['a filter', 'SetOutputFilter |', 'DEFLATE'],
    ['who knows the users', 'AuthBasicProvider |', 'wsgi'],
    ['a variable that is taken back', 'Define ROOT /srv\nUnDefine |', 'ROOT'],
    ['the second of two kinds of words', 'IndexOrderDefault Descending |', 'Date'],
  ])('%s', (_, marked, expected) => {
    expect(labelsOf(marked)).toContain(expected);
  });

  test.each([
    ['what the place refuses', '<VirtualHost *:80>\n|\n</VirtualHost>', 'WSGIPythonHome'],
    ['what .htaccess refuses', '|', 'WSGIScriptAlias', '.htaccess'],
    ['what was removed', 'WSGI|', 'WSGIReloadMechanism'],
    ['names where arguments stand', 'Listen |', 'ServerName'],
    ['headers where the action stands', 'Header always |', 'ETag'],
    ['values of another argument', 'AddType text/html |', 'text/css'],
    ['anything in a comment', '# WSGI|', 'WSGIScriptAlias'],
    ['a third kind of words', 'IndexOrderDefault Descending Date |', 'Date'],
    ['flags in front of a bracket', 'RewriteRule ^ - |', 'PT'],
    ['options where the name stands', 'WSGIDaemonProcess |', 'threads='],
  ])('leaves out %s', (_, marked, unexpected, name?: string) => {
    expect(labelsOf(marked, name)).not.toContain(unexpected);
  });

  test.each([
    ['  WSGIScr|', 'WSGIScriptAlias', '  WSGIScriptAlias'],
    ['<Directory /a>\n</Dir|', '</Directory>', '<Directory /a>\n</Directory>'],
    ['WSGIDaemonProcess a thr|', 'threads=', 'WSGIDaemonProcess a threads='],
    ['WSGIApplicationGroup %{GL|', '%{GLOBAL}', 'WSGIApplicationGroup %{GLOBAL}'],
    ['KeepAlive o|', 'On', 'KeepAlive On'],
    ['Options +Ind|', 'Indexes', 'Options +Indexes'],
    ['SSLProtocol all -TLSv1|', '-TLSv1.1', 'SSLProtocol all -TLSv1.1'],
    ['RewriteRule ^ /x [R=301,L|', 'L', 'RewriteRule ^ /x [R=301,L'],
    ['RewriteCond "%{HTTP_H|', '%{HTTP_HOST}', 'RewriteCond "%{HTTP_HOST}'],
    ['LogFormat "%h %>|', '%>s', 'LogFormat "%h %>s'],
    ['SetEnv SHOP 1\nCustomLog a common env=!SH|', 'SHOP', 'SetEnv SHOP 1\nCustomLog a common env=!SHOP'],
    ['Header set "X-Con|', 'X-Content-Type-Options', 'Header set "X-Content-Type-Options'],
    ['<Dir|', '<Directory', '<Directory $1>\n\t$0\n</Directory>'],
  ])('%s becomes %s', (marked, label, text) => {
    expect(accept(marked, label)).toBe(text);
  });

  test('documentation comes with resolve', () => {
    const item = completions('WSGIDaemonProcess shop thr|').find(({ label }) => label === 'threads=');
    expect(item?.documentation).toBeUndefined();
    expect(JSON.stringify(item && resolveCompletion(item).documentation)).toContain(
      'Request threads in each process',
    );
  });
});

describe('hover', () => {
  test.each([
    ['a mod_wsgi directive', 'WSGI|ScriptAlias / /x', 'Map'],
    ['its manual', 'WSGI|ScriptAlias / /x', 'modwsgi.readthedocs.io'],
    [
      'an httpd directive',
      'Document|Root /srv',
      'https://httpd.apache.org/docs/2.4/mod/core.html#documentroot',
    ],
    ['what it does', 'Document|Root /srv', 'The folder whose files answer URLs that nothing else claims.'],
    ['what Apache itself says of a rare one', 'MetaDir| x', 'Apache says of it: the name of the directory'],
    ['which it only lists', 'Session| On', 'Apache says of it: on if a session should be maintained'],
    ['a section', '<Virtual|Host *:80>\n</VirtualHost>', 'virtualhost'],
    [
      'what a section is for',
      '<Virtual|Host *:80>\n</VirtualHost>',
      'What holds for requests to some addresses',
    ],
    ['a daemon option', 'WSGIDaemonProcess shop thr|eads=5', 'Default: 15'],
    ['a daemon option on a continued line', 'WSGIDaemonProcess shop \\\n  thr|eads=5', 'Default: 15'],
    ['a label', 'WSGIApplicationGroup %{GLO|BAL}', 'main interpreter'],
    ['a variable', `Define ROOT /srv/shop\nDocumentRoot \${RO|OT}/www`, '/srv/shop'],
    ['a foreign variable', `ErrorLog \${APACHE_LOG|_DIR}/x`, 'environment'],
    ['a module', '<IfModule mod_|ssl.c>\n</IfModule>', 'ssl_module'],
    ['a flag of a rule', 'RewriteRule ^ /x [R=301,Q|SA]', '`[QSA]` keeps the query'],
    ['a flag by its long name', 'RewriteRule ^ /x [pass|through]', 'WSGIScriptAlias see it'],
    ['a flag of a condition', 'RewriteCond %{HTTPS} off [O|R]', 'or the next condition'],
  ])('%s', (_, marked, part) => {
    expect(hoverText(marked)).toContain(part);
  });

  test.each(['# WSGI|ScriptAlias', 'RewriteRule ^ /x [NON|E]', 'Nonsense |x', '|', 'ServerName sh|op'])(
    'nothing to say: %s',
    (marked) => {
      expect(hoverText(marked)).toBeUndefined();
    },
  );

  test('words are known of directives that there are', () => {
    const names = new Set(allDirectives.map(({ name }) => name));
    const missing = argumentWords.arguments.flatMap(({ directives }) =>
      directives.filter((name) => !names.has(name)),
    );
    expect(missing).toEqual([]);
  });

  test('summaries are of directives that there are', () => {
    const keys = new Set(allDirectives.map(({ name, section }) => `${section ? '<' : ''}${name}`));
    for (const [key, summary] of Object.entries(httpdSummaries)) {
      expect(keys).toContain(key);
      expect(summary).toMatch(/^[A-Z`].*[.]$/);
    }
  });

  test('every directive has something to say', () => {
    for (const directive of allDirectives) {
      const text = describeDirective(directive);
      expect(text, directive.name).toContain('Context');
      expect(text, directive.name).not.toMatch(/: undefined$|\[object/m);
    }
  });
});

test.each([
  'WSGI|',
  '|',
  '<Dir|',
  'WSGIDaemonProcess shop thr|',
  'LogLevel |',
  'Define A b\nServerName $' + '{|',
])('a completion that is told briefly says the same: %s', (marked) => {
  const { document, position, analysis } = at(marked);
  const { isIncomplete, itemDefaults, items } = completeBriefly(document, position, analysis, {
    snippets: true,
  });
  expect(isIncomplete).toBe(false);
  const range = itemDefaults?.editRange;
  const written = items.map(({ textEditText, ...item }) => ({
    ...item,
    textEdit: { range, newText: textEditText ?? item.label },
  }));
  expect(written).toEqual(complete(document, position, analysis, { snippets: true }));
  expect(written.length).toBeGreaterThan(0);
});

describe('diagnostics', () => {
  const { document, analysis } = at('WSGIDaemonProcess shop thread=5|');

  test('carry rule, source and correction', () => {
    const [found, ...others] = diagnostics(document, analysis);
    expect(others).toEqual([]);
    expect(found?.data).toEqual({ replacement: 'threads' });
    // What is sent does not carry the correction.
    expect(JSON.parse(JSON.stringify(found))).toEqual({
      code: 'unknown-daemon-option',
      source: 'mod_wsgi',
      severity: 1,
      message: '`thread` is not an option of `WSGIDaemonProcess`. Did you mean `threads`?',
      range: { start: { line: 0, character: 23 }, end: { line: 0, character: 29 } },
    });
  });

  test('lead to a quick-fix that corrects the line', () => {
    const [fix] = quickFixes(document, diagnostics(document, analysis));
    const edits = fix?.edit?.changes?.[document.uri] ?? [];
    expect(TextDocument.applyEdits(document, edits)).toBe('WSGIDaemonProcess shop threads=5');
  });

  test('of two rules with one correction lead to one quick-fix for both', () => {
    const [found] = diagnostics(document, analysis);
    if (!found) throw new Error('no finding');
    const both = [found, { ...found, code: 'other', data: found.data }];
    const [fix, ...rest] = quickFixes(document, both);
    expect(fix?.diagnostics?.map(({ code }) => code)).toEqual(['unknown-daemon-option', 'other']);
    expect(rest.map(({ title }) => title)).toEqual([
      'Ignore `unknown-daemon-option` here',
      'Ignore `other` here',
    ]);
  });

  test('of others lead to none', () => {
    const [diagnostic] = diagnostics(document, analysis);
    expect(diagnostic && quickFixes(document, [{ ...diagnostic, source: 'other' }])).toEqual([]);
  });

  test('are not made for binary files', () => {
    const binary = at('\x7fELF\0\0Nonsense\n|');
    expect(diagnostics(binary.document, binary.analysis)).toEqual([]);
  });
});

test('an edit leads to the same as a new document', () => {
  const edit = fc.record({ from: fc.nat(200), length: fc.nat(20), insert: anyText });
  fc.assert(
    fc.property(anyText, fc.array(edit, { maxLength: 5 }), (text, edits) => {
      let document = TextDocument.create('file:///x.conf', 'apacheconf', 1, text);
      for (const { from, length, insert } of edits) {
        const range = { start: document.positionAt(from), end: document.positionAt(from + length) };
        document = TextDocument.update(document, [{ range, text: insert }], document.version + 1);
        const fresh = TextDocument.create('file:///x.conf', 'apacheconf', 1, document.getText());
        expect(diagnostics(document, analyze(document.getText(), 'x.conf'))).toEqual(
          diagnostics(fresh, analyze(fresh.getText(), 'x.conf')),
        );
      }
    }),
    { numRuns: 100 },
  );
});

test('no text and no place make a feature throw', () => {
  fc.assert(
    fc.property(anyText, fc.nat(300), (text, offset) => {
      const document = TextDocument.create('file:///x.conf', 'apacheconf', 1, text);
      const position = document.positionAt(offset);
      const analysis = analyze(text, 'x.conf');
      for (const item of complete(document, position, analysis, { snippets: false }).slice(0, 3)) {
        const range = item.textEdit && 'range' in item.textEdit ? item.textEdit.range : undefined;
        expect(range && document.offsetAt(range.start)).toBeLessThanOrEqual(document.offsetAt(position));
      }
      hover(document, position, analysis);
    }),
    { numRuns: 100 },
  );
});
