import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyze } from '../analysis';
import { anyText } from '../syntax/any-text.fixture';
import { check } from './check';
import { rules } from './table';

/** The findings of a text as `rule@marked text`; `[[…]]` marks where each is expected. */
const found = (text: string, name: string) =>
  check(analyze(text, name)).map(({ rule, range, severity }) => ({
    rule,
    severity,
    text: text.slice(range.start, range.end),
  }));

/** One line per case: the text with its findings marked, the rule, and where it matters the file's name. */
const cases: readonly (readonly [rule: string, marked: string, name?: string])[] = [
  ['unknown-directive', '[[WSGIScriptAlas]] / /srv/x.wsgi'],
  ['unknown-directive', '[[ServerNam]] shop.example'],
  ['unknown-directive', '[[WSGINothing]] x'],
  ['unknown-directive', '<[[VirtulHost]] *:80>\n</VirtulHost>'],
  ['directive-wrong-context', '<VirtualHost *:80>\n[[Listen]] 80\n</VirtualHost>'],
  ['directive-wrong-context', '<Directory /a>\n[[WSGIDaemonProcess]] a\n</Directory>'],
  ['directive-wrong-context', '<Directory /a>\n<[[Location]] /b>\n</Location>\n</Directory>'],
  ['directive-wrong-context', '<Location /a>\n<[[Files]] b>\n</Files>\n</Location>'],
  ['directive-wrong-context', '<VirtualHost *:80>\n[[Require]] all granted\n</VirtualHost>'],
  [
    'directive-wrong-context',
    '<VirtualHost *:80>\n<IfModule wsgi_module>\n[[WSGIPythonHome]] /x\n</IfModule>\n</VirtualHost>',
  ],
  ['directive-wrong-context', '[[Require]] all granted\nListen 80', 'httpd.conf'],
  ['directive-wrong-context', '<Location /a>\n<RequireAll>\n[[Options]] None\n</RequireAll>\n</Location>'],
  ['directive-not-in-htaccess', '[[WSGIApplicationGroup]] %{GLOBAL}', '.htaccess'],
  ['directive-not-in-htaccess', '<[[Directory]] /a>\n</Directory>', '.htaccess'],
  ['directive-removed', '[[WSGIReloadMechanism]] Process'],
  ['argument-count', 'ServerName a [[b c]]'],
  ['argument-count', '[[ServerName]]'],
  ['argument-count', 'WSGIProcessGroup a [[b]]'],
  ['argument-count', '[[AddType text/x]]'],
  ['alias-missing-argument', '[[WSGIScriptAlias /srv/x.wsgi]]'],
  ['invalid-flag-value', 'WSGIScriptReloading [[yes]]'],
  ['invalid-flag-value', 'KeepAlive [[1]]'],
  ['invalid-flag-value', 'WSGIScriptAlias / /x pass-authorization=[[true]]'],
  ['invalid-value', 'AcceptPathInfo [[Maybe]]'],
  ['invalid-value', '<Directory /a>\nOptions +Indexes [[ExecCGI]]\n</Directory>'],
  ['invalid-value', 'LogLevel info [[wsgi:wran]]'],
  ['inline-comment', 'WSGIProcessGroup shop [[# main site]]'],
  ['typographic-quote', 'WSGIScriptAlias / [[\u201c/srv/x.wsgi\u201d]]'],
  ['unterminated-quote', 'WSGIPythonHome [["/opt/envs/shop]]'],
  ['broken-continuation', 'WSGIDaemonProcess a threads=5 [[\\ ]]\n'],
  ['byte-order-mark', '[[\uFEFF]]# a\n'],
  ['backslash-in-path', 'WSGIPythonHome [[C:\\Python312]]'],
  ['path-not-absolute', 'WSGIScriptAlias / [[shop/x.wsgi]]'],
  ['section-not-closed', '<VirtualHost *:80>\n<[[Directory]] /a>\n</VirtualHost>'],
  ['section-not-closed', 'Listen 80\n[[</Directory>]]'],
  ['section-tag', '<VirtualHost *:80>\n[[</VirtualHost]] >\n'],
  ['section-tag', '<[[Directory]] /a\n</Directory>'],
  ['section-tag', '<[[IfModule]]>\n</IfModule>'],
  ['section-tag', '<IfModule mod_ssl.c>\n</IfModule> [[# end]]'],
  ['section-tag', '<Directory /srv/my [[site]]>\n</Directory>'],
  ['ifmodule-never-true', '<IfModule [[mod_wsgi]]>\n</IfModule>'],
  ['ifmodule-never-true', '<IfModule [["!WSGI_MODULE"]]>\n</IfModule>'],
  ['invalid-expression', '<If [["%{REQUEST_URI} == foo"]]>\n</If>'],
  ['invalid-expression', 'SetEnvIfExpr [["%{REQUEST_URI} =~ m#(#"]] a'],
  ['invalid-expression', 'RewriteCond expr [["! %{REQUEST_URI} = "]]'],
  ['invalid-expression', 'Header always set A b [["expr=%{NOTHING} == 1"]]'],
  ['invalid-expression', 'Header unset A [[expr=x]]'],
  ['invalid-expression', 'CustomLog logs/a "%h" [["expr=%{HTTP_HOST}"]]'],
  ['invalid-expression', '<Location /a>\nRequire not expr [["%{HTTP_HOST} === \'a\'"]]\n</Location>'],
  ['invalid-regex', '<LocationMatch [["("]]>\n</LocationMatch>'],
  ['invalid-regex', '<Files ~ [["("]]>\n</Files>'],
  ['invalid-regex', '<IfVersion ~ [["("]]>\n</IfVersion>'],
  ['invalid-regex', 'AliasMatch [[^/a(.*]] /b'],
  ['invalid-regex', 'RedirectMatch gone [[*.php]]'],
  ['invalid-regex', 'RewriteRule [[!^/a\\ (b]] /c'],
  ['invalid-regex', 'RewriteRule [["^/a("]] /c', '.htaccess'],
  ['invalid-regex', 'RewriteCond %{HTTP_USER_AGENT} [[*bot]] [NC]'],
  ['invalid-regex', 'SetEnvIf [[*]] a b'],
  ['invalid-regex', 'SetEnvIf Referer [[(]] b'],
  ['invalid-regex', 'Header always edit Location [[(]] x'],
  ['invalid-regex', 'RequestHeader edit* Cookie [[(]] x'],
  ['invalid-regex', 'Header echo [[*]]'],
  ['invalid-regex', 'ProxyPassMatch [[^/(a]] http://b/'],
  ['invalid-regex', '<Directory /a>\nSubstitute [[s|(|b|i]]\n</Directory>'],
  ['invalid-regex', 'ProxyHTMLURLMap [[(]] b R'],
  ['unquoted-space', 'WSGIDaemonProcess a [["threads=5"]]'],
  ['unquoted-space', 'WSGIDaemonProcess a [[threads= 5]]'],
  ['unknown-daemon-option', 'WSGIDaemonProcess a [[thread]]=5'],
  ['unknown-daemon-option', 'WSGIDaemonProcess a \\\n  user=x \\\n  [[Threads]]=5'],
  ['unknown-daemon-option', 'WSGIScriptAlias / /x.wsgi [[request-timeout]]=60'],
  ['option-not-a-number', 'WSGIDaemonProcess a request-timeout=[[1m]]'],
  ['option-out-of-range', 'WSGIDaemonProcess a processes=[[0]]'],
  ['option-out-of-range', 'WSGIDaemonProcess a header-buffer-size=[[10]]'],
  ['option-out-of-range', 'WSGIDaemonProcess a umask=[[9]]'],
  ['home-not-absolute', 'WSGIDaemonProcess a home=[[shop]]'],
  ['daemon-user-root', 'WSGIDaemonProcess a user=[[root]]'],
  ['script-user-and-group', 'WSGIDaemonProcess a script-user=x [[script-group]]=x'],
  ['import-script-options', '[[WSGIImportScript]] /x.py process-group=a'],
  ['interpreter-options-selector', '<WSGIInterpreterOptions [[daemon=x]]>\n</WSGIInterpreterOptions>'],
  ['label-unknown', 'WSGIApplicationGroup [[%{global}]]'],
  ['label-unknown', 'WSGIScriptAlias / /x process-group=[[%{Server}]]'],
  ['callable-dotted', 'WSGICallableObject [[shop.app]]'],
  ['duplicate-daemon-process', 'WSGIDaemonProcess a\nWSGIDaemonProcess [[a]]'],
];

test.each(cases.map(([rule, marked, name = 'shop.conf']) => [rule, marked, name] as const))(
  '%s: %s',
  (rule, marked, name) => {
    const expected = /\[\[(.*?)\]\]/s.exec(marked)?.[1];
    const text = marked.replace(/\[\[(.*?)\]\]/s, '$1');
    expect(found(text, name)).toEqual([{ rule, severity: expect.anything(), text: expected }]);
  },
);

test('every rule has a case', () => {
  const tested = new Set(cases.map(([rule]) => rule));
  // Rules over the whole configuration have the examples of the catalogue.
  const ids = new Set(rules.filter(({ site, part }) => !site && !part).map(({ id }) => id));
  expect([...ids].filter((id) => !tested.has(id))).toEqual([]);
});

describe('nothing is reported', () => {
  test.each([
    [
      'of what is no pattern',
      'RewriteCond %{TIME} <(\nRewriteCond %{A} -ge(\nRewriteCond expr "1 -eq 1"\nHeader set A (\n',
    ],
    [
      'of a plain text',
      '<Directory /a>\nSubstitute s/(/b/n\n</Directory>\nProxyHTMLURLMap ( b\nRedirect gone /(\n',
    ],
    ['of a URL in a section', '<LocationMatch ^/a>\nProxyPassMatch (\n</LocationMatch>\n'],
    ['of a text that decides nothing', 'Header set A "expr=%{HTTP_HOST}"\nHeader set "A" expr=(\n'],
    ['of a third module', 'XSendFile On\n'],
    ['guarded by an unknown module', '<IfModule mod_foo.c>\nFooBar x\n</IfModule>\n'],
    ['of a variable', `Listen \${PORT}\nServerName \${NAME} \${MORE}\n\${ANY} x\n`],
    ['of a fragment for a section', 'Require all granted\nAllowOverride None\n'],
    ['of a macro', '<Macro Site $name>\nWSGIDaemonProcess $name $opts\nServerName $name\n</Macro>\n'],
    [
      'of what a template fills in',
      'ServerName {{ host }} {{ other }}\nWSGIScriptAlias {{ url }}\nListen {{ port }}\n',
    ],
    [
      'of what template statements nest',
      '{% if tls %}\n<VirtualHost *:443>\n{% else %}\n<VirtualHost *:80>\n{% endif %}\n</VirtualHost>\n',
    ],
    ['of a suppressed rule', '# rule: ignore unknown-daemon-option\nWSGIDaemonProcess a thread=5\n'],
    ['of a note behind a section tag', '<Directory /a> # main\n</Directory> # main\n'],
    ['of a flag in any case', 'WSGIScriptReloading oFF\nKeepAlive ON\n'],
    ['of quoted option values', 'WSGIDaemonProcess a display-name="my app" python-path=\'/a b\'\n'],
    ['of an option that a variable completes', `WSGIDaemonProcess a threads=\${N} \${MORE}\n`],
    [
      'of a group that a condition declares twice',
      '<IfDefine A>\nWSGIDaemonProcess a\n</IfDefine>\n<IfDefine !A>\nWSGIDaemonProcess a\n</IfDefine>\n',
    ],
  ])('%s', (_, text) => {
    expect(found(text, 'shop.conf')).toEqual([]);
  });

  test('but the next line is judged again', () => {
    const text =
      '# rule: ignore unknown-daemon-option\nWSGIDaemonProcess a thread=5\nWSGIDaemonProcess b thread=5\n';
    expect(found(text, 'x.conf')).toHaveLength(1);
  });
});

test('a name without a near relative may belong to another module', () => {
  expect(found('Zyzzyva on\n', 'x.conf')).toMatchObject([{ rule: 'unknown-directive', severity: 'warning' }]);
});

test('what only the manual refuses is a warning', () => {
  expect(found('<VirtualHost *:80>\nH2MaxWorkers 5\n</VirtualHost>\n', 'x.conf')).toMatchObject([
    { rule: 'directive-wrong-context', severity: 'warning' },
  ]);
});

test('no text makes a rule throw', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom('a.conf', '.htaccess', 'httpd.conf'), (text, name) => {
      for (const { range } of check(analyze(text, name))) {
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeLessThanOrEqual(text.length);
        expect(range.start).toBeLessThanOrEqual(range.end);
      }
    }),
    { numRuns: 500 },
  );
});
