import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Directive } from '../catalogue/directives';
import type { ArgumentKind, Place } from '../catalogue/facts';
import { assemble, configTest } from './assemble';
import { memoryFiles } from './fixtures/memory-files';
import type { Machine, Server } from './machine';

/** One recording of the real server, see fixtures/httpd-token-cases.json. */
interface Recording {
  readonly name: string;
  readonly config: string;
  readonly words: readonly unknown[];
  readonly errors: readonly string[];
  readonly rc: number;
}

const [head, ...recordings] = JSON.parse(
  readFileSync(path.join(__dirname, 'fixtures', 'httpd-token-cases.json'), 'utf8'),
) as [{ fixtures: Record<string, string> }, ...Recording[]];

const files = Object.fromEntries(Object.entries(head.fixtures).map(([name, text]) => [`ROOT/${name}`, text]));

const MODULE_FOLDER = '/usr/lib/apache2/modules';

const machine: Machine = {
  files: memoryFiles({
    ...files,
    'ROOT/run/': '',
    '/etc/hostname': 'lab\n',
    [`${MODULE_FOLDER}/mod_alias.so`]: '',
    [`${MODULE_FOLDER}/mod_env.so`]: '',
  }),
  environment: { DOLLAR: `\${NESTED}` },
  hasUser: (name) => name === 'www-data',
  hasGroup: () => true,
  resolves: (host) => !host.endsWith('.invalid'),
  modulesIn: (library) => [`${path.basename(library, '.so').replace(/^mod_/, '')}_module`],
};

/** The server that was recorded: what Debian compiles in, and the modules its configuration had loaded before. */
const server: Server = {
  program: 'apache2',
  version: '2.4.71',
  serverRoot: 'ROOT',
  modules: [
    'core',
    'http_core',
    'mod_so',
    'mod_watchdog',
    'mod_log_config',
    'mod_logio',
    'mod_version',
    'mod_unixd',
    'event',
    'mpm_common',
    'mod_alias',
    'mod_authz_core',
    'mod_macro',
    'mod_wsgi',
  ],
  defines: [],
};

const EVERYWHERE: readonly Place[] = [
  'server config',
  'virtual host',
  'directory',
  'location',
  'files',
  'if',
  'proxy',
  'limit',
];

/** A directive of the module that printed the words. */
const probe = (name: string, args: ArgumentKind, more: Partial<Directive> = {}): Directive => ({
  name,
  key: name.toLowerCase(),
  args,
  section: false,
  module: 'mod_tokprobe',
  onRead: false,
  places: EVERYWHERE,
  documentedPlaces: EVERYWHERE,
  htaccess: false,
  ...more,
});

const probes = [
  probe('ProbeArgv', 'TAKE_ARGV'),
  probe('ProbeNow', 'TAKE_ARGV', { onRead: true }),
  probe('ProbeIter', 'ITERATE'),
  probe('ProbeOne', 'TAKE1', { help: 'one word' }),
  probe('ProbeTwo', 'TAKE2', { help: 'two words' }),
  probe('ProbeSection', 'RAW_ARGS', { section: true }),
];

/** The recorder wrote bytes as Latin-1. */
const asRecorded = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const run = (config: string) => {
  const assembly = assemble({ server, machine, file: 'F', text: config, extraDirectives: probes });
  const words = assembly.executions
    .filter(({ name }) => /^<?Probe/.test(name))
    .map(({ name, args, raw, origin, parent }) => ({
      d: name,
      line: origin.line,
      ...(parent !== undefined && { in: parent }),
      ...(raw ? { raw: asRecorded(args[0] ?? '') } : { argv: args.map(asRecorded) }),
    }));
  const { lines, exitCode } = configTest(assembly, server);
  // The recorder replaced the program's name in this kind of line only.
  const errors = lines.map((line) => line.replace(/^apache2: Syntax error/, 'httpd: Syntax error'));
  return { words, errors, rc: exitCode };
};

describe('what httpd 2.4.71 made of a text', () => {
  test('all recordings are here', () => {
    expect(recordings).toHaveLength(288);
  });

  test.each(recordings.map((recording) => [recording.name, recording] as const))('%s', (name, recording) => {
    const { words, errors, rc } = recording;
    const answer = run(recording.config);
    // The recorder cut this one line, which goes through 128 files, after the third.
    if (name === 'include self')
      answer.errors = answer.errors.map((line) => line.slice(0, errors[0]?.length));
    expect(answer).toEqual({ words, errors, rc });
  });
});
