import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../common/src/errors';
import { type ExpressOption, expressOptions } from '../../common/src/express-options';
import { pythonLiteral } from '../src/server-root/python-literal';
import { shellWord } from '../src/server-root/shell-words';
import { moduleRows, python } from './support/machine';
import { scratchFolder } from './support/scratch';
import { readThroughControl, setUpInProcess } from './support/set-up';

/** A reference to a variable, as httpd and shells write one. */
const reference = (name: string): string => `$\{${name}}`;

/** A directive that no configuration of ours has. */
const INJECTED = 'ServerAdmin injected@example.com';

/** What a shell that took it for code would leave a file of. */
const SHELL_CODE = [
  "a$(touch marker)`touch marker`';touch marker;'",
  'a"$(touch marker)"`touch marker`";touch marker;"',
  'a\ntouch marker\n',
  'a;touch marker&touch marker|touch marker #',
  "'\\''$(touch marker)",
];

/** A value of a size that no person types. */
const LONG = 'x y'.repeat(60);

const VALUES: readonly string[] = [
  'a"b',
  "a'b",
  'a\\',
  'a" \\',
  `a\n${INJECTED}`,
  `a\r\n${INJECTED}`,
  `a\\\n${INJECTED}`,
  `a"\n${INJECTED}\n#"`,
  `a>\n${INJECTED}`,
  `a" ${INJECTED}`,
  reference('HOME'),
  `a${reference('PATH')}b`,
  '%{ENV:HOME}',
  '%{HTTP_HOST}e',
  '# a',
  'a b\tc',
  'é日本😀',
  LONG,
  ...SHELL_CODE,
];

/** Options whose value chooses what runs; a hostile one is refused or not even found. */
const PROGRAMS = new Set(['python', 'httpd-executable', 'modules-directory', 'module-path', 'server-root']);

/** The options that another one needs to have any effect. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  'access-log-format': ['--access-log'],
  'access-log-name': ['--access-log'],
  'startup-log-name': ['--startup-log'],
  'auth-group': ['--auth-user-script=auth.py', '--auth-group-script=auth.py'],
  'auth-group-script': ['--auth-user-script=auth.py'],
  'ssl-verify-client': [
    ...['--https-port=8443', '--ssl-certificate-file=auth.py', '--ssl-certificate-key-file=auth.py'],
    '--ssl-ca-certificate-file=auth.py',
  ],
  'hsts-policy': [
    ...['--https-port=8443', '--ssl-certificate-file=auth.py', '--ssl-certificate-key-file=auth.py'],
    '--https-only',
  ],
  'directory-index': ['--document-root=.'],
  'newrelic-environment': ['--newrelic-config-file=auth.py'],
  'coverage-directory': ['--enable-coverage'],
  'profiler-directory': ['--enable-profiler'],
  'profiler-output-file': ['--enable-profiler'],
  'recorder-directory': ['--enable-recorder'],
};

/**
 * Options whose value is in a language of Apache's own, or a name that has to exist, and how Apache then refuses the value
 * itself: in one piece, which is what counts here.
 */
const APACHE_JUDGES: Readonly<Record<string, RegExp>> = {
  host: /AH00077|Port must be specified|Invalid address|scope|Listen /i,
  'error-log-format': /ErrorLogFormat must contain|error log format|error log directive/i,
  'access-log-format': /LogFormat|log format|log directive/i,
};

/** Options whose value says by itself which directives there are. */
const CHOOSES_DIRECTIVES = new Set(['application-group']);

const textual = expressOptions.filter(
  ({ name, type, leftOut }) =>
    leftOut === undefined && ['string', 'path', 'url-path', 'pair'].includes(type) && !PROGRAMS.has(name),
);

/** The words that give an option a value: as it is, behind a slash for a URL, and for a pair in each of its places. */
const wordsFor = ({ name, type, parts }: ExpressOption, value: string): string[][] => {
  const asType = (kind: string) => (kind === 'url-path' ? `/${value}` : value);
  const plain = (kind: string) => (kind === 'url-path' ? '/plain' : kind === 'path' ? 'auth.py' : 'plain');
  const backend = (text: string) => (parts?.[1].metavar === 'URL' ? `http://127.0.0.1:9/${text}` : text);
  if (type !== 'pair' || !parts) return [[`--${name}=${asType(type)}`]];
  const [first, second] = parts;
  return [
    [`--${name}`, asType(first.type), backend(plain(second.type))],
    [`--${name}`, plain(first.type), backend(asType(second.type))],
  ];
};

const takesPath = ({ type, parts }: ExpressOption): boolean =>
  type === 'path' || (parts?.some((part) => part.type === 'path') ?? false);

/** Makes what a value names, so that it is not refused for being missing. */
const provide = (cwd: string, { metavar }: ExpressOption, value: string): void => {
  const file = path.join(cwd, value);
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  if (metavar === 'DIRECTORY') mkdirSync(file);
  else writeFileSync(file, '# Nothing.\n');
};

beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const row = moduleRows.toReversed().find(({ module }) => module);

/** Sets a server up and lets Apache and a shell read it; undefined where the value is refused. */
const readByAll = async (words: readonly string[], cwd: string, root: string, module: string) => {
  try {
    return readThroughControl(await setUpInProcess(words, { cwd, root, module }));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
};

/** Whether there are the directives of a plain value, or at least none that is injected where a plain one is refused. */
const isSame = (directives: readonly string[], plain: Awaited<ReturnType<typeof readByAll>>): boolean =>
  plain && 'directives' in plain
    ? directives.join() === plain.directives.join()
    : !directives.includes('ServerAdmin');

describe('a hostile value is refused, or stands as one value in all that is generated', () => {
  it.each(textual.map((option) => [option.name, option] as const))('--%s', async (name, option) => {
    const module = row?.module;
    if (!module) throw new Error('no module to generate a configuration for');
    const cwd = scratchFolder();
    writeFileSync(path.join(cwd, 'app.wsgi'), '');
    writeFileSync(path.join(cwd, 'auth.py'), 'x');
    const common = ['app.wsgi', ...(COMPANIONS[name] ?? [])];
    const failures: string[] = [];
    const wordsOfPlain = wordsFor(option, 'plain');
    for (const [position, plain] of wordsOfPlain.entries()) {
      if (takesPath(option)) provide(cwd, option, 'plain');
      const expected = await readByAll([...common, ...plain], cwd, path.join(cwd, 'root-plain'), module);
      for (const [index, value] of VALUES.entries()) {
        if (takesPath(option)) provide(cwd, option, value);
        const words = wordsFor(option, value)[position] ?? [];
        const read = await readByAll([...common, ...words], cwd, path.join(cwd, `root-${index}`), module);
        if (!read) continue;
        if ('complaint' in read) {
          if (!APACHE_JUDGES[name]?.test(read.complaint))
            failures.push(`${JSON.stringify(words)} → ${read.complaint}`);
        } else if (!isSame(read.directives, expected) && !CHOOSES_DIRECTIVES.has(name))
          failures.push(`${JSON.stringify(words)} changed the directives`);
      }
    }
    expect(failures).toEqual([]);
    expect(existsSync(path.join(cwd, 'marker'))).toBe(false);
  });
});

const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: 'binary', maxLength: 3 })), { minLength: 1 })
  .map((pieces) => pieces.join(''));

describe('a hostile word of a shell', () => {
  it('is read by a shell as the same word', () => {
    const words = fc.sample(hostileText, 300).map((text) => text.replaceAll('\0', ''));
    const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}\n`;
    const output = execFileSync('/bin/sh', { input: script, encoding: 'utf8', cwd: scratchFolder() });
    expect(output.split('\0').slice(0, -1)).toEqual(words);
  });
});

describe('a hostile value in the settings of the handler', () => {
  it('is read by Python as the same value', async () => {
    const values = [...VALUES, '\u2028\0\x7f', '\ud800', ' ', ...fc.sample(hostileText, 300)];
    const file = path.join(scratchFolder(), 'settings.py');
    writeFileSync(file, `SETTINGS = ${pythonLiteral({ values })}\n`);
    const code = 'import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])["SETTINGS"]))';
    const { stdout } = await execa(python.executable, ['-I', '-c', code, file]);
    expect(JSON.parse(stdout)).toEqual({ values });
  });
});
