import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../common/src/errors';
import { expressOptions } from '../../common/src/express-options';
import { allPairs } from './support/all-pairs';
import { moduleRows } from './support/machine';
import { scratchFolder } from './support/scratch';
import { complaint, setUpInProcess } from './support/set-up';

/** What stands behind the command: a level of a factor. The empty one is the default. */
type Level = readonly string[];

const tls: Level = [
  '--https-port=8443',
  '--ssl-certificate-file=cert.pem',
  '--ssl-certificate-key-file=key.pem',
];

/** Factors of one option each, which is there or not. */
const alone = (...options: readonly (string | Level)[]): (readonly Level[])[] =>
  options.map((option) => [[], typeof option === 'string' ? [option] : option]);

/** A reference to a variable, as httpd and shells write one. */
const reference = (name: string): string => `$\{${name}}`;

/** Names that mean something to Apache, to a shell or to Python; a log that is rotated can have no quotes. */
const FOLDER = `a b ${reference('HOME')} %{x} # é*[x];`;
const DOCUMENTS = `it's "docs" \\`;
const SCRIPT = `the "script's" $(name).py`;

/**
 * The factors. A level is a combination that makes sense by itself: options that need each other stand in one factor, every
 * other one is a factor of its own. Every option of the table that is not left out is in one of them, or in {@link ELSEWHERE}.
 */
const FACTORS: readonly (readonly Level[])[] = [
  [
    ['app.wsgi'],
    ['app', '--application-type=module', '--callable-object=application'],
    ['--application-type=static', `--document-root=${DOCUMENTS}`],
    ['app.wsgi', '--entry-point=app.wsgi'],
  ],
  [
    [],
    tls,
    [...tls, '--https-only', '--hsts-policy=max-age=60', '--ssl-environment'],
    [
      ...['--ssl-port=8444', '--ssl-certificate=cert', '--ssl-certificate-chain-file=cert.pem'],
      ...['--ssl-ca-certificate-file=cert.pem', '--ssl-verify-client=/private'],
    ],
  ],
  [[], ['--embedded-mode'], ['--debug-mode'], ['--enable-debugger', '--debugger-startup']],
  [[], ['--server-mpm=worker'], ['--server-mpm=prefork']],
  [[], ['--server-name=example.com'], ['--server-name=www.example.com', '--server-alias=*.example.com']],
  [[], ['--host=127.0.0.1'], ['--host=::1']],
  [[], ['--log-directory=logs']],
  [[], ['--access-log'], ['--access-log', '--access-log-format=combined']],
  [[], ['--access-log', '--access-log-format=%h "%r"']],
  [[], [`--document-root=${DOCUMENTS}`]],
  [[], [`--auth-user-script=${SCRIPT}`], [`--auth-user-script=${SCRIPT}`, '--auth-type=Digest']],
  [[], [`--auth-user-script=${SCRIPT}`, `--auth-group-script=${SCRIPT}`, '--auth-group=staff']],
  [
    [],
    ['--proxy-mount-point', '/a/', 'http://127.0.0.1:9/'],
    ['--proxy-url-alias', '/b', 'http://127.0.0.1:9'],
  ],
  [
    [],
    ['--trust-proxy-header=X-Forwarded-For', '--trust-proxy=10.0.0.1'],
    ['--trust-proxy-header=X-Real-IP'],
  ],
  [[], ['--header-timeout=0'], ['--header-timeout=2', '--header-max-timeout=3']],
  [[], ['--body-timeout=0'], ['--body-max-timeout=0'], ['--body-timeout=2', '--body-max-timeout=3']],
  [[], ['--keep-alive-timeout=0'], ['--keep-alive-timeout=5']],
  [[], ['--map-head-to-get=Off'], ['--map-head-to-get=On']],
  [[], ['--lang=C.UTF-8', '--locale=C.UTF-8']],
  [[], ['--disable-reloading'], ['--reload-on-changes']],
  [[], ['--newrelic-config-file=mime.types', '--newrelic-environment=a "b" $HOME']],
  [
    [],
    ['--service-script', 'jobs', SCRIPT],
    ['--service-script', 'jobs', SCRIPT, '--service-log-file', 'jobs', 'jobs.log'],
  ],
  ...alone(
    ...[
      `--mount-point=/shop "x" ${reference('HOME')}`,
      '--allow-localhost',
      '--threads=1',
      '--processes=3',
      '--max-clients=40',
    ],
    ...['--initial-workers=0.5', '--minimum-spare-workers=0.2', '--maximum-spare-workers=0.6'],
    ...['--log-to-terminal', '--rotate-logs', '--max-log-size=3', '--startup-log', '--startup-log-name=s'],
    ...['--error-log-name=e', '--access-log-name=a', '--log-level=debug', '--error-log-format=%M "%{x}i" \\'],
    ...[
      '--directory-index=index.html',
      '--directory-listing',
      '--allow-override=FileInfo',
      '--error-override',
    ],
    ['--url-alias', '/static "x"', DOCUMENTS],
    ['--url-alias', '/a.txt', `${DOCUMENTS}/a.txt`],
    ['--error-document', '404', '/static/404.html?a="b"'],
    `--host-access-script=${SCRIPT}`,
    ['--proxy-virtual-host', 'other.example.com', 'http://127.0.0.1:9/'],
    ...['--proxy-timeout=3', '--header-min-rate=0', '--body-min-rate=9', '--limit-request-body=0'],
    ...[
      '--chunked-request',
      '--compress-responses',
      '--enable-sendfile',
      '--server-status',
      '--server-metrics',
    ],
    ...['--with-cgi', '--mime-types=mime.types', '--rewrite-rules=rewrite.conf', '--http2'],
    ['--add-handler', '.php', SCRIPT],
    ['--setenv', 'A', `b "c" ${reference('PATH')} \\`],
    ...['--passenv=HOME', '--envvars-script=env.sh', '--python-path=lib', '--python-warnings=ignore'],
    ...[
      '--switch-interval=0.01',
      '--python-eggs=eggs',
      '--application-group=web "x"',
      '--process-group=we "b"',
    ],
    ...['--process-name=web $(x)', '--socket-prefix=sockets', '--request-timeout=3', '--interrupt-timeout=2'],
    ...['--connect-timeout=4', '--socket-timeout=5', '--queue-timeout=6', '--startup-timeout=0'],
    ...['--shutdown-timeout=1', '--graceful-timeout=0', '--eviction-timeout=3', '--deadlock-timeout=0'],
    ...[
      '--inactivity-timeout=9',
      '--ignore-activity=/ping "x"',
      '--maximum-requests=7',
      '--restart-interval=9',
    ],
    ...['--cpu-time-limit=9', '--send-buffer-size=4096', '--receive-buffer-size=4096'],
    ...['--header-buffer-size=8192', '--response-buffer-size=65536', '--response-socket-timeout=3'],
    ...['--response-flush-delay=9', '--daemon-backlog=10', '--server-backlog=9', '--include-file=extra.conf'],
    ...[
      '--pid-file=my.pid',
      '--working-directory=lib',
      '--orphan-interpreter',
      '--coverage-directory=report',
    ],
    ...['--enable-coverage', '--enable-recorder', '--recorder-directory=kept', '--enable-profiler'],
    ...['--profiler-directory=profiles', '--profiler-output-file=p.dat'],
  ),
];

/** Options that choose programs, accounts and places of this machine, and those that do not change the configuration. */
const ELSEWHERE = new Set([
  ...[
    'python',
    'user',
    'group',
    'server-root',
    'port',
    'httpd-executable',
    'modules-directory',
    'module-path',
  ],
  ...['shell-executable', 'rotatelogs-executable', 'setup-only', 'service-user', 'service-group'],
  ...['with-newrelic', 'with-newrelic-agent', 'free-threading'],
]);

const FILES: Readonly<Record<string, string>> = {
  'app.wsgi': 'def application(environ, start_response):\n    pass\n',
  'app.py': 'def application(environ, start_response):\n    pass\n',
  [SCRIPT]: '',
  'cert.pem': 'Read when the server starts.',
  'cert.crt': 'Read when the server starts.',
  'cert.key': 'Read when the server starts.',
  'key.pem': 'Read when the server starts.',
  'mime.types': 'text/x-test tst\n',
  'rewrite.conf': 'RewriteEngine On\n',
  'extra.conf': '# Nothing.\n',
  'env.sh': '',
  [`${DOCUMENTS}/a.txt`]: '',
  'lib/app.py': '',
  'eggs/x': '',
  'sockets/x': '',
};

const project = (): string => {
  const cwd = path.join(scratchFolder(), FOLDER);
  for (const [name, content] of Object.entries(FILES)) {
    const file = path.join(cwd, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return cwd;
};

it('has every option of the table', () => {
  const words = FACTORS.flat(2).filter((word) => word.startsWith('--'));
  const tested = new Set(words.map((word) => word.slice(2).split('=')[0] ?? ''));
  const names = expressOptions.filter((option) => option.leftOut === undefined).map(({ name }) => name);
  expect(names.filter((name) => !tested.has(name) && !ELSEWHERE.has(name))).toEqual([]);
});

it('has rows in which every two levels of two factors meet', () => {
  const levels = FACTORS.map((factor) => factor.length);
  const rows = allPairs(levels);
  const met = new Set(
    rows.flatMap((row) => row.flatMap((a, i) => row.slice(0, i).map((b, j) => `${j}:${b} ${i}:${a}`))),
  );
  const pairs = levels.flatMap((own, i) => levels.slice(0, i).map((other) => own * other));
  expect(met.size).toBe(pairs.reduce((sum, product) => sum + product, 0));
});

/** Notes on options without effect are no part of what is tested. */
beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What is wrong with a server of these words: a refusal, or Apache's complaint; undefined if nothing is. */
const problemOf = async (words: readonly string[], cwd: string, root: string, module: string) => {
  const server = await setUpInProcess(words, { cwd, root, module }).catch(refusal);
  return server instanceof UserError ? server : complaint(server.layout.configuration);
};

const refusal = (error: unknown): UserError => {
  if (error instanceof UserError) return error;
  throw error;
};

/** The factors without the levels that need a directive which this module does not have. */
const factorsFor = async (module: string, cwd: string): Promise<(readonly Level[])[]> => {
  const factors: (readonly Level[])[] = [];
  for (const factor of FACTORS) {
    const levels: Level[] = [];
    for (const level of factor) {
      const words = factor === FACTORS[0] ? level : ['app.wsgi', ...level];
      const root = path.join(cwd, 'alone');
      const outcome = level.length > 0 && (await setUpInProcess(words, { cwd, root, module }).catch(refusal));
      if (!(outcome instanceof UserError && outcome.code === 'option-without-effect')) levels.push(level);
    }
    factors.push(levels);
  }
  return factors;
};

for (const { name, module, missing } of moduleRows) {
  describe(`options together, with the ${name} module`, () => {
    if (!module) {
      it.skip(`left out: ${missing}`, () => {});
      return;
    }

    it('make a configuration that Apache takes, in combinations that hold every pair', async () => {
      const cwd = project();
      const factors = await factorsFor(module, cwd);
      const failures: string[] = [];
      for (const [index, row] of allPairs(factors.map((levels) => levels.length)).entries()) {
        const words = row.flatMap((level, factor) => factors[factor]?.[level] ?? []);
        const problem = await problemOf(words, cwd, path.join(cwd, `root-${index}`), module);
        if (problem) failures.push(`${words.join(' ')}\n  → ${problem}`);
      }
      expect(failures).toEqual([]);
    });
  });
}
