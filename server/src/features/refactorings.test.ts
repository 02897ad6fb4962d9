import { describe, expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { MAIN_FILE as FILE, readText } from '../configuration/read-text.fixture';
import { siteOf } from '../mounts/site';
import type { Fix } from '../rules/rule';
import { filesAt, includedBy, includesOf } from './include-hierarchy';
import { convertAll, refactoringsAt } from './refactorings';

const setUp = (marked: string, others: Readonly<Record<string, string>> = {}) => {
  const text = marked.replace('|', '');
  const { files, configuration } = readText(text, others);
  return { text, files, configuration, site: siteOf(configuration), offset: marked.indexOf('|') };
};

const apply = (text: string, { edits }: Fix): string => {
  const document = TextDocument.create(`file://${FILE}`, 'apacheconf', 1, text);
  return TextDocument.applyEdits(
    document,
    edits.map(({ at, text: newText }) => ({
      range: { start: document.positionAt(at.start), end: document.positionAt(at.end) },
      newText,
    })),
  );
};

/** The text after the change with this title at the `|` of the text. */
const change = (marked: string, title: RegExp, others: Readonly<Record<string, string>> = {}): string => {
  const { text, site, offset, files } = setUp(marked, others);
  const fix = refactoringsAt(site, [FILE], offset, files).find((candidate) => title.test(candidate.title));
  return fix ? apply(text, fix) : 'nothing';
};

describe('move to daemon mode', () => {
  const GROUP = 'processes=2 threads=15 display-name=%{GROUP} home=/srv/shop';

  test('a group of its own, named after the host; the mount is given to it', () => {
    expect(
      change(
        '<VirtualHost *:80>\n    ServerName www.shop.org\n    WSGIScript|Alias / /srv/shop/app.wsgi\n</VirtualHost>\n',
        /daemon mode/,
      ),
    ).toBe(
      `<VirtualHost *:80>\n    ServerName www.shop.org\n    WSGIDaemonProcess shop ${GROUP}\n    WSGIScriptAlias / /srv/shop/app.wsgi process-group=shop application-group=%{GLOBAL}\n</VirtualHost>\n`,
    );
  });

  test('what embedded mode was given goes with it; the name is a new one', () => {
    expect(
      change(
        'WSGIPythonHome /venv\nWSGIPythonPath /srv/lib\nWSGIDaemonProcess shop\nWSGIScriptAlias / /srv/shop/app.wsgi| application-group=x\n',
        /daemon mode/,
      ),
    ).toBe(
      `WSGIPythonHome /venv\nWSGIPythonPath /srv/lib\nWSGIDaemonProcess shop\nWSGIDaemonProcess shop-2 ${GROUP} python-home=/venv python-path=/srv/lib\nWSGIScriptAlias / /srv/shop/app.wsgi application-group=x process-group=shop-2\n`,
    );
  });

  test.each([
    ['a mount in a group', 'WSGIDaemonProcess a\nWSGIScript|Alias / /x.wsgi process-group=a\n'],
    ['a group that is not declared', 'WSGIScript|Alias / /x.wsgi process-group=a\n'],
    ['a group by directive', 'WSGIDaemonProcess a\nWSGIProcessGroup a\nWSGIScript|Alias / /x.wsgi\n'],
    ['another line', 'Listen| 80\nWSGIScriptAlias / /x.wsgi\n'],
  ])('%s stays as it is', (_, marked) => {
    expect(change(marked, /daemon mode/)).toBe('nothing');
  });
});

describe('a virtual host', () => {
  const SCRIPT = { '/srv/shop/app.wsgi': 'def application(environ, start_response): ...\n' };

  test('in place of a mount of the main server', () => {
    const text = change(
      'Listen 80\nWSGIScriptAlias| / /srv/shop/app.wsgi\nTimeout 5\n',
      /virtual host/,
      SCRIPT,
    );
    expect(text).toMatch(/^Listen 80\n<VirtualHost \*:80>\n[\s\S]*<\/VirtualHost>\nTimeout 5\n$/);
    expect(text).toContain('WSGIScriptAlias / /srv/shop/app.wsgi process-group=shop');
  });

  test.each([
    [
      'in a virtual host',
      '<VirtualHost *:80>\nWSGIScript|Alias / /srv/shop/app.wsgi\n</VirtualHost>\n',
      SCRIPT,
    ],
    ['without the script', 'WSGIScript|Alias / /srv/shop/app.wsgi\n', {}],
  ])('not %s', (_, marked, files) => {
    expect(change(marked, /virtual host/, files)).toBe('nothing');
  });
});

/** What the old directives say to a client, by the manual of 2.2. */
const decides22 = (order: string, allowed: string[], denied: string[], client: string): boolean => {
  const matches = (list: string[]) => list.some((from) => from === 'all' || from === client);
  return order === 'Deny,Allow' ? !matches(denied) || matches(allowed) : matches(allowed) && !matches(denied);
};

/** What lines of `Require` say to a client, by the manual of 2.4. */
const decides24 = (lines: readonly string[], client: string): boolean => {
  let position = 0;
  type Verdict = 'granted' | 'denied' | 'neutral';
  const single = (words: string[]): Verdict => {
    const negated = words[0] === 'not';
    const [type, ...values] = negated ? words.slice(1) : words;
    const matches = type === 'all' ? values[0] === 'granted' : values.includes(client);
    if (negated) return matches ? 'denied' : 'neutral';
    return matches ? 'granted' : 'denied';
  };
  const container = (kind: string): Verdict => {
    const found: Verdict[] = [];
    for (; position < lines.length; position++) {
      const line = (lines[position] ?? '').trim();
      if (line.startsWith('</')) break;
      const [, open] = /^<(\w+)>/.exec(line) ?? [];
      if (open === undefined) found.push(single(line.split(' ').slice(1)));
      else {
        position++;
        found.push(container(open));
      }
    }
    if (kind === 'RequireAll')
      return found.includes('denied') ? 'denied' : found.includes('granted') ? 'granted' : 'neutral';
    return found.includes('granted') ? 'granted' : found.includes('denied') ? 'denied' : 'neutral';
  };
  return container('RequireAny') === 'granted';
};

describe('access control of 2.2', () => {
  const lists = [[], ['all'], ['10.0.0.1'], ['10.0.0.1', '10.0.0.2']];
  const cases = ['Deny,Allow', 'Allow,Deny'].flatMap((order) =>
    lists.flatMap((allowed) => lists.map((denied) => ({ order, allowed, denied }))),
  );

  test.each(cases)(
    '$order, allowed $allowed, denied $denied: decides as before',
    ({ order, allowed, denied }) => {
      const old = [
        `Order ${order}`,
        ...denied.map((from) => `Deny from ${from}`),
        ...allowed.map((from) => `Allow from ${from}`),
      ];
      const { text, site } = setUp(`<Directory /a>\n    ${old.join('\n    ')}\n</Directory>\n`);
      const fix = convertAll(site, [FILE]);
      const lines = fix ? apply(text, fix).split('\n').slice(1, -2) : [];
      expect(lines.join('\n')).not.toMatch(/Order|Allow|Deny/);
      for (const client of ['10.0.0.1', '10.0.0.2', '192.0.2.7'])
        expect([client, decides24(lines, client)]).toEqual([
          client,
          decides22(order, allowed, denied, client),
        ]);
    },
  );

  test('all sections of a file at once, with their comments', () => {
    const { text, site, offset, files } = setUp(
      '<Directory /a>\n    # open\n    Order| allow,deny\n    Allow from all\n    Options None\n</Directory>\n<Location /b>\n\tDeny from all\n\tSatisfy Any\n</Location>\n',
    );
    const fix = refactoringsAt(site, [FILE], offset, files).find(({ title }) => /2\.4/.test(title));
    expect(fix && apply(text, fix)).toBe(
      '<Directory /a>\n    # open\n    Require all granted\n    Options None\n</Directory>\n<Location /b>\n\tRequire all denied\n</Location>\n',
    );
  });

  test('hosts, networks and variables keep what they mean', () => {
    const { text, site } = setUp(
      '<Directory /a>\nOrder Deny,Allow\nDeny from all\nAllow from 10.1 fe80::/10 .example.org env=ok env=!bad\n</Directory>\n',
    );
    const fix = convertAll(site, [FILE]);
    expect(fix && apply(text, fix)).toBe(
      `<Directory /a>\nRequire ip 10.1 fe80::/10\nRequire host .example.org\nRequire env ok\nRequire expr "-z reqenv('bad')"\n</Directory>\n`,
    );
  });

  test.each([
    ['beside Require', '<Directory /a>\nOrder Deny,Allow\nDeny from all\nRequire valid-user\n</Directory>\n'],
    ['with a variable', `<Directory /a>\nAllow from \${X}\n</Directory>\n`],
    [
      'under a condition that is not known',
      '<Directory /a>\n<IfDefine X>\nDeny from all\n</IfDefine>\n</Directory>\n',
    ],
    ['none', '<Directory /a>\nRequire all granted\n</Directory>\n'],
  ])('%s: nothing', (_, text) => {
    expect(convertAll(setUp(text).site, [FILE])).toBeUndefined();
  });
});

describe('the Include graph', () => {
  const SITES = {
    '/etc/apache2/sites/a.conf': 'Include conf/tls.conf\n',
    '/etc/apache2/sites/b.conf': 'Listen 81\nInclude conf/tls.conf\n',
    '/etc/apache2/conf/tls.conf': 'SSLEngine On\n',
  };
  const TLS = '/etc/apache2/conf/tls.conf';

  test.each([
    [
      'an Include starts with what it reads',
      'Listen 80\nInclude| sites/*.conf\n',
      ['/etc/apache2/sites/a.conf', '/etc/apache2/sites/b.conf'],
    ],
    ['any other line with its file', 'Listen| 80\nInclude sites/*.conf\n', [FILE]],
    ['an Include that reads nothing with its file', 'IncludeOptional| none/*.conf\n', [FILE]],
  ])('%s', (_, marked, expected) => {
    const { configuration, offset } = setUp(marked, SITES);
    expect(filesAt(configuration, [FILE], offset)).toEqual(expected);
  });

  test('both directions, with the lines', () => {
    const { configuration } = setUp('Include sites/*.conf\n', SITES);
    expect(includesOf(configuration, FILE).map(({ path, lines }) => [path, lines.length])).toEqual([
      ['/etc/apache2/sites/a.conf', 1],
      ['/etc/apache2/sites/b.conf', 1],
    ]);
    expect(includedBy(configuration, TLS)).toMatchObject([
      { path: '/etc/apache2/sites/a.conf', lines: [{ start: 0 }] },
      { path: '/etc/apache2/sites/b.conf', lines: [{ start: 10 }] },
    ]);
    expect(includesOf(configuration, TLS)).toEqual([]);
    expect(includedBy(configuration, FILE)).toEqual([]);
  });
});
