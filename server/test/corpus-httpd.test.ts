import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findModule } from '../src/catalogue/modules';
import { Disk } from '../src/configuration/disk';
import { assemble, configTest } from '../src/model/assemble';
import type { Machine, Server } from '../src/model/machine';

const HTTPD = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';
const WSGI = `${MODULES}/mod_wsgi.so`;
const CORPUS = path.join(__dirname, '..', '..', '..', 'shared', 'corpus');

/** Modules that others need; these come first. */
const NEEDED = [
  'mpm_event',
  'authn_core',
  'authz_core',
  'dav',
  'proxy',
  'session',
  'cache',
  'dbd',
  'ldap',
  'http2',
];

/** Modules that do not go with the others. */
const LEFT_OUT =
  /^(?:mpm_(?:prefork|worker)|cgid|lbmethod_heartbeat|heart.*|authn_.*_?dialup|case_filter.*|bucketeer)$/;

const missing = [HTTPD, WSGI, CORPUS].find((file) => !existsSync(file));

const namesIn = (file: string): ReadonlySet<string> =>
  new Set(
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':')[0] ?? ''),
  );

interface Verdict {
  readonly accepted: boolean;
  /** The numbers of the lines that the message names: outermost first, if files are nested. */
  readonly lines: readonly string[];
}

const verdictOf = (exitCode: number | null, said: readonly string[]): Verdict => ({
  accepted: exitCode === 0,
  lines: said.flatMap((line) => [...line.matchAll(/\bon line (\d+) of /g)].map(([, number = '']) => number)),
});

describe.skipIf(missing)(`the corpus and the real server (skipped without ${missing})`, () => {
  const files = missing ? [] : readdirSync(CORPUS).filter((name) => name.endsWith('.conf'));
  let folder: string;
  let root: string;
  let server: Server;
  let machine: Machine;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'corpus-'));
    mkdirSync(path.join(folder, 'run'));
    root = path.join(folder, 'root.conf');
    const present = readdirSync(MODULES)
      .map((name) => /^mod_(.+)\.so$/.exec(name)?.[1] ?? '')
      .filter((name) => name !== '' && !LEFT_OUT.test(name) && !/^wsgi[_-]/.test(name));
    const ordered = [...new Set([...NEEDED.filter((name) => present.includes(name)), ...present])];
    const lines = [
      `ServerRoot ${folder}`,
      'DefaultRuntimeDir run',
      'ErrorLog /dev/null',
      'ServerName localhost',
      'Listen 80',
      ...ordered.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
    ];
    writeFileSync(root, `${lines.join('\n')}\n`);
    const environment = { ...process.env, APACHE_LOG_DIR: folder, APACHE_RUN_DIR: folder };
    const listed = spawnSync(HTTPD, ['-M', '-f', root], { encoding: 'utf8', env: environment }).stdout;
    const loaded = [...listed.matchAll(/^ (\w+) \(/gm)].map(
      ([, name = '']) => findModule(name)?.name ?? name,
    );
    expect(loaded).toContain('mod_wsgi');
    server = {
      program: 'apache2',
      version: /Apache\/([\d.]+)/.exec(spawnSync(HTTPD, ['-v'], { encoding: 'utf8' }).stdout)?.[1] ?? '',
      serverRoot: folder,
      modules: [...loaded, 'mpm_common', 'http_core', 'mod_unixd'],
      defines: [],
    };
    const users = namesIn('/etc/passwd');
    const groups = namesIn('/etc/group');
    machine = {
      files: new Disk(),
      environment,
      hasUser: (name) => users.has(name),
      hasGroup: (name) => groups.has(name),
      resolves: () => true,
      modulesIn: () => undefined,
    };
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(files)('%s: accepted or refused alike, at the same line', (name) => {
    const file = path.join(CORPUS, name);
    const asked = spawnSync(HTTPD, ['-t', '-f', root, '-c', `Include ${file}`], {
      encoding: 'utf8',
      env: { ...process.env, APACHE_LOG_DIR: folder, APACHE_RUN_DIR: folder },
    });
    const ours = configTest(assemble({ server, machine, file, text: readFileSync(file, 'utf8') }), server);
    const theirs = verdictOf(asked.status, asked.stderr.split('\n'));
    expect(verdictOf(ours.exitCode, ours.lines), asked.stderr).toEqual(theirs);
  });
});
