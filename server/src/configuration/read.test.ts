import { describe, expect, test } from 'vitest';
import { analyze } from '../analysis';
import { memoryFiles } from '../model/fixtures/memory-files';
import { type Configuration, entriesOf } from './configuration';
import { readConfiguration } from './read';
import { findRoot, readEnvvars, serverRootOf } from './root';

const ROOT = '/etc/apache2/apache2.conf';

/** Reads the configuration whose main file is {@link ROOT}. */
const read = (files: Readonly<Record<string, string>>, rooted = true): Configuration => {
  const disk = memoryFiles(files);
  const analysisOf = (path: string) => {
    const text = disk.read(path);
    return text === undefined ? undefined : analyze(text, path);
  };
  return readConfiguration(
    { files: disk, analysisOf },
    {
      root: ROOT,
      rooted,
      local: true,
      serverRoot: '/etc/apache2',
      environment: new Map([['LOGS', '/var/log']]),
    },
  );
};

const one = (text: string): Configuration => read({ [ROOT]: text });

const valuesOf = (configuration: Configuration, name: string): string[] =>
  entriesOf(configuration, name).map(({ words }) => words.map(({ value }) => value).join(' '));

describe('Include', () => {
  test('of a folder that is half the disk is left out, as while somebody types a longer path', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1200 }, (_, n) => [`/etc/x/${n}.conf`, 'Listen 80\n']),
    );
    const folder = read({ [ROOT]: 'Include /etc/x\nServerName a\n', ...many });
    expect(valuesOf(folder, 'Listen')).toEqual([]);
    expect(valuesOf(folder, 'ServerName')).toEqual(['a']);
    expect(folder.complete).toBe(false);
    const wildcard = read({ [ROOT]: 'Include /etc/x/*.conf\n', ...many });
    expect(valuesOf(wildcard, 'Listen')).toHaveLength(1200);
  });

  test('reads a wildcard in order, relative to ServerRoot, with the section around it', () => {
    const configuration = read({
      [ROOT]: '<VirtualHost *:80>\nInclude sites/*.conf\n</VirtualHost>\n',
      '/etc/apache2/sites/b.conf': 'ServerAlias b\n',
      '/etc/apache2/sites/a.conf': 'ServerAlias a\n',
    });
    expect(valuesOf(configuration, 'ServerAlias')).toEqual(['a', 'b']);
    expect(entriesOf(configuration, 'ServerAlias')[0]?.parent?.name).toBe('VirtualHost');
    expect(configuration.complete).toBe(true);
    expect(configuration.dependencies).toContain('/etc/apache2/sites');
  });

  test.each([
    ['a missing file', 'Include nothing.conf\n'],
    ['a file that includes itself', 'Include apache2.conf\n'],
  ])('survives %s, and knows that something is missing', (_, text) => {
    expect(one(text).complete).toBe(false);
  });

  test('does not mind an optional one', () => {
    expect(one('IncludeOptional nothing/*.conf\n').complete).toBe(true);
  });

  test('follows a ServerRoot of its own', () => {
    const configuration = read({
      [ROOT]: 'ServerRoot /srv\nInclude x.conf\n',
      '/srv/x.conf': 'ServerName found\n',
    });
    expect(valuesOf(configuration, 'ServerName')).toEqual(['found']);
  });
});

describe('variables', () => {
  test.each([
    ['a definition', `Define A x\nServerName \${A}\n`, ['x']],
    ['the environment', `ServerName \${LOGS}/a\n`, ['/var/log/a']],
    ['several words', `Define A "x y"\nServerName \${A}\n`, ['x y']],
    ['an unknown one stays', `ServerName \${NOPE}\n`, [`\${NOPE}`]],
  ])('%s', (_, text, expected) => {
    expect(valuesOf(one(text), 'ServerName')).toEqual(expected);
  });

  test('an unquoted value becomes several words', () => {
    expect(entriesOf(one(`Define A "x y"\nServerAlias \${A}\n`), 'ServerAlias')[0]?.words).toHaveLength(2);
  });

  test('remember where they were defined', () => {
    expect(one('Define A x\n').definitions.filter(({ at }) => at)).toMatchObject([
      { name: 'A', value: 'x', at: { start: 7, end: 8 } },
    ]);
  });
});

describe('conditions', () => {
  const LOAD = 'LoadModule alias_module modules/mod_alias.so\n';

  test.each([
    ['a module that is loaded', `${LOAD}<IfModule mod_alias.c>\nServerName x\n</IfModule>`, true],
    ['a module that is not loaded', `${LOAD}<IfModule mod_ssl.c>\nServerName x\n</IfModule>`, undefined],
    ['not a module that is not loaded', `${LOAD}<IfModule !mod_ssl.c>\nServerName x\n</IfModule>`, true],
    ['a module nobody can tell', '<IfModule mod_ssl.c>\nServerName x\n</IfModule>', false],
    ['a module that is often compiled in', `${LOAD}<IfModule mod_logio.c>\nServerName x\n</IfModule>`, false],
    ['a name that is defined', 'Define A\n<IfDefine A>\nServerName x\n</IfDefine>', true],
    ['a name that may come from -D', '<IfDefine A>\nServerName x\n</IfDefine>', false],
    ['a version of 2.4', '<IfVersion >= 2.4>\nServerName x\n</IfVersion>', true],
    ['a version before 2.4', '<IfVersion < 2.4>\nServerName x\n</IfVersion>', undefined],
    ['a file that is there', `<IfFile ${ROOT}>\nServerName x\n</IfFile>`, true],
    ['a file that is not', '<IfFile /nope>\nServerName x\n</IfFile>', undefined],
  ])('%s', (_, text, certain) => {
    expect(entriesOf(one(text), 'ServerName')[0]?.certain).toBe(certain);
  });
});

describe('macros', () => {
  test('are inserted at their use, and their findings belong there', () => {
    const text =
      '<Macro Site $name>\n<VirtualHost *:80>\nServerName $name\n</VirtualHost>\n</Macro>\nUse Site shop\n';
    const [entry] = entriesOf(one(text), 'ServerName');
    expect(entry?.words[0]?.value).toBe('shop');
    expect(text.slice(entry?.range.start, entry?.range.end)).toBe('Use Site shop');
    expect(entry?.parent?.name).toBe('VirtualHost');
  });

  test('that use themselves end', () => {
    expect(valuesOf(one('<Macro M>\nServerName x\nUse M\n</Macro>\nUse M\n'), 'ServerName')).toEqual(['x']);
  });
});

describe('the main file', () => {
  test.each([
    ['/etc/apache2/sites-enabled/shop.conf', '/etc/apache2/apache2.conf'],
    ['/etc/httpd/conf.d/shop.conf', '/etc/httpd/conf/httpd.conf'],
    ['/home/me/shop.conf', undefined],
  ])('above %s is %s', (path, expected) => {
    const files = memoryFiles({ '/etc/apache2/apache2.conf': '', '/etc/httpd/conf/httpd.conf': '' });
    expect(findRoot(files, path)).toBe(expected);
  });

  test('tells the server root', () => {
    expect(serverRootOf('/etc/httpd/conf/httpd.conf')).toBe('/etc/httpd');
    expect(serverRootOf('/etc/apache2/apache2.conf')).toBe('/etc/apache2');
  });

  test("has Debian's variables beside it", () => {
    const text =
      'export APACHE_RUN_USER=www-data\nSUFFIX=\nexport APACHE_LOG_DIR=/var/log/apache2$SUFFIX\nexport X=$(id)\n';
    expect([...readEnvvars(text)]).toEqual([
      ['APACHE_RUN_USER', 'www-data'],
      ['SUFFIX', ''],
      ['APACHE_LOG_DIR', '/var/log/apache2'],
    ]);
  });
});

test('variables of the environment are known from the beginning, and are no Defines', () => {
  const { definitions, conditions } = one('<IfDefine LOGS>\n</IfDefine>\n');
  expect(definitions).toEqual([{ name: 'LOGS', value: '/var/log', at: undefined }]);
  expect(conditions.map(({ verdict }) => verdict)).toEqual(['unknown']);
});
