import { describe, expect, test } from 'vitest';
import { readText } from '../configuration/read-text.fixture';
import { siteOf } from '../mounts/site';
import type { NoPrograms } from '../programs';
import { plainPlace } from './explain/places';
import { type LibraryLookup, whichPython } from './which-python';

const MODULE = '/etc/apache2/modules/mod_wsgi.so';

const FILES = {
  [MODULE]: '',
  '/venv/shop/pyvenv.cfg': 'home = /usr/bin\nversion = 3.11.2\n',
  '/venv/new/pyvenv.cfg': 'home = /opt/python/bin\nversion_info = 3.12.1.final.0\n',
  '/opt/python/lib/python3.11/os.py': '',
  '/srv/empty/readme.txt': '',
};

const linked: LibraryLookup = async () => ({
  name: 'libpython3.11.so.1.0',
  file: '/usr/lib/libpython3.11.so.1.0',
});

const ask = async (text: string, lookup: LibraryLookup | NoPrograms = 'not trusted'): Promise<string> => {
  const { configuration, files } = readText(text, FILES);
  return (await whichPython(siteOf(configuration), files, lookup, plainPlace)).markdown;
};

const LOAD = 'LoadModule wsgi_module modules/mod_wsgi.so\n';

const daemon = (home: string) =>
  `${LOAD}WSGIDaemonProcess shop python-home=${home}\nWSGIScriptAlias / /srv/shop.wsgi process-group=shop\n`;

describe('the module', () => {
  test('is asked for its library', async () => {
    expect(await ask(LOAD, linked)).toContain(
      `\`${MODULE}\` (\`LoadModule\`, apache2.conf:1) is linked to \`/usr/lib/libpython3.11.so.1.0\`: Python 3.11.`,
    );
  });

  test.each([
    ['nothing loads it', 'Listen 80\n', linked, 'No file of this configuration loads'],
    [
      'it is not there',
      'LoadModule wsgi_module x/mod_wsgi-py312.so\n',
      linked,
      'is not on this machine. Its name says Python 3.12.',
    ],
    ['it names no library', LOAD, async () => undefined, 'names no Python library'],
    [
      'the library is missing',
      LOAD,
      async () => ({ name: 'libpython3.11.so.1.0', file: undefined }),
      'Apache cannot load it',
    ],
  ] as const)('%s', async (_, text, lookup, expected) => {
    expect(await ask(text, lookup)).toContain(expected);
  });

  test('is not looked into where no program may be started', async () => {
    expect(await ask(LOAD)).toContain('is not looked into');
  });
});

describe('the home', () => {
  test.each([
    [
      'an environment that fits',
      daemon('/venv/shop'),
      'A virtual environment of Python 3.11, made from the Python in `/usr/bin`',
    ],
    ['the verdict', daemon('/venv/shop'), '**Fits**'],
    ['an environment of another Python', daemon('/venv/new'), '**Does not fit**'],
    ['an installation', daemon('/opt/python'), 'An installation of Python 3.11'],
    ['a folder of something else', daemon('/srv/empty'), 'A folder without a Python'],
    ['nothing', daemon('/gone'), 'Not there'],
    ['a variable', daemon(`\${WHERE}`), 'Only known when the server runs'],
    ['none', `${LOAD}WSGIScriptAlias / /srv/shop.wsgi\n`, 'They run with the Python of mod_wsgi (3.11)'],
    ['no mount', LOAD, 'There is no mount'],
    ['who uses it', daemon('/venv/shop'), '(daemon `shop`)'],
    ['who sets it', daemon('/venv/shop'), `(\`WSGIDaemonProcess\`, apache2.conf:2)`],
    [
      'embedded mode',
      `${LOAD}WSGIPythonHome /venv/shop\nWSGIScriptAlias / /srv/shop.wsgi\n`,
      `(\`WSGIPythonHome\`, apache2.conf:2)`,
    ],
  ])('%s', async (_, text, expected) => {
    expect(await ask(text, linked)).toContain(expected);
  });
});
