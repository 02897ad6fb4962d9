import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpd, moduleRows } from '../support/machine';
import { generated, project } from './support';

/** Options, and the lines that they make; a line's beginning is enough. */
interface Row {
  readonly words: readonly string[];
  readonly lines: readonly string[];
  readonly absent?: readonly RegExp[];
}

const pip = moduleRows.find(({ name }) => name === 'pip');
const bundled = moduleRows.find(({ name }) => name === 'bundled');
const distribution = moduleRows.find(({ name }) => name === 'distribution');

const ROWS: readonly Row[] = [
  {
    words: [],
    lines: [
      'WSGIDaemonProcess "localhost:8123" \\',
      'display-name="%{GROUP}" \\',
      'threads=5 \\',
      'RequestReadTimeout header=15-30,MinRate=500 body=15,MinRate=500',
      'LimitRequestBody 10485760',
      'KeepAliveTimeout 2',
      'ListenBacklog 500',
      'MaxRequestWorkers 64',
      'request-timeout=60 \\',
      'WSGIRestrictEmbedded On',
    ],
    absent: [/^CustomLog/m, /processes=/, /mod_(?:mime|alias|rewrite|dir|env|ssl|status|proxy)\.so/],
  },
  {
    words: ['--header-timeout=0', '--body-timeout=7', '--body-max-timeout=9', '--body-min-rate=100'],
    lines: ['RequestReadTimeout body=7-9,MinRate=100'],
  },
  {
    words: ['--header-timeout=3', '--header-max-timeout=0', '--header-min-rate=1', '--body-timeout=0'],
    lines: ['RequestReadTimeout header=3,MinRate=1'],
  },
  {
    words: [
      ...['--startup-timeout=1', '--shutdown-timeout=2', '--graceful-timeout=3', '--eviction-timeout=4'],
      ...['--deadlock-timeout=5', '--inactivity-timeout=6', '--request-timeout=7', '--connect-timeout=8'],
      ...[
        '--socket-timeout=9',
        '--queue-timeout=10',
        '--response-socket-timeout=11',
        '--restart-interval=12',
      ],
      ...['--cpu-time-limit=13', '--maximum-requests=14', '--daemon-backlog=15', '--send-buffer-size=4096'],
      ...['--receive-buffer-size=8192', '--header-buffer-size=16384', '--response-buffer-size=65536'],
      ...['--processes=2', '--threads=3', '--server-backlog=16', '--keep-alive-timeout=0'],
      ...['--python-eggs=.', '--python-path=lib', '--locale=C.UTF-8', '--process-group=my group'],
      ...['--socket-prefix=/tmp', '--ignore-activity=/health', '--limit-request-body=0', '--server-metrics'],
    ],
    lines: [
      'WSGISocketPrefix "/tmp/wsgi"',
      'WSGIDaemonProcess "my group" \\',
      ...['startup-timeout=1 ', 'shutdown-timeout=2 ', 'graceful-timeout=3 ', 'eviction-timeout=4 '],
      ...['deadlock-timeout=5 ', 'inactivity-timeout=6 ', 'request-timeout=7 ', 'connect-timeout=8 '],
      ...['socket-timeout=9 ', 'queue-timeout=10 ', 'response-socket-timeout=11', 'restart-interval=12 '],
      ...['cpu-time-limit=13 ', 'maximum-requests=14 ', 'listen-backlog=15 ', 'send-buffer-size=4096 '],
      ...['receive-buffer-size=8192 ', 'header-buffer-size=16384 ', 'response-buffer-size=65536'],
      ...[
        'processes=2 ',
        'threads=3 ',
        'ListenBacklog 16',
        'KeepAlive Off',
        'Timeout 9',
        'server-metrics="On"',
      ],
      ...['python-eggs="', 'python-path="', 'lang="C.UTF-8"', 'locale="C.UTF-8"', 'home="'],
      ...['<Location "/health">', 'WSGIIgnoreActivity On', 'LimitRequestBody 0', 'WSGIServerMetrics On'],
      'ExtendedStatus On',
    ],
  },
  {
    words: [
      '--max-clients=200',
      '--initial-workers=0.5',
      '--minimum-spare-workers=0.1',
      '--maximum-spare-workers=0.9',
    ],
    lines: [
      ...['ServerLimit 4', 'StartServers 2', 'MaxRequestWorkers 200', 'ThreadsPerChild 50'],
      ...['MinSpareThreads 20', 'MaxSpareThreads 180'],
    ],
  },
  {
    words: ['--embedded-mode', '--server-mpm=event'],
    lines: ['LoadModule mpm_event_module', 'KeepAliveTimeout 2', 'MaxKeepAliveRequests 0'],
  },
  {
    words: ['--embedded-mode', '--keep-alive-timeout=3'],
    lines: ['KeepAliveTimeout 3', 'MaxKeepAliveRequests 100'],
  },
  {
    words: ['--server-mpm=prefork', '--max-clients=40'],
    lines: [
      'LoadModule mpm_prefork_module',
      'MaxRequestWorkers 40',
      'MinSpareServers 2',
      'MaxSpareServers 4',
    ],
  },
  {
    words: ['--embedded-mode', '--processes=3', '--threads=4', '--maximum-requests=9', '--python-path=lib'],
    lines: [
      ...[
        'ServerLimit 3',
        'StartServers 3',
        'ThreadsPerChild 4',
        'MaxRequestWorkers 12',
        'MaxConnectionsPerChild 9',
      ],
      ...['WSGIPythonPath "', 'WSGIScriptReloading Off', 'LoadModule mpm_worker_module'],
      ...['KeepAliveTimeout 100ms', 'MaxKeepAliveRequests 100'],
    ],
    absent: [/WSGIDaemonProcess/],
  },
  {
    words: [
      '--disable-reloading',
      '--chunked-request',
      '--map-head-to-get=On',
      '--orphan-interpreter',
      '--error-override',
    ],
    lines: [
      ...[
        'WSGIScriptReloading Off',
        'WSGIChunkedRequest On',
        'WSGIMapHEADToGET On',
        'WSGIDestroyInterpreter Off',
      ],
      'WSGIErrorOverride On',
    ],
  },
  {
    words: [
      '--access-log',
      '--access-log-format=%h "%r" %>s',
      '--access-log-name=requests',
      '--log-level=info',
    ],
    lines: ['LogFormat "%h \\"%r\\" %>s" custom', 'LogLevel info'],
  },
  {
    words: [
      '--access-log',
      '--access-log-format=combined',
      '--rotate-logs',
      '--max-log-size=7',
      '--log-directory=logs',
    ],
    lines: [
      'LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined',
      'ErrorLog "|\\"',
    ],
  },
  {
    words: ['--http2', '--enable-sendfile', '--compress-responses', '--setenv', 'A', 'b c', '--passenv=HOME'],
    lines: [
      ...['Protocols h2c http/1.1', 'LoadModule http2_module', 'EnableSendfile On', 'WSGIEnableSendfile On'],
      ...['AddOutputFilterByType DEFLATE text/plain', 'SetEnv A "b c"', 'PassEnv HOME'],
    ],
  },
  {
    words: ['--error-log-format=[%t] %M', '--error-log-name=errors', '--pid-file=x.pid'],
    lines: ['ErrorLogFormat "[%t] %M"', 'PidFile "'],
  },
];

const linesOf = (configuration: string): string[] => configuration.split('\n').map((line) => line.trim());

const check = async ({ words, lines, absent = [] }: Row, module: string | undefined): Promise<void> => {
  const cwd = project({ 'lib/x.py': '' });
  const { configuration, root, stderr } = await generated(words, cwd, module);
  const found = linesOf(configuration);
  for (const line of lines)
    expect(
      found.some((candidate) => candidate.startsWith(line)),
      `${line}\n${configuration}`,
    ).toBe(true);
  for (const pattern of absent) expect(configuration).not.toMatch(pattern);
  expect(stderr).toBe('');
  execFileSync(httpd.executable, ['-t', '-f', path.join(root, 'httpd.conf')], { stdio: 'pipe' });
};

describe.each([distribution, pip])('the configuration for the module of $name', (row) => {
  it.skipIf(!row?.module).each(ROWS)('$words', (options) => check(options, row?.module));
});

describe('what only version 6 knows', () => {
  const words = [
    '--interrupt-timeout=3',
    '--response-flush-delay=8',
    '--switch-interval=0.01',
    '--python-warnings=ignore::DeprecationWarning',
  ];

  it.skipIf(!pip?.module)('is written for it', () =>
    check(
      {
        words,
        lines: [
          ...[
            'interrupt-timeout=3 ',
            'response-flush-delay=8',
            'switch-interval="0.01"',
            'WSGISwitchInterval 0.01',
          ],
          'WSGIPythonWarnings "ignore::DeprecationWarning"',
        ],
      },
      pip?.module,
    ),
  );

  it.skipIf(!distribution?.module)('is left out for version 4.9, and the user is told', async () => {
    const { configuration, stderr } = await generated(words, project(), distribution?.module);
    expect(configuration).not.toMatch(
      /interrupt-timeout|response-flush-delay|switch-interval|WSGISwitchInterval/,
    );
    expect(stderr).toMatch(
      /The option --switch-interval has no effect: the module \S+ has no WSGISwitchInterval\./,
    );
    expect(stderr).toMatch(/The option --interrupt-timeout has no effect: the process groups of the module/);
  });
});

it.skipIf(!bundled?.module)('the bundled module gets only directives that it knows', async () => {
  const { root } = await generated(
    [
      '--map-head-to-get=On',
      '--request-timeout=3',
      '--server-metrics',
      '--python-warnings=ignore',
      '--orphan-interpreter',
    ],
    project(),
    bundled?.module,
  );
  execFileSync(httpd.executable, ['-t', '-f', path.join(root, 'httpd.conf')], { stdio: 'pipe' });
});
