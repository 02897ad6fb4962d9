import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../common/src/ports';
import { Disk } from '../src/configuration/disk';
import { follow, type Journey } from '../src/features/explain/journey';
import type { Leg } from '../src/features/explain/leg';
import { chooseHost, parseUrl } from '../src/features/explain/request-url';
import type { Site } from '../src/mounts/site';
import type { RewriteResult } from '../src/rewriting/apply';
import { type Apache, missingForApache, startApache } from './support/apache';
import { siteAt } from './support/site';

const LOADED = ['mpm_event', 'authz_core', 'alias', 'rewrite'];

/** Why Apache cannot be asked here. */
const missing = missingForApache(LOADED);

const CASES = 400;

/** What is asked of each case. */
const PATHS = [
  '/',
  '/f.txt',
  '/x/y',
  '/d/g.txt',
  '/d/no',
  '/al/s.txt',
  '/f.txt/more',
  '/old/x',
  '/a.wsgi?b=1&c=2',
];

/** The files below the folder of a case; the text of each is its path. */
const FILES = ['www/f.txt', 'www/a.wsgi', 'www/d/g.txt', 'www/d/f.txt', 'al/s.txt', 'al/f.txt'];

/** FOLDER is the folder of the case, CASE its name. */
const CONDITIONS = [
  '%{REQUEST_FILENAME} !-f',
  '%{REQUEST_FILENAME} -f',
  '%{REQUEST_FILENAME} !-d',
  '%{REQUEST_FILENAME} -s [OR]',
  '%{DOCUMENT_ROOT}%{REQUEST_URI} !-f',
  '%{REQUEST_URI} !^/d/',
  '%{REQUEST_URI} ^/(.)(.*)$',
  '%{HTTP_HOST} ^(.*)[.]test [NC]',
  '%{HTTPS} off',
  '%{HTTPS} =on [OR]',
  '%{QUERY_STRING} b=(\\d)',
  '%{QUERY_STRING} ^$ [OR]',
  '%{QUERY_STRING} =""',
  '%{REQUEST_METHOD} !^(POST|PUT)$',
  '%{ENV:REDIRECT_STATUS} ^$',
  '%{REQUEST_URI} >/d',
  '%{REQUEST_URI} <=/f.txt',
  '$1 !=x',
  '$1 -lt3',
  '%1 ^f',
  'expr "%{REQUEST_URI} =~ m#txt#"',
  '${words:$1} ^d',
  '${words:$1|none} !=none [OR]',
];

/** What a rule of a server alone can look ahead for. */
const AHEAD = ['%{LA-U:REQUEST_FILENAME} -f', '%{LA-U:REQUEST_FILENAME} !-f', '%{LA-U:SCRIPT_FILENAME} d/'];

const PATTERNS = [
  '^(.*)$',
  '^/?d/(.*)',
  '^/?(.*)\\.txt$',
  '!^/?f',
  '^/?x/?(.*)',
  '^',
  '^/?al/(.*)',
  '^/?([a-f])[./](.*)$ [NC]',
];

const SUBSTITUTIONS = [
  '-',
  '/f.txt',
  'f.txt',
  '/d/$1',
  '/al/s.txt',
  '/a.wsgi/$1',
  '/d/g.txt?q=$1',
  '/f.txt?',
  'FOLDER/al/f.txt',
  '/old/%1',
  'http://other.test/$1',
  'https://%{HTTP_HOST}%{REQUEST_URI}',
  'http://CASE.test:PORT/d/g.txt',
  '%{REQUEST_URI}x',
  '/${words:$1|f.txt}',
  '/${words:${lower:F}}',
  '/d/${lower:$1}',
  '/${upper:$1}${outer:f}.txt',
  '/${words:empty|d}/${one:g}',
  '/${unescape:d%2F$1}',
];

/** Sections besides folders in which rules can stand. */
const ODD = [
  '<Location />',
  '<Location /d>',
  '<LocationMatch "txt">',
  '<Files f.txt>',
  '<FilesMatch "^[gs]">',
  '<If "%{REQUEST_URI} =~ m#^/d#">',
  '<DirectoryMatch "/d/">',
  '<Directory FOLDER/*>',
];

/** The file of a map. */
const WORDS = [
  '# a comment',
  'f d/g.txt and more',
  'f f.txt',
  ' no f.txt',
  'x a.wsgi/y',
  'y\tf.txt',
  'g g.txt',
  'empty',
  'd g.txt # a comment',
  '',
].join('\n');

/** The maps of a host; the main server has one more, `outer`. */
const MAPS = [
  'RewriteMap words txt:FOLDER/words.map',
  'RewriteMap one rnd:FOLDER/words.map',
  'RewriteMap lower int:tolower',
  'RewriteMap upper int:toupper',
  'RewriteMap unescape int:unescape',
];

const FLAGS = [
  'L',
  'L',
  'L',
  'R',
  'R=301',
  'F',
  'G',
  'PT',
  'PT,L',
  'QSA',
  'QSD',
  'END',
  'C',
  'S=1',
  'NC',
  'R=404',
  'E=X:$1',
  'QSL',
  'NS',
];

const ruleWith = (conditions: readonly string[]) =>
  fc
    .record({
      conditions: fc.array(fc.constantFrom(...conditions), { maxLength: 2 }),
      pattern: fc.constantFrom(...PATTERNS),
      substitution: fc.constantFrom(...SUBSTITUTIONS),
      flags: fc.uniqueArray(fc.constantFrom(...FLAGS), {
        maxLength: 2,
        selector: (flag) => (/^[RFG]/.test(flag) ? 'status' : flag[0]),
      }),
    })
    .map(({ conditions, pattern, substitution, flags }) => {
      const [text = '', own] = pattern.split(' ');
      // Rules behind a redirect can take it back, but not its status, which nobody means.
      const last = [substitution, ...flags].some((each) => /^(?:R(?:=301)?$|https?:)/.test(each))
        ? ['L']
        : [];
      const all = [...flags, ...last, ...(own ? ['NC'] : [])];
      return [
        ...conditions.map((condition) => `RewriteCond ${condition}`),
        `RewriteRule ${text} ${substitution}${all.length > 0 ? ` [${all.join(',')}]` : ''}`,
      ].join('\n');
    });

const ENGINE = fc.constantFrom(
  'RewriteEngine On',
  'RewriteEngine On',
  'RewriteEngine On',
  'RewriteEngine Off',
  '',
);

const OPTIONS = fc.constantFrom(
  '',
  '',
  '',
  '',
  'RewriteOptions Inherit',
  'RewriteOptions InheritBefore',
  'Options None',
  'RewriteBase /d',
  'RewriteBase /',
);

const rulesWith = (conditions: readonly string[]) =>
  fc
    .tuple(ENGINE, OPTIONS, fc.array(ruleWith(conditions), { minLength: 1, maxLength: 3 }))
    .map(([engine, option, lines]) => [engine, option, ...lines].filter(Boolean).join('\n'));

const rules = rulesWith(CONDITIONS);

const serverRules = rulesWith([...CONDITIONS, ...AHEAD]).map((text) => text.replace(/^RewriteBase.*\n/m, ''));

const layout = fc.record({
  server: fc.option(serverRules),
  folder: fc.option(rules),
  access: fc.option(rules),
  inner: fc.option(rules),
  aliased: fc.option(rules, { freq: 1 }),
  odd: fc.option(fc.record({ section: fc.constantFrom(...ODD), text: rules }), { freq: 1 }),
  hasPort: fc.boolean(),
});

type Layout = ReturnType<typeof layout.generate>['value'];

describe.skipIf(missing)(`rewriting, and the real server (skipped without ${missing ?? 'httpd'})`, () => {
  let folder: string;
  let port: number;
  let apache: Apache | undefined;
  let site: Site;
  const disk = new Disk();

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'rewriting-'));
    chmodSync(folder, 0o755);
    port = await freePort();
    const layouts = fc.sample(layout, { numRuns: CASES, seed: Number(process.env.PROPERTY_SEED ?? 440) });
    const hosts = layouts.flatMap((each, index) => writeCase(`c${index}`, each));
    apache = await startApache(folder, port, LOADED, ['RewriteMap outer int:tolower', ...hosts]);
    site = siteAt(apache.root, disk);
  });

  afterAll(async () => {
    await apache?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const writeCase = (
    name: string,
    { server, folder: outer, access, inner, aliased, odd, hasPort }: Layout,
  ): readonly string[] => {
    const top = path.join(folder, name);
    const fill = (text: string): string =>
      text.replaceAll('FOLDER', top).replaceAll('CASE', name).replaceAll('PORT', `${port}`);
    for (const file of FILES) {
      mkdirSync(path.dirname(path.join(top, file)), { recursive: true });
      writeFileSync(path.join(top, file), file);
    }
    writeFileSync(path.join(top, 'words.map'), WORDS);
    if (access) writeFileSync(path.join(top, 'www', '.htaccess'), `${fill(access)}\n`);
    if (inner) writeFileSync(path.join(top, 'www', 'd', '.htaccess'), `${fill(inner)}\n`);
    const within = (path: string, text: string | null): readonly string[] => [
      `<Directory ${top}/${path}>`,
      'AllowOverride All',
      ...(text === null ? [] : [fill(text)]),
      '</Directory>',
    ];
    return [
      `<VirtualHost *:${port}>`,
      `ServerName ${name}.test${hasPort ? `:${port}` : ''}`,
      `DocumentRoot ${top}/www`,
      `Alias /al ${top}/al`,
      'Redirect /old http://other.test/new',
      ...MAPS.map(fill),
      ...(server === null ? [] : [fill(server)]),
      ...(odd === null ? [] : [odd.section, odd.text, odd.section.replace(/^<(\w+).*/, '</$1>')].map(fill)),
      ...within('www', outer),
      ...within('al', aliased),
      '</VirtualHost>',
    ];
  };

  /**
   * What the server does: status, where it sends to, and the file that is the answer. `none` if a process of it ends instead: httpd 2.4.71 does
   * that in some loops, and where a rule refers to groups of a pattern that has none.
   */
  const seen = async (name: string, target: string): Promise<string> => {
    const first = await ask(name, target);
    // A process can end by the request before.
    return first === 'none' ? ask(name, target) : first;
  };

  const ask = (name: string, target: string): Promise<string> =>
    new Promise((resolve) => {
      const asked = request({ port, path: target, headers: { host: `${name}.test:${port}` } }, (response) => {
        response.setEncoding('utf8');
        let body = '';
        response.on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => {
          const { statusCode, headers } = response;
          resolve(`${statusCode} ${headers.location ?? (statusCode === 200 ? body : '')}`.trim());
        });
      });
      asked.on('error', () => resolve('none')).end();
    });

  const expected = (name: string, target: string): string => {
    const url = parseUrl(`http://${name}.test:${port}${target}`);
    if (!url) throw new Error(target);
    const journey = follow(site, chooseHost(site, url).host, url, disk);
    const [open] = journey.open.flatMap(({ doubts }) => doubts);
    return open ? `undecided: ${open.why}` : endOf(journey, path.join(folder, name));
  };

  const endOf = ({ legs, loops }: Journey, top: string): string => {
    const leg = legs.at(-1);
    if (loops || !leg) return '500';
    return rewrittenEnd(leg.server?.rewriting?.result) ?? answerEnd(leg, top);
  };

  const answerEnd = ({ answer, merged, folders }: Leg, top: string): string => {
    if (answer?.kind === 'earlier') return `302 ${answer.step.target}`;
    if (folders?.linksForbidden) return '403';
    const end = rewrittenEnd(folders?.rewriting?.result);
    if (end !== undefined) return end;
    const file = merged?.file ?? '';
    return disk.kind(file) === 'file' && !file.endsWith('/') ? `200 ${path.relative(top, file)}` : '404';
  };

  test('agree on where a request ends', async () => {
    const different: object[] = [];
    const answers = new Map<string, number>();
    const count = (answer: string) => answers.set(answer, (answers.get(answer) ?? 0) + 1);
    for (let index = 0; index < CASES; index++) {
      const name = `c${index}`;
      for (const target of PATHS) {
        const theirs = await seen(name, target);
        const ours = expected(name, target);
        count(theirs.split(' ')[0] ?? '');
        if (/^undecided: .*ahead\b/.test(ours)) count('undecided');
        else if (ours !== theirs && theirs !== 'none' && !isTooLong(ours, theirs))
          different.push({ name, target, ours, theirs });
      }
    }
    expect(different).toEqual([]);
    expect(answers.get('undecided') ?? 0).toBeLessThan(CASES / 2);
    expect(answers.get('none') ?? 0).toBeLessThan(CASES / 30);
    // A comparison of nothing but one answer would show nothing.
    for (const status of ['200', '301', '302', '403', '404', '410', '500'])
      expect(answers.get(status), status).toBeGreaterThan(CASES / 30);
  });
});

/** Some loops end where the path has become too long for a file. */
const isTooLong = (ours: string, theirs: string): boolean => ours === '500' && theirs === '403';

const rewrittenEnd = (result: RewriteResult | undefined): string | undefined => {
  switch (result?.kind) {
    case 'status':
      return `${result.status}`;
    case 'redirect':
      return `${result.status} ${result.url.text}`;
    case 'proxy':
    case 'unknown':
      return result.kind;
    default:
      return undefined;
  }
};
