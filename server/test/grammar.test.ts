import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import { type IGrammar, INITIAL, parseRawGrammar, Registry } from 'vscode-textmate';

const ROOT = path.join(__dirname, '..', '..');

/** Scope name → file, as the manifest has them. */
const GRAMMARS: Readonly<Record<string, string>> = {
  'source.apacheconf': path.join(ROOT, 'syntaxes', 'apacheconf.tmLanguage.json'),
  'text.log.apache-error': path.join(ROOT, 'syntaxes', 'apache-error-log.tmLanguage.json'),
};

const grammars = new Map<string, IGrammar>();

beforeAll(async () => {
  await loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')));
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: async (scope) => {
      const file = GRAMMARS[scope];
      return file === undefined ? null : parseRawGrammar(readFileSync(file, 'utf8'), file);
    },
  });
  for (const scope of Object.keys(GRAMMARS)) {
    const loaded = await registry.loadGrammar(scope);
    if (!loaded) throw new Error(`the grammar ${scope} does not load`);
    grammars.set(scope, loaded);
  }
});

/** The innermost scope of the first piece with this text. */
const scopeOf = (text: string, piece: string, language = 'source.apacheconf'): string | undefined => {
  const grammar = grammars.get(language);
  if (!grammar) throw new Error(`no grammar ${language}`);
  let state = INITIAL;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    const at = line.indexOf(piece);
    const token =
      at < 0 ? undefined : tokens.find(({ startIndex, endIndex }) => startIndex <= at && at < endIndex);
    if (token) return token.scopes.at(-1);
  }
  return undefined;
};

describe('highlighting', () => {
  test.each([
    ['# a note', 'note', 'comment.line.number-sign.apacheconf'],
    ['   # a note', 'note', 'comment.line.number-sign.apacheconf'],
    ['<Directory /a>\n    # a note', 'note', 'comment.line.number-sign.apacheconf'],
    ['# a \\\nListen 80', 'Listen', 'comment.line.number-sign.apacheconf'],
    ['Listen 80', 'Listen', 'keyword.other.directive.apacheconf'],
    ['Listen 80', '80', 'constant.numeric.apacheconf'],
    ['ServerName a # b', '# b', 'meta.directive.apacheconf'],
    ['WSGIScriptAlias / /x.wsgi', 'WSGIScriptAlias', 'support.function.directive.wsgi.apacheconf'],
    ['WSGIDaemonProcess a \\\n  threads=5', 'threads', 'variable.parameter.option.apacheconf'],
    ['WSGIDaemonProcess a \\\n# b \\\n  c=1', '# b', 'meta.directive.apacheconf'],
    ['WSGIApplicationGroup %{GLOBAL}', '%{GLOBAL}', 'variable.language.label.wsgi.apacheconf'],
    ['Include x', 'Include', 'keyword.control.directive.apacheconf'],
    ['<VirtualHost *:80>', 'VirtualHost', 'entity.name.tag.section.apacheconf'],
    ['</VirtualHost>', 'VirtualHost', 'entity.name.tag.section.apacheconf'],
    ['<IfModule mod_ssl.c>', 'IfModule', 'keyword.control.condition.startup.apacheconf'],
    ['<If "true">', 'If', 'keyword.control.condition.request.apacheconf'],
    ['<ElseIf "true">', 'ElseIf', 'keyword.control.condition.request.apacheconf'],
    ['DocumentRoot "/srv/my site"', 'my site', 'string.quoted.double.apacheconf'],
    ["DocumentRoot '/srv/my site'", 'my site', 'string.quoted.single.apacheconf'],
    [`ErrorLog \${LOG_DIR}/error.log`, 'LOG_DIR', 'variable.other.define.apacheconf'],
    ['LogFormat "%{Referer}i"', '%{Referer}i', 'variable.other.request.apacheconf'],
    ['KeepAlive Off', 'Off', 'constant.language.apacheconf'],
    ['{% if tls %}', 'tls', 'meta.template.apacheconf'],
    ['DocumentRoot "/open\nListen 80', 'Listen', 'keyword.other.directive.apacheconf'],
  ])('%j: %s', (text, piece, scope) => {
    expect(scopeOf(text, piece)).toBe(scope);
  });
});

describe('highlighting of error logs', () => {
  const head = '[Sun Nov 22 08:42:06.577622 2026] [wsgi:error] [pid 2355:tid 2357] [client 192.0.2.7:58188] ';

  test.each([
    [head, 'Sun Nov', 'comment.line.time.apache-error'],
    [head, 'wsgi', 'entity.name.tag.module.apache-error'],
    [head, 'error]', 'invalid.error.apache-error'],
    [head.replace('error', 'info'), 'info]', 'support.constant.info.apache-error'],
    [head, '192.0', 'constant.other.address.apache-error'],
    [`${head}AH01630: client denied`, 'AH01630', 'constant.other.message-id.apache-error'],
    [`${head}  File "/srv/app.py", line 12, in total`, '/srv', 'string.quoted.double.path.apache-error'],
    [`${head}  File "/srv/app.py", line 12, in total`, '12, in', 'constant.numeric.line.apache-error'],
    [`${head}  File "/srv/app.py", line 12, in total`, 'total', 'entity.name.function.apache-error'],
    [`${head}KeyError: 'durian'`, 'KeyError', 'entity.name.type.exception.apache-error'],
    ["decimal.InvalidOperation: [<class 'x'>]", 'InvalidOperation', 'text.log.apache-error'],
    ['ImportError', 'ImportError', 'entity.name.type.exception.apache-error'],
    ['Traceback (most recent call last):', 'Traceback', 'keyword.control.traceback.apache-error'],
  ])('%j: %s', (text, piece, scope) => {
    expect(scopeOf(text, piece, 'text.log.apache-error')).toBe(scope);
  });
});

describe('the manifest', () => {
  const { contributes } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    contributes: {
      languages: readonly {
        id: string;
        filenamePatterns?: readonly string[];
        firstLine?: string;
        configuration?: string;
      }[];
      grammars: readonly { language: string; scopeName: string; path: string }[];
    };
  };
  const language = contributes.languages.find(({ id }) => id === 'apacheconf');

  test('joins language, grammar and configuration', () => {
    expect(contributes.grammars).toContainEqual({
      language: 'apacheconf',
      scopeName: 'source.apacheconf',
      path: './syntaxes/apacheconf.tmLanguage.json',
    });
    const configuration = readFileSync(path.join(ROOT, language?.configuration ?? ''), 'utf8');
    expect(() => JSON.parse(configuration)).not.toThrow();
  });

  test.each([
    '<VirtualHost *:80>',
    '  <IfModule mod_ssl.c>',
    'LoadModule wsgi_module modules/mod_wsgi.so',
    'WSGIScriptAlias / /srv/x.wsgi',
  ])('claims a file by its first line: %s', (line) => {
    expect(line).toMatch(new RegExp(language?.firstLine ?? '$^'));
  });

  test.each(['server {', '[section]', '<?xml version="1.0"?>', 'Include x'])('but not by %s', (line) => {
    expect(line).not.toMatch(new RegExp(language?.firstLine ?? ''));
  });
});
