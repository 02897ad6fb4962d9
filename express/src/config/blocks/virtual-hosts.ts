import type { ServerPlan } from '../../plan';
import type { TlsSettings } from '../../settings';
import { type BlockMaker, section } from '../block';
import { locationSection } from '../sections';
import { httpdWord } from '../words';
import { passOn } from './proxies';
import { rewriting } from './rewriting';

/** One way to reach the site. */
interface Entrance {
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** What every virtual host of this entrance needs. */
  readonly transport: readonly string[];
}

/** Whether the site is divided into virtual hosts. */
export const hasVirtualHosts = ({ settings: { site, tls, proxy } }: ServerPlan): boolean =>
  site.name !== undefined || tls !== undefined || proxy.virtualHosts.length > 0;

const transport = (tls: TlsSettings): string[] => [
  'SSLEngine On',
  `SSLCertificateFile ${httpdWord(tls.certificate, 'The certificate')}`,
  `SSLCertificateKeyFile ${httpdWord(tls.key, 'The key of the certificate')}`,
  ...(tls.chain ? [`SSLCertificateChainFile ${httpdWord(tls.chain, 'The certificate chain')}`] : []),
  ...(tls.tellsApplication ? ['SSLOptions +StdEnvVars'] : []),
  ...(tls.strictTransport
    ? [
        `Header always set Strict-Transport-Security ${httpdWord(tls.strictTransport.replaceAll('%', '%%'), 'The HSTS policy')}`,
      ]
    : []),
  ...clientCertificates(tls),
];

const clientCertificates = ({ clientAuthority, verifyClientAt }: TlsSettings): string[] => {
  if (!clientAuthority) return [];
  const authority = `SSLCACertificateFile ${httpdWord(clientAuthority, 'The certificate of the authority')}`;
  const required = ['SSLVerifyClient require', 'SSLVerifyDepth 1'];
  if (verifyClientAt.length === 0) return [authority, ...required];
  return [authority, ...verifyClientAt.flatMap((url) => locationSection(url, required))];
};

const hostOf = ({ port, transport: lines }: Entrance, body: readonly string[], name?: string): string[] =>
  section(`VirtualHost *:${port}`, [
    ...(name ? [`ServerName ${httpdWord(name, 'The name of the site')}`] : []),
    ...lines,
    ...body,
  ]);

/** What a plain request gets where HTTPS is a must; the name that the client used is kept. */
const toHttps = ({ settings: { site } }: ServerPlan, { port }: TlsSettings): string[] => {
  const suffix = port === 443 ? '' : `:${port}`;
  return site.name
    ? [`Redirect permanent "/" ${httpdWord(`https://${site.name}${suffix}/`, 'The name of the site')}`]
    : [
        'RewriteEngine On',
        `RewriteRule "^" "https://%{SERVER_NAME}${suffix}%{REQUEST_URI}" [R=permanent,END]`,
      ];
};

/** The site under its own name, and an answer for requests that use another. */
const namedSite = (plan: ServerPlan, entrance: Entrance, body: readonly string[], name: string): string[] => {
  const { aliases, allowLocalhost } = plan.settings.site;
  const others = allowLocalhost
    ? [...rewriting(plan), ...locationSection('/', ['AuthMerging And', 'Require local'])]
    : locationSection('/', ['Require all denied']);
  const parent = /^www\.(.+)/.exec(name)?.[1];
  const isDefault = entrance.port === (entrance.scheme === 'https' ? 443 : 80);
  const target = `${entrance.scheme}://${name}${isDefault ? '' : `:${entrance.port}`}/`;
  return [
    ...hostOf(entrance, others),
    ...(parent ? hostOf(entrance, [`Redirect permanent "/" ${httpdWord(target, 'The name')}`], parent) : []),
    ...hostOf(
      entrance,
      [
        ...(aliases.length > 0
          ? [`ServerAlias ${aliases.map((alias) => httpdWord(alias, 'An alias of the site')).join(' ')}`]
          : []),
        ...body,
      ],
      name,
    ),
  ];
};

const siteAt = (plan: ServerPlan, entrance: Entrance): string[] => {
  const { site, tls } = plan.settings;
  const redirects = entrance.scheme === 'http' && tls?.only;
  const body = redirects && tls ? toHttps(plan, tls) : rewriting(plan);
  return site.name ? namedSite(plan, entrance, body, site.name) : hostOf(entrance, body);
};

/** The site as virtual hosts: by name, by HTTP and HTTPS, and those that belong to other servers. */
export const virtualHosts: BlockMaker = (plan) => {
  if (!hasVirtualHosts(plan)) return { comment: 'Before anything is mapped.', lines: rewriting(plan) };
  const { tls, proxy } = plan.settings;
  const http: Entrance = { scheme: 'http', port: plan.port, transport: [] };
  return {
    comment: 'Virtual hosts: the first of an address answers requests that use no known name.',
    lines: [
      ...siteAt(plan, http),
      ...(tls ? siteAt(plan, { scheme: 'https', port: tls.port, transport: transport(tls) }) : []),
      ...proxy.virtualHosts.flatMap(({ name, url }) => hostOf(http, passOn(plan, '/', url), name)),
    ],
  };
};
