import { choice, file, flag, float, group, int, pair, seconds, text, urlPath } from './option';

const TELEMETRY =
  'it reports to the package mod_wsgi-telemetry, which belongs to upstream; see --server-status and --server-metrics';

/** What is served, and where it listens. */
export const servingOptions = [
  ...group('application', [
    choice(
      'application-type',
      'TYPE',
      ['script', 'module', 'paste', 'static'],
      'How the application is given: the path of a WSGI script, the name of a module to import, the path of a PasteDeploy file; or static: files alone, no application.',
      { default: 'script' },
    ),
    text(
      'entry-point',
      'SCRIPT|MODULE',
      'The application; the same as the word without an option, and wins over it.',
    ),
    text('callable-object', 'NAME', 'Name of the WSGI application object inside the script or module.', {
      default: 'application',
    }),
    urlPath('mount-point', 'URL path that belongs to the application; it becomes SCRIPT_NAME.', {
      default: '/',
    }),
    file(
      'working-directory',
      'DIRECTORY',
      'Directory the application runs in; it also comes first on the module search path.',
      { defaultText: 'the current directory' },
    ),
    text(
      'application-group',
      'NAME',
      'Interpreter within the process that runs the application. A %{...} label other than %{GLOBAL} means that it is loaded by the first request.',
      { defaultText: 'the main interpreter' },
    ),
    flag(
      'disable-reloading',
      'Keeps the loaded script although its file has changed. Implied by --embedded-mode.',
    ),
    flag(
      'reload-on-changes',
      'Restarts the processes of the application when a file of an imported module has changed. Not in debug mode.',
    ),
    flag('setup-only', 'Writes the server root and does not start the server, as setup-server does.'),
    flag('enable-docs', 'Serves the documentation of mod_wsgi.', {
      leftOut: 'the documentation is on the web, and upstream ships no copy of it any more either',
    }),
  ]),
  ...group('listener', [
    text(
      'host',
      'ADDRESS',
      'Address or host name to listen on, for instance 127.0.0.1, ::1 or localhost; it also becomes the name of the server.',
      { defaultText: 'all addresses of the machine' },
    ),
    int('port', 'NUMBER', 'Port to listen on; 0 takes any free one.', {
      default: 8000,
      range: { minimum: 0, maximum: 65535 },
    }),
    text(
      'server-name',
      'HOSTNAME',
      'Name of the site: requests for other names are refused. For a name with www. in front, requests for the name without it are redirected.',
    ),
    text(
      'server-alias',
      'HOSTNAME',
      'One more name of the site; * stands for any text. Needs --server-name.',
      {
        repeatable: true,
      },
    ),
    flag(
      'allow-localhost',
      'With --server-name: requests from this machine are served whatever name they use.',
    ),
    flag('http2', 'Speaks HTTP/2 too. Needs an MPM with threads.'),
    int('server-backlog', 'NUMBER', 'Connections that wait to be accepted.', { default: 500 }),
    int(
      'keep-alive-timeout',
      'SECONDS',
      'How long a connection stays open for a next request; 0 closes it after each.',
      { defaultText: '2; 0.1 in embedded mode with worker or prefork, where it holds a thread or process' },
    ),
  ]),
  ...group('tls', [
    int('https-port', 'NUMBER', 'Port to listen on for HTTPS. Needs a certificate and its key.', {
      range: { minimum: 1, maximum: 65535 },
    }),
    int('ssl-port', 'NUMBER', 'The same as --https-port.', {
      range: { minimum: 1, maximum: 65535 },
      aliasOf: 'https-port',
    }),
    file('ssl-certificate-file', 'FILE', 'The certificate of the server, PEM.'),
    file('ssl-certificate-key-file', 'FILE', 'The private key of the certificate, PEM.'),
    file(
      'ssl-certificate',
      'STEM',
      'Certificate and key in files that differ in their ending: STEM.crt and STEM.key. Wins over the two options.',
    ),
    file(
      'ssl-certificate-chain-file',
      'FILE',
      'Certificates between that of the server and a known authority.',
    ),
    file(
      'ssl-ca-certificate-file',
      'FILE',
      'Clients have to present a certificate of this authority: everywhere, or where --ssl-verify-client says.',
    ),
    urlPath('ssl-verify-client', 'URL path below which clients have to present a certificate.', {
      repeatable: true,
    }),
    flag(
      'ssl-environment',
      'Tells the application about the TLS connection (SSL_PROTOCOL, SSL_CLIENT_S_DN …).',
    ),
    flag('https-only', 'Redirects plain requests to HTTPS.'),
    text(
      'hsts-policy',
      'PARAMS',
      'Value of the Strict-Transport-Security header of HTTPS responses, e.g. max-age=31536000.',
    ),
  ]),
  ...group('requests', [
    int('limit-request-body', 'BYTES', 'Largest request body; more is answered with 413. 0 means no limit.', {
      default: 10_485_760,
    }),
    flag('chunked-request', 'Accepts request bodies without a Content-Length. On in debug mode.'),
    choice(
      'map-head-to-get',
      'WHEN',
      ['Off', 'On', 'Auto'],
      'Whether the application sees HEAD requests as GET; Auto does it where a filter changes the response.',
      { default: 'Auto' },
    ),
    pair(
      'error-document',
      [
        { metavar: 'STATUS', type: 'string' },
        { metavar: 'URL-PATH', type: 'url-path' },
      ],
      'Page to answer with for an error status that Apache itself gives.',
    ),
    flag(
      'error-override',
      "Error responses of the application are replaced by Apache's, and so by --error-document.",
    ),
    flag('compress-responses', 'Compresses text, CSS, JavaScript, JSON and SVG for clients that accept it.'),
    flag(
      'enable-sendfile',
      'Lets the kernel send files of wsgi.file_wrapper and static files. Not for every file system.',
    ),
    seconds(
      'header-timeout',
      15,
      'Time for a client to send the headers of a request; 0 leaves it to Apache.',
    ),
    seconds('header-max-timeout', 30, 'Upper limit when --header-min-rate extends the time; 0 means none.'),
    int('header-min-rate', 'BYTES', 'Every so many bytes of headers extend the time by a second.', {
      default: 500,
    }),
    seconds('body-timeout', 15, 'Time for a client to send a request body; 0 leaves it to Apache.'),
    seconds('body-max-timeout', 0, 'Upper limit when --body-min-rate extends the time; 0 means none.'),
    int('body-min-rate', 'BYTES', 'Every so many bytes of body extend the time by a second.', {
      default: 500,
    }),
  ]),
  ...group('static', [
    file(
      'document-root',
      'DIRECTORY',
      'Files found here are served by Apache; every other URL belongs to the application.',
      { defaultText: 'none, or htdocs in the server root' },
    ),
    pair(
      'url-alias',
      [
        { metavar: 'URL-PATH', type: 'url-path' },
        { metavar: 'PATH', type: 'path' },
      ],
      'File or directory to serve for a URL path.',
    ),
    text(
      'directory-index',
      'NAME',
      'File to serve for a directory of the document root; directories then do not reach the application.',
    ),
    flag(
      'directory-listing',
      'Lists directories of the document root; they then do not reach the application.',
    ),
    text('allow-override', 'CLASS', 'Directives that .htaccess files may hold, such as FileInfo or All.', {
      repeatable: true,
    }),
    file('mime-types', 'FILE', 'Content types by file ending.', { defaultText: "the system's mime.types" }),
    file(
      'rewrite-rules',
      'FILE',
      'File of mod_rewrite directives for the whole site, read before anything else is mapped; patterns match the URL path with its slash in front.',
    ),
    pair(
      'add-handler',
      [
        { metavar: 'EXTENSION', type: 'string' },
        { metavar: 'SCRIPT', type: 'path' },
      ],
      'Hands files with this ending, e.g. .hello, to the WSGI script: to its handle_request, else its application.',
    ),
    flag('with-cgi', 'Runs files that end in .cgi as CGI programs.'),
    flag('with-php5', 'Runs PHP 5.', { leftOut: 'PHP 5 and its module mod_php5 are no longer maintained' }),
  ]),
  ...group('access', [
    file('host-access-script', 'SCRIPT', 'Python file whose allow_access decides which clients get in.'),
    file('auth-user-script', 'SCRIPT', 'Python file that checks user and password for the whole site.'),
    choice('auth-type', 'TYPE', ['Basic', 'Digest'], 'How users authenticate.', { default: 'Basic' }),
    file(
      'auth-group-script',
      'SCRIPT',
      'Python file that names the groups of a user; only members of --auth-group get in. Needs --auth-user-script.',
    ),
    text('auth-group', 'NAME', 'Group whose members get in.', { default: 'wsgi' }),
  ]),
  ...group('proxy', [
    pair(
      'proxy-mount-point',
      [
        { metavar: 'URL-PATH', type: 'url-path' },
        { metavar: 'URL', type: 'string' },
      ],
      'Passes requests below the URL path on to another server.',
    ),
    pair(
      'proxy-url-alias',
      [
        { metavar: 'URL-PATH', type: 'url-path' },
        { metavar: 'URL', type: 'string' },
      ],
      'The same as --proxy-mount-point.',
      { aliasOf: 'proxy-mount-point' },
    ),
    pair(
      'proxy-virtual-host',
      [
        { metavar: 'HOSTNAME', type: 'string' },
        { metavar: 'URL', type: 'string' },
      ],
      'Passes every request for the host name on to another server.',
    ),
    int('proxy-timeout', 'SECONDS', 'How long the other server may take.', {
      defaultText: 'as --socket-timeout',
    }),
    text(
      'trust-proxy-header',
      'HEADER',
      'Header of a proxy in front that is believed, e.g. X-Forwarded-For; written with hyphens.',
      { repeatable: true },
    ),
    text(
      'trust-proxy',
      'ADDRESS',
      'Address or subnet of a proxy whose headers are believed; without it, any.',
      {
        repeatable: true,
      },
    ),
  ]),
  ...group('monitoring', [
    flag('server-status', "Apache's own status page at /server-status, for this machine only."),
    flag(
      'server-metrics',
      'Lets the application ask for figures about the server (mod_wsgi.server_metrics).',
    ),
    text('telemetry-service', 'TARGET', 'Where figures are sent to.', { leftOut: TELEMETRY }),
    flag('enable-telemetry', 'Collects figures and shows them in a page.', { leftOut: TELEMETRY }),
    int('telemetry-ui-port', 'NUMBER', 'Port of that page.', { leftOut: TELEMETRY }),
    float('telemetry-interval', 'SECONDS', 'Time between two reports.', { leftOut: TELEMETRY }),
    text('telemetry-options', 'ARGS', 'What is reported.', { repeatable: true, leftOut: TELEMETRY }),
    float('slow-requests', 'SECONDS', 'Reports requests that take longer.', { leftOut: TELEMETRY }),
  ]),
] as const;
