import { describe, expect, it } from 'vitest';
import { UserError } from './errors';
import {
  expressOptions,
  expressOptionsSchema,
  type OptionValue,
  optionsToArguments,
} from './express-options';
import { expressOptionsPage } from './express-options-page';

/** The options of upstream's launcher, from release 4.4.0 to 6.1.1. */
const upstreamOptions = `
  application-type entry-point application-group process-group host port http2 https-port ssl-port
  ssl-certificate-file ssl-certificate-key-file ssl-certificate ssl-ca-certificate-file ssl-verify-client
  ssl-certificate-chain-file ssl-environment https-only hsts-policy server-name server-alias
  allow-localhost processes threads max-clients initial-workers minimum-spare-workers maximum-spare-workers
  limit-request-body maximum-requests startup-timeout shutdown-timeout restart-interval cpu-time-limit
  graceful-timeout eviction-timeout deadlock-timeout inactivity-timeout ignore-activity request-timeout
  interrupt-timeout connect-timeout socket-timeout proxy-timeout queue-timeout header-timeout
  header-max-timeout header-min-rate body-timeout body-max-timeout body-min-rate server-backlog
  daemon-backlog send-buffer-size receive-buffer-size header-buffer-size response-buffer-size
  response-socket-timeout response-flush-delay enable-sendfile disable-reloading reload-on-changes user
  group callable-object map-head-to-get document-root directory-index directory-listing allow-override
  mount-point url-alias error-document error-override proxy-mount-point proxy-url-alias proxy-virtual-host
  trust-proxy-header trust-proxy keep-alive-timeout compress-responses server-metrics telemetry-service
  enable-telemetry telemetry-ui-port telemetry-interval slow-requests switch-interval free-threading
  telemetry-options server-status host-access-script auth-user-script auth-type auth-group-script
  auth-group include-file rewrite-rules envvars-script lang locale setenv passenv working-directory
  pid-file server-root server-mpm log-directory log-level access-log startup-log verbose-debugging
  log-to-terminal access-log-format error-log-format error-log-name access-log-name startup-log-name
  rotate-logs max-log-size rotatelogs-executable python-path python-eggs python-warnings shell-executable
  httpd-executable process-name modules-directory mime-types socket-prefix add-handler chunked-request
  with-php5 with-cgi service-script service-user service-group service-log-file orphan-interpreter
  embedded-mode enable-docs debug-mode enable-debugger debugger-startup enable-coverage coverage-directory
  enable-profiler profiler-directory enable-recorder recorder-directory enable-gdb gdb-executable
  setup-only profiler-output-file newrelic-config-file newrelic-environment with-newrelic
  with-newrelic-agent with-newrelic-platform with-wdb proxy-buffer-size isatty
`
  .trim()
  .split(/\s+/);

const refused = (options: Record<string, OptionValue>): string => {
  try {
    optionsToArguments(options);
  } catch (error) {
    if (error instanceof UserError) return error.toText();
    throw error;
  }
  throw new Error('accepted');
};

describe('optionsToArguments', () => {
  it.each<[Record<string, OptionValue>, string[]]>([
    [{}, []],
    [{ port: 0 }, ['--port=0']],
    [{ port: '8080' }, ['--port=8080']],
    [{ 'debug-mode': true, 'enable-debugger': false }, ['--debug-mode']],
    [{ 'python-path': 'lib' }, ['--python-path=lib']],
    [{ 'python-path': ['a b', '--c'] }, ['--python-path=a b', '--python-path=--c']],
    [{ 'server-mpm': ['worker', 'prefork'] }, ['--server-mpm=worker', '--server-mpm=prefork']],
    [{ 'log-level': 'trace8' }, ['--log-level=trace8']],
    [
      { 'initial-workers': 0.25, 'switch-interval': '.005' },
      ['--initial-workers=0.25', '--switch-interval=.005'],
    ],
    [{ 'header-buffer-size': 0 }, ['--header-buffer-size=0']],
    [{ 'mount-point': '/app' }, ['--mount-point=/app']],
    [{ setenv: ['A', '-1'] }, ['--setenv', 'A', '-1']],
    [
      {
        'url-alias': [
          ['/a', 'x y'],
          ['/b', 'z'],
        ],
      },
      ['--url-alias', '/a', 'x y', '--url-alias', '/b', 'z'],
    ],
    [{ setenv: [] as string[] }, []],
  ])('%j', (options, words) => {
    expect(optionsToArguments(options)).toEqual(words);
  });

  it.each<[Record<string, OptionValue>, string]>([
    [{ prot: 1 }, 'mod_wsgi-express has no option --prot. [option-unknown]\nDid you mean --port?'],
    [{ 'quite-unlike-any-other': 1 }, 'See start-server --help for all options.'],
    [
      { port: 65536 },
      'The option --port does not accept 65536. [option-value]\nIt takes a whole number from 0 to 65535.',
    ],
    [{ port: 1.5 }, 'does not accept 1.5'],
    [{ port: true }, 'does not accept true'],
    [{ threads: 0 }, 'It takes a whole number from 1 to 1000.'],
    [
      { host: '' },
      'The option --host does not accept "". [option-value]\nIt takes a text that is not empty.',
    ],
    [{ host: 5 }, 'does not accept 5'],
    [{ host: ['a'] }, 'does not accept ["a"]'],
    [{ 'debug-mode': 'yes' }, 'It takes true or false.'],
    [{ 'application-type': 'asgi' }, 'It takes one of script, module, paste, static.'],
    [{ 'initial-workers': 1.5 }, 'It takes a number from 0 to 1.'],
    [{ 'header-buffer-size': 100 }, 'It takes 0, or a whole number from 8192 to 999999999.'],
    [{ 'mount-point': 'app' }, 'It takes the path of a URL, which begins with a slash.'],
    [
      { 'url-alias': ['static', 'x'] },
      'does not accept ["static","x"]. [option-value]\nIt takes two words: URL-PATH with a slash in front and PATH.',
    ],
    [{ setenv: ['A'] }, 'It takes two words: NAME and VALUE.'],
    [{ setenv: ['A', 'b', 'c'] }, 'It takes two words'],
    [{ setenv: 'A=b' }, 'It takes two words'],
    [{ setenv: [['A', 'b'], 'C'] }, 'It takes two words'],
    [
      { 'enable-gdb': true },
      'This mod_wsgi-express has no option --enable-gdb: a C debugger is attached from the editor',
    ],
    [{ 'python-path': [] as string[], 'server-mpm': ['fork'] }, 'does not accept ["fork"]'],
  ])('%j is refused', (options, message) => {
    expect(refused(options)).toContain(message);
  });
});

describe('the table', () => {
  it('has unique names without dashes in front', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+[25]?(-[a-z]+[5]?)*$/);
  });

  const names: readonly string[] = expressOptions.map((option) => option.name);

  it('gives every option but a flag a word for its value, and every choice its words', () => {
    for (const option of expressOptions) {
      expect('metavar' in option, option.name).toBe(option.type !== 'flag');
      expect('choices' in option, option.name).toBe(option.type === 'choice');
      expect('parts' in option, option.name).toBe(option.type === 'pair');
      expect(option.help, option.name).toMatch(/^[A-Z].*\.$/s);
      if (option.aliasOf) expect(names, option.name).toContain(option.aliasOf);
    }
  });

  it('has every option of upstream, and of release 4.4.0 what upstream removed later, but no other removed one', () => {
    const known = upstreamOptions.filter((name) => !names.includes(name));
    expect(known).toEqual(['with-wdb', 'proxy-buffer-size', 'isatty']);
    const own = expressOptions.filter(({ origin }) => origin === 'ours').map(({ name }) => name);
    expect(names.filter((name) => !upstreamOptions.includes(name))).toEqual(own);
  });

  it('becomes a schema and a page that name every option', () => {
    const { properties, additionalProperties } = expressOptionsSchema();
    expect(additionalProperties).toBe(false);
    expect(Object.keys(properties as object)).toEqual(
      expressOptions.filter(({ leftOut }) => !leftOut).map((option) => option.name),
    );
    expect(properties).toMatchObject({
      port: { type: 'integer', minimum: 0, maximum: 65535, default: 8000 },
      'python-path': { anyOf: [{ type: 'string' }, { type: 'array' }] },
      'debug-mode': { type: 'boolean' },
      'initial-workers': { type: 'number', minimum: 0, maximum: 1 },
      setenv: { anyOf: [{ type: 'array', minItems: 2, maxItems: 2 }, { type: 'array' }] },
      'server-mpm': { anyOf: [{ enum: ['event', 'worker', 'prefork'] }, { type: 'array' }] },
    });
    const page = expressOptionsPage();
    for (const { name } of expressOptions) expect(page).toContain(`| \`--${name}`);
  });
});

describe('the page of the options', () => {
  it('has rows of three cells', () => {
    const rows = expressOptionsPage()
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const cells = (row: string) => row.split(/(?<!\\)\|/).length - 2;
    expect(rows.filter((row) => cells(row) !== 3)).toEqual([]);
  });
});
