import type { GeneratedSite } from '../../../common/src/language-requests';
import type { FileSystem } from '../model/machine';
import { quoted } from '../rules/site/common';
import type { Application } from './application';

/** What the user decides about a site. */
export interface SiteChoice {
  readonly serverName?: string | undefined;
  readonly pythonHome?: string | undefined;
}

/**
 * Limits that let a stuck application recover by itself, in an order in which each can do its work: Apache gives up a request
 * only after the process had its chance.
 */
const LIMITS = ['request-timeout=60', 'queue-timeout=45', 'socket-timeout=65', 'connect-timeout=15'];

/** A virtual host that serves an application in processes of its own, with access to its script and to nothing else. */
export const generateSite = (
  application: Application,
  { serverName, pythonHome }: SiteChoice,
  layout: Layout,
): GeneratedSite => {
  const { name, framework, notes } = application;
  const home = pythonHome ?? application.environment;
  const shown = serverName ?? `${name}.example.com`;
  const lines = [
    `<VirtualHost *:80>`,
    ...indented(
      `ServerName ${shown}`,
      '',
      ...staticLines(application),
      ...daemonLines(application, home),
      ...mountLines(application),
      '',
      ...accessLines(application),
      ...logLines(name, layout),
    ),
    '</VirtualHost>',
  ];
  return {
    fileName: `${name}.conf`,
    text: `${lines.join('\n')}\n`,
    framework,
    notes: [
      ...(serverName === undefined ? [`Replace \`${shown}\` by the name of the site.`] : []),
      ...(home === undefined
        ? [
            'No virtual environment was found: the application runs with the packages of the Python of mod_wsgi.',
          ]
        : []),
      ...notes,
      layout.howToSwitchOn(`${name}.conf`),
    ],
  };
};

const indented = (...lines: readonly string[]): readonly string[] =>
  lines.map((line) => (line === '' ? '' : `    ${line}`));

const staticLines = ({ statics }: Application): readonly string[] =>
  statics.flatMap(({ url, folder }) => [
    `Alias ${url} ${quoted(folder)}`,
    `<Directory ${quoted(folder.replace(/\/$/, ''))}>`,
    '    Require all granted',
    '</Directory>',
    '',
  ]);

const daemonLines = ({ name, root }: Application, home: string | undefined): readonly string[] => [
  [
    `WSGIDaemonProcess ${name} processes=2 threads=15 display-name=%{GROUP}`,
    `home=${quoted(root)}`,
    `python-path=${quoted(root)}`,
    ...(home === undefined ? [] : [`python-home=${quoted(home)}`]),
    'lang=C.UTF-8 locale=C.UTF-8 \\',
  ].join(' '),
  `    ${LIMITS.join(' ')} startup-timeout=30`,
];

const mountLines = ({ name, script, callable, authenticates }: Application): readonly string[] => [
  [
    `WSGIScriptAlias / ${quoted(script)} process-group=${name} application-group=%{GLOBAL}`,
    ...(callable === 'application' ? [] : [`callable-object=${callable}`]),
  ].join(' '),
  ...(authenticates ? ['WSGIPassAuthorization On'] : []),
];

const accessLines = ({ script }: Application): readonly string[] => {
  const slash = script.lastIndexOf('/');
  return [
    `<Directory ${quoted(script.slice(0, slash) || '/')}>`,
    `    <Files ${quoted(script.slice(slash + 1))}>`,
    '        Require all granted',
    '    </Files>',
    '</Directory>',
  ];
};

const logLines = (name: string, { logFolder }: Layout): readonly string[] =>
  logFolder === undefined
    ? []
    : ['', `ErrorLog ${logFolder}/${name}-error.log`, `CustomLog ${logFolder}/${name}-access.log combined`];

/** Where a system keeps its sites and logs. */
export interface Layout {
  /** As configurations write it; undefined where the main server's logs are used. */
  readonly logFolder: string | undefined;
  howToSwitchOn(fileName: string): string;
}

interface KnownLayout extends Layout {
  /** What is there on such a system. */
  readonly sign: string;
}

const LAYOUTS: readonly KnownLayout[] = [
  {
    sign: '/etc/apache2/sites-available',
    logFolder: `\${APACHE_LOG_DIR}`,
    howToSwitchOn: (fileName) =>
      `Save it as \`/etc/apache2/sites-available/${fileName}\`, then \`a2ensite ${fileName.replace(/\.conf$/, '')}\` and \`systemctl reload apache2\`.`,
  },
  {
    sign: '/etc/httpd/conf.d',
    logFolder: 'logs',
    howToSwitchOn: (fileName) =>
      `Save it as \`/etc/httpd/conf.d/${fileName}\`, then \`systemctl reload httpd\`.`,
  },
];

const ANY_LAYOUT: Layout = {
  logFolder: undefined,
  howToSwitchOn: (fileName) =>
    `Save it as \`${fileName}\` where the main configuration includes it, and reload Apache.`,
};

/** The layout of the system at hand. */
export const layoutOf = (files: Pick<FileSystem, 'kind'>): Layout =>
  LAYOUTS.find(({ sign }) => files.kind(sign) === 'folder') ?? ANY_LAYOUT;
