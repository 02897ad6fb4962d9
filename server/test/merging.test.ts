import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../common/src/ports';
import { Disk } from '../src/configuration/disk';
import { factsOfUrl, parseUrl } from '../src/features/explain/request-url';
import { accessFor } from '../src/mounts/access';
import { withConditions } from '../src/mounts/mounts';
import { accessFilesFor, conditionalSections, effective, sectionsFor } from '../src/mounts/sections';
import type { Site } from '../src/mounts/site';
import { type Apache, missingForApache, startApache } from './support/apache';
import { siteAt } from './support/site';

const LOADED = ['mpm_event', 'authz_core', 'headers'];

/** Why Apache cannot be asked here. */
const missing = missingForApache(LOADED);

const CASES = 300;

/** What a part of a case is written into: the server's configuration, or the access file of one of three folders. */
type Place = 'server' | '.' | 'a' | 'a/b';

interface Part {
  readonly place: Place;
  readonly text: string;
}

/** Lines that show who has won, who is let in, and what may not stand in an access file. */
const LINES = [
  'Header set X-Won "%"',
  'Header set X-Won "%"',
  'Header set X-Won "%"',
  'Require all denied',
  'Require all granted',
  'AuthMerging And\nRequire all granted',
  'AuthMerging Or\nRequire all denied',
  '<RequireAll>\nRequire all granted\n<RequireNone>\nRequire all denied\n</RequireNone>\n</RequireAll>',
  '<RequireAll>\nRequire all granted\nRequire not env UNSET\n</RequireAll>',
  '<RequireAny>\nRequire all denied\nRequire all granted\n</RequireAny>',
];

const OVERRIDES = [
  'AllowOverride All',
  'AllowOverride FileInfo',
  'AllowOverride AuthConfig',
  'AllowOverride None',
  'AllowOverride FileInfo AuthConfig Options=Indexes',
  'AllowOverride None\nAllowOverrideList Header',
  'AllowOverride AuthConfig Nonfatal=Override',
];

/** Sections of the server's configuration; CASE is the case's name, FOLDER its folder. */
const SECTIONS: readonly (readonly [open: string, close: string])[] = [
  ['<Directory FOLDER>', '</Directory>'],
  ['<Directory FOLDER/a>', '</Directory>'],
  ['<Directory FOLDER/a/b>', '</Directory>'],
  ['<Directory FOLDER/*/b>', '</Directory>'],
  ['<DirectoryMatch "/CASE/a">', '</DirectoryMatch>'],
  ['<Directory ~ "/CASE/">', '</Directory>'],
  ['<Files CASE.txt>', '</Files>'],
  ['<FilesMatch "^CASE[.]">', '</FilesMatch>'],
  ['<Directory FOLDER/a>\n<Files CASE.*>', '</Files>\n</Directory>'],
  ['<Directory FOLDER>\n<If "%{REQUEST_URI} =~ m#/CASE/#">', '</If>\n</Directory>'],
  ['<Location /CASE>', '</Location>'],
  ['<Location /CASE/a>', '</Location>'],
  ['<LocationMatch "^/CASE/">', '</LocationMatch>'],
  ['<Location /CASE/other>', '</Location>'],
  ['<If "%{REQUEST_URI} =~ m#^/CASE/#">', '</If>'],
  ['<If "%{REQUEST_URI} == \'/CASE/other\'">\n</If>\n<ElseIf "%{REQUEST_URI} =~ /CASE.b/">', '</ElseIf>'],
  ['<If "%{REQUEST_URI} =~ m#^/CASE/# && %{HTTPS} == \'on\'">', '</If>'],
];

const ACCESS_SECTIONS: readonly (readonly [open: string, close: string])[] = [
  ['', ''],
  ['<Files CASE.txt>', '</Files>'],
  ['<If "%{QUERY_STRING} == \'q=1\'">', '</If>'],
  ['<If "false">\n</If>\n<Else>', '</Else>'],
];

const ACCESS_LINES = [...LINES, 'Header set X-Won "%"', 'Options -Indexes'];

const part: fc.Arbitrary<Part> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...SECTIONS), fc.constantFrom(...LINES))
    .map(([[open, close], line]): Part => ({ place: 'server', text: `${open}\n${line}\n${close}\n` })),
  fc.tuple(fc.constantFrom('FOLDER', 'FOLDER/a', 'FOLDER/a/b'), fc.constantFrom(...OVERRIDES)).map(
    ([folder, line]): Part => ({
      place: 'server',
      text: `<Directory ${folder}>\n${line}\n</Directory>\n`,
    }),
  ),
  fc
    .tuple(
      fc.constantFrom('.', 'a', 'a/b'),
      fc.constantFrom(...ACCESS_SECTIONS),
      fc.constantFrom(...ACCESS_LINES),
    )
    .map(
      ([place, [open, close], line]): Part => ({
        place: place as Place,
        text: `${open}\n${line}\n${close}\n`,
      }),
    ),
);

describe.skipIf(missing)(`merging, and the real server (skipped without ${missing ?? 'httpd'})`, () => {
  let folder: string;
  let port: number;
  let apache: Apache | undefined;
  let site: Site;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'merging-'));
    chmodSync(folder, 0o755);
    port = await freePort();
    apache = await startApache(folder, port, LOADED, configuration());
    site = siteAt(apache.root, new Disk());
  });

  afterAll(async () => {
    await apache?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The lines of the server's configuration; writes the cases' files and access files. */
  const configuration = (): readonly string[] => {
    const cases = fc.sample(fc.array(part, { minLength: 3, maxLength: 9 }), {
      numRuns: CASES,
      seed: Number(process.env.PROPERTY_SEED ?? 20_261_122),
    });
    return [`DocumentRoot ${folder}`, ...cases.flatMap((parts, index) => writeCase(`c${index}`, parts))];
  };

  const writeCase = (name: string, parts: readonly Part[]): readonly string[] => {
    const top = path.join(folder, name);
    mkdirSync(path.join(top, 'a', 'b'), { recursive: true });
    writeFileSync(path.join(top, 'a', 'b', `${name}.txt`), 'x');
    const server: string[] = [];
    for (const [index, { place, text }] of parts.entries()) {
      const filled = text.replaceAll('CASE', name).replaceAll('FOLDER', top).replaceAll('"%"', `"${index}"`);
      if (place === 'server') server.push(filled);
      else writeFileSync(path.join(top, place, '.htaccess'), filled, { flag: 'a' });
    }
    return server;
  };

  const expected = (url: string, file: string): string => {
    const parsed = parseUrl(url);
    if (!parsed) throw new Error(url);
    const target = { file, url: parsed.path };
    const refused = accessFilesFor(target, site, site.server).some(
      ({ forbidden, overrides }) => forbidden.length > 0 && !overrides.forgives,
    );
    if (refused) return '500';
    const merged = sectionsFor(target, site, site.server);
    const { sections, conditional } = withConditions(
      merged,
      conditionalSections(merged, site, site.server),
      factsOfUrl(parsed),
    );
    if (conditional.length > 0) return 'undecided';
    if (accessFor(sections).verdict === 'denied') return '403';
    return `200 ${effective('header', sections, site.server, site.server)?.words[2]?.value ?? ''}`;
  };

  test('agree on who wins, who is let in and what is refused', async () => {
    const different: object[] = [];
    const answers = new Map<string, number>();
    for (let index = 0; index < CASES; index++) {
      const name = `c${index}`;
      const url = `http://127.0.0.1:${port}/${name}/a/b/${name}.txt?q=1`;
      const response = await fetch(url);
      const won = response.ok ? ` ${response.headers.get('x-won') ?? ''}` : '';
      await response.arrayBuffer();
      const seen = `${response.status}${won}`;
      answers.set(seen.slice(0, 3), (answers.get(seen.slice(0, 3)) ?? 0) + 1);
      const ours = expected(url, path.join(folder, name, 'a', 'b', `${name}.txt`));
      if (ours !== seen) different.push({ name, ours, seen });
    }
    expect(different).toEqual([]);
    // A comparison of nothing but one answer would show nothing.
    for (const status of ['200', '403', '500']) expect(answers.get(status)).toBeGreaterThan(CASES / 20);
  });
});
