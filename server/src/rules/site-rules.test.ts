import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyze } from '../analysis';
import type { Configuration } from '../configuration/configuration';
import { readConfiguration } from '../configuration/read';
import { memoryFiles } from '../model/fixtures/memory-files';
import type { FileSystem } from '../model/machine';
import { siteOf } from '../mounts/site';
import { anyText } from '../syntax/any-text.fixture';
import { check } from './check';
import { checkSite } from './check-site';
import type { SiteContext, TargetMachine } from './rule';
import { rules } from './table';

interface Example {
  readonly rule: string;
  readonly bad: string;
  readonly good: string;
}

const examples = JSON.parse(
  readFileSync(path.join(__dirname, '..', '..', 'data', 'rule-examples.json'), 'utf8'),
) as readonly Example[];

const ROOT = '/etc/apache2/apache2.conf';

const LOAD = 'LoadModule wsgi_module modules/mod_wsgi.so\n';

/** A machine as far as an example needs one. */
interface World {
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Files that are right where those are wrong. */
  readonly goodFiles?: Readonly<Record<string, string>>;
  /** Paths that only their owner, root, may use. */
  readonly closed?: readonly string[];
  readonly prefix?: string;
  readonly version?: string;
  readonly profile?: SiteContext['profile'];
  readonly outsideOf?: string;
}

const PASSWD =
  'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\nwww-data:x:33:33::/var/www:/bin/false\nshop:x:1001:1001::/srv/shop:/bin/sh\n';

const ACCOUNTS = {
  '/etc/passwd': PASSWD,
  '/etc/group': 'root:x:0:\nwww-data:x:33:\nshop:x:1001:\n',
  '/root/': '',
};

const SCRIPT = 'def application(environ, start_response):\n    return []\n';

const VENV = {
  '/srv/shop/.venv/pyvenv.cfg': 'version = 3.12.1\n',
  '/srv/shop/.venv/lib/python3.12/site-packages/': '',
};

const PRIVATE_TMP = '[Service]\nPrivateTmp=true\n';

/** What must be there for an example of a rule to be right or wrong. */
const WORLDS: Readonly<Record<string, World>> = {
  'output-dir-private-tmp': { files: { '/lib/systemd/system/apache2.service': PRIVATE_TMP } },
  'wsgi-module-not-loaded': { prefix: '' },
  'ifmodule-before-loadmodule': { prefix: '' },
  'ifmodule-hides-wsgi': { prefix: '' },
  'loadmodule-wsgi-twice': { prefix: '' },
  'loadmodule-target-missing': { prefix: '', files: { '/etc/apache2/modules/mod_wsgi.so': '' } },
  'loadfile-before-loadmodule': { prefix: '' },
  'config-file-not-included': { outsideOf: ROOT },
  'daemon-user-unknown': { files: {} },
  'home-missing': { files: { '/srv/shop/entry.wsgi': SCRIPT } },
  'user-home-missing': { files: { '/srv/shop/entry.wsgi': SCRIPT } },
  'python-home-missing': { files: VENV },
  'python-home-not-an-environment': { files: VENV },
  'python-path-missing': { files: { '/srv/shop/entry.wsgi': SCRIPT } },
  'python-path-inner-package': { files: { '/srv/shop/shop/__init__.py': '' } },
  'script-file-missing': { files: { '/srv/shop/shop/entry.wsgi': SCRIPT } },
  'script-target-is-directory': { files: { '/srv/shop/entry.wsgi': SCRIPT } },
  'import-script-missing': { files: { '/srv/shop/warm.py': '' } },
  'callable-missing': { files: { '/srv/shop/entry.wsgi': 'app = Flask(__name__)\n' } },
  'startup-timeout-unset-django': {
    files: { '/srv/shop/entry.wsgi': 'application = get_wsgi_application()\n' },
    prefix: `${LOAD}WSGIScriptAlias / /srv/shop/entry.wsgi process-group=shop\n`,
  },
  'home-unset-relative-paths': {
    files: { '/srv/shop/entry.wsgi': "logging.FileHandler('shop.log')\n" },
    prefix: `${LOAD}WSGIScriptAlias / /srv/shop/entry.wsgi process-group=shop\n`,
  },
  'setenv-not-os-environ': { files: { '/srv/shop/entry.wsgi': "key = os.environ['SHOP_KEY']\n" } },
  'settings-module-setdefault-shared-process': {
    files: {
      '/srv/a/entry.wsgi': "os.environ['DJANGO_SETTINGS_MODULE'] = 'a.settings'\n",
      '/srv/b/entry.wsgi': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'b.settings')\n",
    },
  },
  'script-imports-unresolvable': {
    files: {
      '/srv/shop/shop/entry.wsgi': 'from shop.app import app as application\n',
      '/srv/shop/shop/app.py': '',
    },
  },
  'pass-authorization-off': { files: { '/srv/shop/entry.wsgi': 'import rest_framework\n' } },
  'chunked-request-on-content-length': {
    files: { '/srv/shop/entry.wsgi': "body = e['wsgi.input'].read(int(e.get('CONTENT_LENGTH') or 0))\n" },
    goodFiles: { '/srv/shop/entry.wsgi': "body = e['wsgi.input'].read()\n" },
    prefix: `${LOAD}WSGIScriptAlias / /srv/shop/entry.wsgi\n`,
  },
  'browser-debugger-multiprocess': {
    files: { '/srv/shop/entry.wsgi': 'application = DebuggedApplication(app, evalex=True)\n' },
    prefix: `${LOAD}WSGIScriptAlias / /srv/shop/entry.wsgi process-group=shop\n`,
  },
  'pdb-in-daemon-mode': { files: { '/srv/shop/entry.wsgi': 'breakpoint()\n' } },
  'auth-script-callable-missing': {
    files: { '/srv/shop/handler.wsgi': SCRIPT },
    goodFiles: { '/srv/shop/handler.wsgi': 'def handle_request(environ, start_response):\n    return []\n' },
  },
  'inline-comment': { prefix: `${LOAD}WSGIDaemonProcess shop\n` },
  'suspicious-group-name': { prefix: `${LOAD}WSGIDaemonProcess shop\n` },
  'script-path-not-traversable': {
    files: { '/srv/shop/entry.wsgi': SCRIPT, '/home/anna/shop/entry.wsgi': SCRIPT },
    closed: ['/home/anna'],
    prefix: `${LOAD}User www-data\n`,
  },
  'socket-prefix-dir-inaccessible': { files: { '/var/run/wsgi/': '', '/var/run/x': '' }, closed: ['/root'] },
  'python-home-version-mismatch': { prefix: '', files: VENV },
  'locale-not-installed': { files: { '/usr/lib/locale/C.utf8/': '' } },
  'embedded-prefork': { prefix: `${LOAD}LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n` },
  'directive-removed': {},
  'daemon-option-too-new': { version: '5.0.0' },
  'script-reloading-off-600': { version: '6.0.2' },
  'free-threading-unsupported': { prefix: 'LoadModule wsgi_module modules/mod_wsgi-py312.so\n' },
  'debug-profile-multiprocess': { profile: 'debug' },
  'timeouts-kill-debug-session': { profile: 'debug' },
  'coverage-multiprocess': { profile: 'coverage' },
  'daemon-user-ignored': { prefix: `${LOAD}Listen 8000\n` },
};

/** Groups that an example uses without showing the mount, or the other way round. */
const MOUNT = 'WSGIScriptAlias / /srv/shop/entry.wsgi process-group=shop\n';

const NEEDS_MOUNT: ReadonlySet<string> = new Set([
  'request-timeout-unset',
  'display-name-missing',
  'locale-unset',
  'process-group-vhost-without-servername',
]);

/** The examples of these rules are judged line by line, without a machine or a main file. */
const machineOf = (world: World): TargetMachine | undefined => {
  if (!world.files) return undefined;
  const files: FileSystem = memoryFiles({ ...ACCOUNTS, ...world.files });
  return {
    ...files,
    status: (file) => ({ mode: world.closed?.includes(file) ? 0o700 : 0o755, uid: 0, gid: 0 }),
  };
};

const read = (text: string, rooted: boolean): Configuration => {
  const analysis = analyze(text, ROOT);
  return readConfiguration(
    { files: memoryFiles({}), analysisOf: (file) => (file === ROOT ? analysis : undefined) },
    { root: ROOT, rooted, local: false, serverRoot: '/etc/apache2', environment: new Map() },
  );
};

const contextOf = (text: string, world: World, rooted = true): SiteContext => ({
  site: siteOf(read(text, rooted)),
  machine: machineOf(world),
  version: world.version,
  profile: world.profile ?? 'production',
  outsideOf: world.outsideOf,
});

const found = (text: string, world: World, rooted = true) =>
  checkSite(contextOf(text, world, rooted)).get(ROOT) ?? [];

const lineFindings = (text: string, name: string) => check(analyze(text, name));

describe('the examples of the rule catalogue', () => {
  const implemented = new Set(rules.map(({ id }) => id));

  test.each(examples.map((example) => [example.rule, example] as const))('%s', (rule, { bad, good }) => {
    const world = WORLDS[rule] ?? {};
    const prefix = world.prefix ?? LOAD;
    const mount = NEEDS_MOUNT.has(rule) ? MOUNT : '';
    const name = bad.startsWith('# .htaccess') ? '.htaccess' : 'shop.conf';
    const idsOf = (text: string, file: string, machine: World) => [
      ...lineFindings(text, file).map((finding) => finding.rule),
      ...found(prefix + text + mount, machine).map((finding) => finding.rule),
    ];
    expect(idsOf(bad, name, world)).toContain(rule);
    if (rule === 'config-file-not-included') return;
    expect(idsOf(good, 'shop.conf', { ...world, files: world.goodFiles ?? world.files })).not.toContain(rule);
    const errors = [...lineFindings(good, 'shop.conf'), ...found(prefix + good, {})].filter(
      ({ severity }) => severity === 'error',
    );
    expect(errors.map((finding) => finding.rule)).toEqual([]);
  });

  test.each(rules.flatMap((rule) => (rule.part && rule.about ? [[rule.id, rule] as const] : [])))(
    '%s finds nothing in parts without what it is about',
    (id, rule) => {
      const keys = rule.about?.map((name) => name.toLowerCase()) ?? [];
      const texts = examples.flatMap(({ bad, good }) => [
        bad,
        good,
        `${MOUNT}WSGIDaemonProcess shop\n${bad}`,
      ]);
      for (const text of texts) {
        const context = contextOf(LOAD + text, { files: { '/srv/shop/entry.wsgi': SCRIPT }, ...WORLDS[id] });
        for (const part of context.site.configuration.parts) {
          if (keys.some((key) => part.byKey.has(key))) continue;
          const found: unknown[] = [];
          rule.part?.({ ...context, part: context.site.partOf(part) }, (finding) => found.push(finding));
          expect(found).toEqual([]);
        }
      }
    },
  );

  test('every rule of the catalogue is there', () => {
    expect(examples.map(({ rule }) => rule).filter((rule) => !implemented.has(rule))).toEqual([]);
  });
});

test('script-grant-other-directory leaves alone what is granted for an Alias', () => {
  const grant = (folder: string) => `<Directory ${folder}>\nRequire all granted\n</Directory>\n`;
  const text = `${LOAD}Alias /static /srv/shop/app/static\nWSGIScriptAlias / /srv/shop/shop.wsgi\n${grant('/srv/shop/app')}${grant('/srv/shop/app/static/')}`;
  const findings = found(text, {}).filter(({ rule }) => rule === 'script-grant-other-directory');
  expect(findings.map(({ message }) => message)).toEqual([
    'This grant covers `/srv/shop/app`, but the script is `/srv/shop/shop.wsgi`.',
  ]);
});

describe('rewrite-without-pt', () => {
  const idsWith = (flags: string): readonly string[] => {
    const text = `${LOAD}WSGIScriptAlias /shop /srv/shop/entry.wsgi\nRewriteEngine On\nRewriteRule ^/old/(.*)$ /shop/$1 ${flags}\n`;
    return found(text, {}).map(({ rule }) => rule);
  };

  test.each(['[pt]', '"[L, PassThrough]"', '[proxy]', '[r=302,L]', '[F]'])('%s leads elsewhere', (flags) => {
    expect(idsWith(flags)).not.toContain('rewrite-without-pt');
  });

  test.each(['', '[L]', '[E=MODE:PT,L]', '[E=R:1]'])('%s does not', (flags) => {
    expect(idsWith(flags)).toContain('rewrite-without-pt');
  });
});

describe('output-dir-private-tmp', () => {
  const UNIT = '/lib/systemd/system/apache2.service';
  const paths = (text: string, files: Readonly<Record<string, string>>) =>
    found(LOAD + text, { files })
      .filter(({ rule }) => rule === 'output-dir-private-tmp')
      .map(({ message }) => /written to `([^`]+)`/.exec(message)?.[1]);

  test('a script that writes its profile there', () => {
    const script =
      'import cProfile\nprofiler = cProfile.Profile()\n# dump_stats("/tmp/old")\nprofiler.dump_stats("/tmp/shop.prof")\nPATH = "/tmp/other"\n';
    const mount = 'WSGIScriptAlias / /srv/shop.wsgi\nCoreDumpDirectory /var/tmp/cores\n';
    expect(paths(mount, { [UNIT]: PRIVATE_TMP, '/srv/shop.wsgi': script }).sort()).toEqual([
      '/tmp/shop.prof',
      '/var/tmp/cores',
    ]);
  });

  test.each([
    ['no unit', {}],
    ['a unit without it', { [UNIT]: '[Service]\n# PrivateTmp=true\n' }],
    [
      'a drop-in that takes it back',
      { [UNIT]: PRIVATE_TMP, [`${UNIT}.d/override.conf`]: '[Service]\nPrivateTmp = no\n' },
    ],
  ])('%s: nothing', (_, files) => {
    expect(paths('WSGIDaemonProcess shop python-eggs=/tmp/eggs\n', files as Record<string, string>)).toEqual(
      [],
    );
  });
});

describe('a fragment without a main file', () => {
  test.each([
    ['is not blamed for a module that another file loads', 'WSGIScriptAlias / /srv/shop/entry.wsgi'],
    ['is not blamed for a group that another file declares', 'WSGIProcessGroup elsewhere'],
    ['is not blamed for a group that another file uses', 'WSGIDaemonProcess shop'],
  ])('%s', (_, text) => {
    expect(found(`${text}\n`, {}, false).filter(({ severity }) => severity !== 'hint')).toEqual([]);
  });

  test('is told of a name that is nearly one it declares', () => {
    expect(found('WSGIDaemonProcess shop\nWSGIProcessGroup shpo\n', {}, false)).toMatchObject([
      { rule: 'process-group-undefined', severity: 'warning' },
    ]);
  });
});

describe('findings', () => {
  test('point at what they mean, with related places and corrections', () => {
    const text = `${LOAD}WSGIDaemonProcess shop\n<VirtualHost *:80>\nServerName x\nWSGIProcessGroup shpo\n</VirtualHost>\n`;
    const [finding] = found(text, {}).filter(({ rule }) => rule === 'process-group-undefined');
    expect(text.slice(finding?.at.start, finding?.at.end)).toBe('shpo');
    expect(finding?.fixes).toMatchObject([{ edits: [{ text: 'shop' }] }]);
  });

  test('are switched off by a comment', () => {
    const text = `${LOAD}# rule: ignore process-group-undefined\nWSGIProcessGroup nothing\n`;
    expect(found(text, {}).map(({ rule }) => rule)).not.toContain('process-group-undefined');
  });

  test('are lowered where an Include could not be followed', () => {
    const text = `${LOAD}Include /nowhere/*.conf\nWSGIProcessGroup nothing\n`;
    expect(found(text, {})).toContainEqual(
      expect.objectContaining({ rule: 'process-group-undefined', severity: 'information' }),
    );
  });

  test('are not made about templates', () => {
    expect(found(`${LOAD}WSGIProcessGroup nothing\nServerName {{ host }}\n`, {})).toEqual([]);
  });
});

test('no text makes a rule over the configuration throw', () => {
  const world: World = { files: { '/x.wsgi': SCRIPT }, profile: 'debug', version: '5.0.0' };
  fc.assert(
    fc.property(anyText, fc.boolean(), (text, rooted) => {
      for (const { at } of found(text, world, rooted)) {
        expect(at.start).toBeGreaterThanOrEqual(0);
        expect(at.end).toBeLessThanOrEqual(text.length);
        expect(at.start).toBeLessThanOrEqual(at.end);
      }
    }),
    { numRuns: 500 },
  );
}, 60_000);
