import type { ServerPlan } from '../../plan';
import type { BlockMaker } from '../block';
import { proxies } from '../needs';
import { locationSection } from '../sections';
import { httpdWord } from '../words';

/** The first Apache whose ProxyPass can switch a connection to WebSocket. */
const canUpgrade = (version: string): boolean => {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major > 2 || minor > 4 || patch >= 47;
};

/** Passes everything below a URL path on to another server, which is told where the request came in. */
export const passOn = ({ runtime }: ServerPlan, path: string, url: string): string[] => {
  const upgrade = /^https?:/.test(url) && canUpgrade(runtime.httpd.version) ? ' upgrade=websocket' : '';
  // What follows the path is put behind the URL as it is: one slash too few would make another host of it.
  const target = path.endsWith('/') ? `${url.replace(/\/$/, '')}/` : url.replace(/\/$/, '');
  const words = `${httpdWord(path, 'A URL path')} ${httpdWord(target, 'The URL of a server')}`;
  const prefix = path.replace(/\/$/, '').replaceAll('%', '%%');
  return [
    `ProxyPass ${words}${upgrade}`,
    `ProxyPassReverse ${words}`,
    ...locationSection(path, [
      'RequestHeader set X-Forwarded-Port "expr=%{SERVER_PORT}"',
      'RequestHeader set X-Forwarded-Scheme "expr=%{REQUEST_SCHEME}"',
      ...(prefix ? [`RequestHeader set X-Forwarded-Prefix ${httpdWord(prefix, 'A URL path')}`] : []),
    ]),
  ];
};

/** URL paths that belong to other servers. */
export const proxyMounts: BlockMaker = (plan) => {
  const { mountPoints, timeout } = plan.settings.proxy;
  return {
    comment: 'Other servers behind this one.',
    lines: [
      ...(proxies(plan) && timeout !== undefined ? [`ProxyTimeout ${timeout}`] : []),
      ...mountPoints.flatMap(({ path, url }) => passOn(plan, path, url)),
    ],
  };
};
