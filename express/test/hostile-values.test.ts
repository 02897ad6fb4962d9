import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../common/src/errors';
import { type ExpressOption, expressOptions } from '../../common/src/express-options';
import { pythonLiteral } from '../src/server-root/python-literal';
import { moduleRows, python } from './support/machine';
import { scratchFolder } from './support/scratch';
import { complaint, directivesOf, setUpInProcess } from './support/set-up';

/** A reference to a variable, as httpd and shells write one. */
const reference = (name: string): string => `$\{${name}}`;

/** A directive that no configuration of ours has. */
const INJECTED = 'ServerAdmin injected@example.com';

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
  "a$(touch marker)`touch marker`';touch marker;'",
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

const textual = expressOptions.filter(
  ({ name, type, leftOut }) =>
    leftOut === undefined && ['string', 'path', 'url-path', 'pair'].includes(type) && !PROGRAMS.has(name),
);

/** The words that give an option a value: as it is, behind a slash for a URL, and for a pair in each of its places. */
const wordsFor = ({ name, type, parts }: ExpressOption, value: string): string[][] => {
  const asType = (kind: string) => (kind === 'url-path' ? `/${value}` : value);
  const plain = (kind: string) => (kind === 'url-path' ? '/plain' : kind === 'path' ? 'auth.py' : 'plain');
  if (type !== 'pair' || !parts) return [[`--${name}=${asType(type)}`]];
  const [first, second] = parts;
  return [
    [`--${name}`, asType(first.type), plain(second.type)],
    [`--${name}`, plain(first.type), asType(second.type)],
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

describe('a hostile value is refused, or stands in the configuration as one value', () => {
  it.each(textual.map((option) => [option.name, option] as const))('--%s', async (name, option) => {
    const module = row?.module;
    if (!module) throw new Error('no module to generate a configuration for');
    const cwd = scratchFolder();
    writeFileSync(path.join(cwd, 'app.wsgi'), '');
    writeFileSync(path.join(cwd, 'auth.py'), 'x');
    const failures: string[] = [];
    for (const [index, value] of VALUES.entries()) {
      if (takesPath(option)) provide(cwd, option, value);
      for (const words of wordsFor(option, value)) {
        const root = path.join(cwd, `root-${index}`);
        try {
          const all = ['app.wsgi', ...(COMPANIONS[name] ?? []), ...words];
          const { layout } = await setUpInProcess(all, { cwd, root, module });
          const problem = complaint(layout.configuration);
          if (problem && !APACHE_JUDGES[name]?.test(problem))
            failures.push(`${JSON.stringify(words)} → ${problem}`);
          else if (!problem && /^\s*ServerAdmin\b/m.test(directivesOf(layout.configuration)))
            failures.push(`${JSON.stringify(words)} put a directive of its own into the configuration`);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }
    }
    expect(failures).toEqual([]);
  });
});

describe('a hostile value in the settings of the handler', () => {
  it('is read by Python as the same value', async () => {
    const values = [...VALUES, '\u2028\0\x7f', '\ud800', ' '];
    const file = path.join(scratchFolder(), 'settings.py');
    writeFileSync(file, `SETTINGS = ${pythonLiteral({ values })}\n`);
    const code = 'import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])["SETTINGS"]))';
    const { stdout } = await execa(python.executable, ['-I', '-c', code, file]);
    expect(JSON.parse(stdout)).toEqual({ values });
  });
});
