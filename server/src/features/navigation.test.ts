import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { analyze } from '../analysis';
import { MAIN_FILE as FILE, readText } from '../configuration/read-text.fixture';
import { memoryFiles } from '../model/fixtures/memory-files';
import { siteOf } from '../mounts/site';
import { anyText } from '../syntax/any-text.fixture';
import { effectiveNote } from './effective';
import { showConfiguration } from './explain/configuration';
import { plainPlace } from './explain/places';
import { explainUrl } from './explain/url';
import { format } from './formatting';
import { filesAt } from './include-hierarchy';
import { pathLinks } from './links';
import { factsOf, noteOf } from './mount-notes';
import { declarationsOf, refuseName, renameable, usesOf } from './navigation';
import { refactoringsAt } from './refactorings';
import { semanticTokens } from './semantic-tokens';
import { signatureHelp } from './signature';
import { documentSymbols, foldingRanges, selectionRange } from './structure';

const setUp = (text: string, others: Readonly<Record<string, string>> = {}) => ({
  ...readText(text, others),
  document: TextDocument.create(`file://${FILE}`, 'apacheconf', 1, text),
});

/** The text without its cursor `|`, and where that was. */
const cursor = (marked: string) => ({ text: marked.replace('|', ''), offset: marked.indexOf('|') });

describe('names', () => {
  const uses = (marked: string, others?: Readonly<Record<string, string>>) => {
    const { text, offset } = cursor(marked);
    const { configuration, analysis, files } = setUp(text, others);
    return usesOf(configuration, FILE, analysis, offset).map(
      ({ file, start, end, role }) => `${role} ${(files.read(file) ?? '').slice(start, end)}@${start}`,
    );
  };

  test.each([
    [
      'a process group',
      'WSGIDaemonProcess sh|op\nWSGIProcessGroup shop\n',
      ['declaration shop@18', 'reference shop@40'],
    ],
    [
      'in an option',
      'WSGIDaemonProcess a\nWSGIScriptAlias / /x process-group="|a"\n',
      ['declaration a@18', 'reference a@56'],
    ],
    [
      'a variable, letter case ignored',
      `Define Ro|ot /srv\nDocumentRoot \${ROOT}\n`,
      ['declaration Root@7', 'reference ROOT@32'],
    ],
    ['a macro', '<Macro Site $a>\n</Macro>\nUse s|ite x\n', ['declaration Site@7', 'reference site@29']],
    [
      'a log format',
      'LogFormat "%h" shor|t\nCustomLog logs/a short\n',
      ['declaration short@15', 'reference short@38'],
    ],
    [
      'a module by file and identifier',
      'LoadModule alias_module x.so\n<IfModule !mod_ali|as.c>\n</IfModule>\n',
      ['declaration alias_module@11', 'reference mod_alias.c@40'],
    ],
  ])('%s', (_, marked, expected) => {
    expect(uses(marked)).toEqual(expected);
  });

  test('across files', () => {
    const found = uses('WSGIDaemonProcess sh|op\nInclude /a.conf\n', {
      '/a.conf': 'WSGIProcessGroup shop\n',
    });
    expect(found).toEqual(['declaration shop@18', 'reference shop@17']);
  });

  test('a declaration is found from its use', () => {
    const { text, offset } = cursor('WSGIDaemonProcess shop\nWSGIProcessGroup sh|op\n');
    const { configuration, analysis } = setUp(text);
    expect(declarationsOf(configuration, FILE, analysis, offset)).toMatchObject([{ start: 18 }]);
  });

  test('a label is no name, and a module keeps its own', () => {
    expect(uses('WSGIProcessGroup %{GL|OBAL}\n')).toEqual([]);
    const { text, offset } = cursor('LoadModule al|ias_module x.so\n');
    expect(renameable(setUp(text).analysis, offset)).toBeUndefined();
  });

  test.each([
    ['two words', 'a b', /one word/],
    ['a name that exists', 'other', /already/],
  ])('a rename is refused: %s', (_, name, message) => {
    const { text, offset } = cursor('WSGIDaemonProcess sh|op\n');
    const use = renameable(setUp(text).analysis, offset);
    expect(use && refuseName(name, use, new Set(['other']))).toMatch(message);
    expect(use && refuseName('fine', use, new Set(['other']))).toBeUndefined();
  });
});

describe('structure', () => {
  test('symbols nest as sections do and show the name of a host', () => {
    const { document, analysis } = setUp(
      '<VirtualHost *:80>\nServerName shop\n<Directory /a>\n</Directory>\n</VirtualHost>\nWSGIDaemonProcess x threads=5\n',
    );
    expect(documentSymbols(document, analysis)).toMatchObject([
      {
        name: '<VirtualHost *:80>',
        detail: 'shop',
        children: [{ name: 'ServerName shop' }, { name: '<Directory /a>' }],
      },
      { name: 'WSGIDaemonProcess x', detail: 'threads=5' },
    ]);
  });

  test('folding: sections keep their end, comments and continued lines fold', () => {
    const { document, analysis } = setUp('# a\n# b\n<Directory /a>\nOptions \\\n  None\n</Directory>\n');
    expect(foldingRanges(document, analysis)).toEqual([
      { startLine: 2, endLine: 4 },
      { startLine: 0, endLine: 1, kind: 'comment' },
      { startLine: 3, endLine: 4 },
    ]);
  });

  test('selection grows with each step, from the word to the file', () => {
    const { text, offset } = cursor('<Directory /a>\nOptions No|ne\n</Directory>\n');
    const { document, analysis } = setUp(text);
    const texts: string[] = [];
    for (let range = selectionRange(document, analysis, offset); range; ) {
      texts.push(document.getText(range.range));
      if (!range.parent) break;
      range = range.parent;
    }
    expect(texts).toEqual(['None', 'Options None', 'Options None\n', text]);
  });
});

describe('formatting', () => {
  const formatted = (text: string, wishes: object = {}): string => {
    const { document, analysis } = setUp(text);
    const options = { insertSpaces: true, tabSize: 4, ...wishes };
    return TextDocument.applyEdits(document, format(document, analysis, options));
  };

  test.each([
    [
      'indents by sections',
      '<Directory /a>\nOptions None\n  </Directory>\n',
      '<Directory /a>\n    Options None\n</Directory>\n',
    ],
    ['cuts white space at the end', 'Listen 80  \n', 'Listen 80\n'],
    [
      'leaves continued lines alone',
      'WSGIDaemonProcess a \\\n   threads=5 \\\n  user=x\n',
      'WSGIDaemonProcess a \\\n   threads=5 \\\n  user=x\n',
    ],
    ['leaves values alone', 'LogFormat "%h   %l"   x\n', 'LogFormat "%h   %l"   x\n'],
    [
      'leaves a file alone whose lines an editor counts otherwise than Apache',
      '<IfModule x>\nListen 80 \r<Directory "/a b">\n',
      '<IfModule x>\nListen 80 \r<Directory "/a b">\n',
    ],
    [
      'leaves templates alone',
      '{% if x %}\n  Listen 80\n{% endif %}\n',
      '{% if x %}\n  Listen 80\n{% endif %}\n',
    ],
  ])('%s', (_, text, expected) => {
    expect(formatted(text)).toBe(expected);
    expect(formatted(formatted(text))).toBe(expected);
  });

  const INSERT = { insertFinalNewline: true };
  const TRIM = { trimFinalNewlines: true };

  test.each([
    ['a newline at the end is added', INSERT, 'Listen 80', 'Listen 80\n'],
    ['as the file has it', INSERT, 'Listen 80\r\nListen 81 ', 'Listen 80\r\nListen 81\r\n'],
    ['not behind one, nor in an empty file', INSERT, 'Listen 80\n  ', 'Listen 80\n'],
    ['not behind a backslash, where the line would go on', INSERT, 'Listen 80 \\', 'Listen 80 \\'],
    ['newlines at the end are cut', TRIM, 'Listen 80\n\n  \n\n', 'Listen 80\n'],
    ['with what they hold', { ...TRIM, ...INSERT }, '  Listen 80\n\n  ', 'Listen 80\n'],
    ['not those of a continued line', TRIM, 'Listen \\\n80\n', 'Listen \\\n80\n'],
    ['nothing is done at the end unless it is wished', {}, 'Listen 80\n\n', 'Listen 80\n\n'],
    ['white space stays', { trimTrailingWhitespace: false }, '  Listen 80  \n  \n', 'Listen 80  \n  \n'],
  ])('%s', (_, wishes, text, expected) => {
    expect(formatted(text, wishes)).toBe(expected);
    expect(formatted(expected, wishes)).toBe(expected);
  });

  test('never changes what Apache reads', () => {
    const words = (text: string) =>
      analyze(text, 'x.conf').lines.flatMap((line) => (line.kind === 'directive' ? [line.line.text] : []));
    const wishes = fc.record({
      trimTrailingWhitespace: fc.boolean(),
      insertFinalNewline: fc.boolean(),
      trimFinalNewlines: fc.boolean(),
    });
    fc.assert(
      fc.property(anyText, wishes, (text, wished) => {
        expect(words(formatted(text, wished))).toEqual(words(text));
      }),
    );
  });
});

describe('notes', () => {
  const TEXT =
    'WSGIDaemonProcess shop processes=2 threads=15 python-home=/venv/shop\nWSGIScriptAlias / /x.wsgi process-group=shop application-group=%{GLOBAL}\n';

  test('say what runs where', () => {
    const [mount] = siteOf(setUp(TEXT).configuration).mounts;
    expect(mount && noteOf(mount)).toBe('daemon shop · 2×15 threads · %{GLOBAL} · /venv/shop');
    expect(mount && factsOf(mount)).toContainEqual({
      name: 'Process group',
      value: 'shop',
      source: '`WSGIScriptAlias`, apache2.conf:2',
    });
  });

  test('say that an application is embedded', () => {
    const [mount] = siteOf(setUp('WSGIScriptAlias / /x.wsgi\n').configuration).mounts;
    expect(mount && noteOf(mount)).toBe('embedded · %{RESOURCE}');
  });
});

describe('the explanation of a URL', () => {
  const TEXT = [
    '<VirtualHost *:80>',
    'ServerName other.example',
    '</VirtualHost>',
    '<VirtualHost *:80>',
    'ServerName shop.example',
    'ServerAlias *.shop.example',
    'WSGIScriptAlias /api /srv/api.wsgi',
    'WSGIScriptAlias / /srv/shop.wsgi',
    '<Directory /srv>',
    'Require all denied',
    '</Directory>',
    '</VirtualHost>',
    '',
  ].join('\n');
  const explain = (url: string): string =>
    explainUrl(siteOf(setUp(TEXT).configuration), url, plainPlace).markdown;

  test.each([
    ['the name of a host', 'http://shop.example/x', /`ServerName` is the host[\s\S]*shop\.wsgi[\s\S]*403/],
    ['a wildcard name', 'http://www.shop.example/x', /`ServerAlias` matches/],
    ['the first mount that matches', 'http://shop.example/api/1', /\/srv\/api\.wsgi/],
    [
      'no name',
      'http://unknown.example/',
      /first virtual host of the port[\s\S]*There is no `WSGIScriptAlias`/,
    ],
    ['no port', 'https://shop.example/', /no virtual host is for this port/],
    ['no URL', 'nonsense', /This is no URL/],
  ])('%s', (_, url, expected) => {
    expect(explain(url)).toMatch(expected);
  });
});

describe('what answers before a mount does, as httpd 2.4.71 was seen to do', () => {
  const TEXT = [
    'WSGIScriptAlias / /srv/app.wsgi',
    'Alias /static/ /srv/static/',
    'Redirect 301 /old http://example.org/new',
    'Alias /old /srv/static',
    'ProxyPass /static/p/keep !',
    'ProxyPass /static/p http://127.0.0.1:9/',
    'RedirectMatch ^/m(.*) http://example.org$1',
    '<Directory /srv/static>',
    'Require all denied',
    '</Directory>',
    '',
  ].join('\n');

  test.each([
    ['/', /\/srv\/app\.wsgi/],
    ['/static', /\/srv\/app\.wsgi/],
    [
      '/static/a.css',
      /No mount is asked: `Alias \/static\/ \/srv\/static\/` .* `\/srv\/static\/a\.css`[\s\S]*## 3\. Who is let in\n\n\*\*Nobody/,
    ],
    ['/old/x', /`Redirect 301 \/old http:[^`]*` .* sends the browser to `http:\/\/example\.org\/new\/x`/],
    ['/static/p/x', /`ProxyPass \/static\/p http:[^`]*` .* passes the request to/],
    ['/static/p/keep', /`Alias \/static\/ \/srv\/static\/`/],
    ['/moved', /`RedirectMatch .* sends the browser to `http:\/\/example\.orgoved`/],
  ])('%s', (url, expected) => {
    expect(explainUrl(siteOf(setUp(TEXT).configuration), url, plainPlace).markdown).toMatch(expected);
  });
});

test('the effective configuration is one text', () => {
  const { configuration } = setUp('Define A x\n<VirtualHost *:80>\nInclude /a.conf\n</VirtualHost>\n', {
    '/a.conf': `ServerName \${A}\n`,
  });
  expect(showConfiguration(siteOf(configuration)).markdown).toContain('    # /a.conf:1\n    ServerName x\n');
});

describe('links', () => {
  const DISK = Object.fromEntries(
    [
      '/srv/x.wsgi',
      '/a.conf',
      '/venv/pyvenv.cfg',
      '/log/error.log',
      '/etc/apache2/logs/access.log',
      '/key.pem',
      '/lib/a.py',
      '/more/b.py',
      '/mod.so',
    ].map((path) => [path, '']),
  );
  /** What the links of a line cover, and where they lead. */
  const links = (line: string): readonly (readonly [string, string])[] => {
    const { configuration, files } = setUp(`${line}\n`, DISK);
    return pathLinks(configuration, [FILE], files).map(
      ({ at, target }) => [line.slice(at.start, at.end), target] as const,
    );
  };

  test.each([
    ['a file that is included', 'Include /a.conf', [['/a.conf', '/a.conf']]],
    ['a script', 'WSGIScriptAlias / /srv/x.wsgi', [['/srv/x.wsgi', '/srv/x.wsgi']]],
    ['a script for users', 'WSGIAuthUserScript /srv/x.wsgi', [['/srv/x.wsgi', '/srv/x.wsgi']]],
    ['a Python home', 'WSGIPythonHome /venv', [['/venv', '/venv']]],
    ['the Python home of a group', 'WSGIDaemonProcess a python-home=/venv', [['/venv', '/venv']]],
    [
      'each part of a search path',
      'WSGIDaemonProcess a python-path="/lib:/more:/nope"',
      [
        ['/lib', '/lib'],
        ['/more', '/more'],
      ],
    ],
    ['a log', 'ErrorLog /log/error.log', [['/log/error.log', '/log/error.log']]],
    [
      'a path from the server root',
      'CustomLog logs/access.log common',
      [['logs/access.log', '/etc/apache2/logs/access.log']],
    ],
    ['a key', 'SSLCertificateKeyFile "/key.pem"', [['"/key.pem"', '/key.pem']]],
    ['a module', 'LoadModule x_module /mod.so', [['/mod.so', '/mod.so']]],
    ['a folder', '<Directory /srv>\n</Directory>', [['/srv', '/srv']]],
    ['nothing that is not there', 'DocumentRoot /nope', []],
    ['no program', 'ErrorLog "|/srv/x.wsgi"', []],
  ] as const)('%s', (_, line, expected) => {
    expect(links(line)).toEqual(expected);
  });
});

test('signature help shows the argument under the cursor', () => {
  const { text, offset } = cursor('WSGIScriptAlias / /x|\n');
  expect(signatureHelp(setUp(text).analysis, offset)).toMatchObject({ activeParameter: 1 });
  expect(signatureHelp(setUp('Listen 80\n').analysis, 3)).toBeNull();
});

test('no text makes a feature throw', () => {
  fc.assert(
    fc.property(anyText, fc.nat(), (text, at) => {
      const { document, analysis, configuration } = setUp(text);
      const offset = at % (text.length + 1);
      const site = siteOf(configuration);
      effectiveNote(site, [FILE], offset);
      refactoringsAt(site, [FILE], offset, memoryFiles({}));
      filesAt(configuration, [FILE], offset);
      documentSymbols(document, analysis);
      foldingRanges(document, analysis);
      selectionRange(document, analysis, offset);
      semanticTokens(document, analysis);
      signatureHelp(analysis, offset);
      usesOf(configuration, FILE, analysis, offset);
      showConfiguration(siteOf(configuration));
      explainUrl(siteOf(configuration), 'http://a/b', plainPlace);
    }),
    { numRuns: 300 },
  );
});
