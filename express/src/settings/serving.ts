import { isIP } from 'node:net';
import { UsageError } from '../command-line/usage-error';
import { checkForm, type OptionReader } from './option-reader';

/** How the server is reached, besides host and port. */
export interface SiteSettings {
  /** Undefined: requests are served whatever name they use. */
  readonly name: string | undefined;
  readonly aliases: readonly string[];
  readonly allowLocalhost: boolean;
  readonly http2: boolean;
  readonly backlog: number;
  /** In seconds; 0 closes the connection after each response, undefined leaves it to the mode and the MPM. */
  readonly keepAliveTimeout: number | undefined;
}

const HOST_NAME = /^[A-Za-z0-9*?_.-]+$/;
const A_HOST_NAME = 'a host name such as www.example.com';

export const readSite = (options: OptionReader): SiteSettings => {
  const name = options.text('server-name');
  return {
    name: name && checkForm('server-name', name, /^[A-Za-z0-9_.-]+$/, A_HOST_NAME),
    aliases: options
      .list('server-alias')
      .map((alias) => checkForm('server-alias', alias, HOST_NAME, `${A_HOST_NAME}, with * for any text`)),
    allowLocalhost: options.flag('allow-localhost'),
    http2: options.flag('http2'),
    backlog: options.number('server-backlog'),
    keepAliveTimeout: options.optionalNumber('keep-alive-timeout'),
  };
};

/** HTTPS. */
export interface TlsSettings {
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  readonly chain: string | undefined;
  /** Certificates of clients come from this authority. */
  readonly clientAuthority: string | undefined;
  /** URL paths below which clients need a certificate; empty: everywhere. */
  readonly verifyClientAt: readonly string[];
  readonly tellsApplication: boolean;
  /** Plain requests are redirected. */
  readonly only: boolean;
  readonly strictTransport: string | undefined;
}

export const readTls = (options: OptionReader): TlsSettings | undefined => {
  const port = options.optionalNumber('https-port');
  if (port === undefined) return undefined;
  const stem = options.path('ssl-certificate');
  const certificate = stem ? `${stem}.crt` : options.path('ssl-certificate-file');
  const key = stem ? `${stem}.key` : options.path('ssl-certificate-key-file');
  if (!certificate || !key)
    throw new UsageError({
      code: 'certificate-missing',
      message: `HTTPS on port ${port} needs a certificate and its private key.`,
      action: 'Add --ssl-certificate-file and --ssl-certificate-key-file, or --ssl-certificate.',
    });
  return {
    port,
    certificate,
    key,
    chain: options.path('ssl-certificate-chain-file'),
    clientAuthority: options.path('ssl-ca-certificate-file'),
    verifyClientAt: options.list('ssl-verify-client'),
    tellsApplication: options.flag('ssl-environment'),
    only: options.flag('https-only'),
    strictTransport: options.text('hsts-policy'),
  };
};

/** One part of mod_reqtimeout's limits; seconds, and bytes for each further second. */
export interface ReadLimit {
  readonly timeout: number;
  readonly maximum: number;
  readonly minimumRate: number;
}

/** What holds for every request. */
export interface RequestSettings {
  readonly largestBody: number;
  readonly headers: ReadLimit;
  readonly body: ReadLimit;
  readonly acceptsChunked: boolean;
  /** Undefined: the module's own default. */
  readonly mapHeadToGet: string | undefined;
  readonly errorDocuments: readonly { readonly status: string; readonly url: string }[];
  readonly overridesErrors: boolean;
  readonly compresses: boolean;
  readonly usesSendfile: boolean;
}

/** The upper limit has to be above the time: a default gives way to what is chosen, a chosen one is refused. */
const readLimit = (options: OptionReader, part: 'header' | 'body', isChosen: boolean): ReadLimit => {
  const timeout = options.number(`${part}-timeout`);
  const maximum = options.number(`${part}-max-timeout`);
  const minimumRate = options.number(`${part}-min-rate`);
  if (timeout === 0 || maximum === 0 || maximum > timeout) return { timeout, maximum, minimumRate };
  if (!isChosen) return { timeout, maximum: 0, minimumRate };
  throw new UsageError({
    code: 'option-value',
    message: `The option --${part}-max-timeout does not accept "${maximum}": the time that it limits, --${part}-timeout, is ${timeout}.`,
    action: 'It takes a larger number, or 0 for no upper limit.',
  });
};

export const readRequests = (options: OptionReader, isGiven: (name: string) => boolean): RequestSettings => ({
  largestBody: options.number('limit-request-body'),
  headers: readLimit(options, 'header', isGiven('header-max-timeout')),
  body: readLimit(options, 'body', isGiven('body-max-timeout')),
  acceptsChunked: options.flag('chunked-request'),
  mapHeadToGet: isGiven('map-head-to-get') ? options.text('map-head-to-get') : undefined,
  errorDocuments: options.pairs('error-document').map(([status, url]) => ({
    status: checkForm('error-document', status, /^[345]\d\d$/, 'a status from 300 to 599, and a URL path'),
    url,
  })),
  overridesErrors: options.flag('error-override'),
  compresses: options.flag('compress-responses'),
  usesSendfile: options.flag('enable-sendfile'),
});

/** Files that Apache serves itself. */
export interface StaticSettings {
  readonly documentRoot: string | undefined;
  /** The longest URL first, so that the most precise one wins. */
  readonly aliases: readonly { readonly url: string; readonly target: string }[];
  readonly directoryIndex: string | undefined;
  readonly directoryListing: boolean;
  /** Classes of directives; empty: .htaccess files are not read. */
  readonly allowOverride: readonly string[];
  readonly mimeTypes: string | undefined;
  readonly rewriteRules: string | undefined;
  readonly handlers: readonly { readonly extension: string; readonly script: string }[];
  readonly cgi: boolean;
}

export const readStatic = (options: OptionReader): StaticSettings => ({
  documentRoot: options.path('document-root'),
  aliases: options
    .pairs('url-alias')
    .map(([url, target]) => ({ url, target: options.resolve(target) }))
    .sort((left, right) => right.url.length - left.url.length),
  directoryIndex: options.text('directory-index'),
  directoryListing: options.flag('directory-listing'),
  allowOverride: options
    .list('allow-override')
    .map((word) =>
      checkForm('allow-override', word, /^[A-Za-z]+(=[\w,]+)?$/, 'a class such as FileInfo or All'),
    ),
  mimeTypes: options.path('mime-types'),
  rewriteRules: options.path('rewrite-rules'),
  handlers: options.pairs('add-handler').map(([extension, script]) => ({
    extension: `.${checkForm('add-handler', extension, /^\.?[\w+-]+$/, 'a file ending such as .hello, and a script').replace(/^\./, '')}`,
    script: options.resolve(script),
  })),
  cgi: options.flag('with-cgi'),
});

/** Who gets in. */
export interface AccessSettings {
  readonly hostScript: string | undefined;
  readonly users:
    | {
        readonly script: string;
        readonly type: string;
        /** Only members of this group get in. */
        readonly group: { readonly script: string; readonly name: string } | undefined;
      }
    | undefined;
}

export const readAccess = (options: OptionReader): AccessSettings => {
  const script = options.path('auth-user-script');
  const groupScript = options.path('auth-group-script');
  if (groupScript && !script)
    throw new UsageError({
      code: 'auth-user-script-missing',
      message: '--auth-group-script tells the groups of a user, and nothing tells who the user is.',
      action: 'Add --auth-user-script.',
    });
  return {
    hostScript: options.path('host-access-script'),
    users: script
      ? {
          script,
          type: options.text('auth-type') ?? 'Basic',
          group: groupScript
            ? { script: groupScript, name: options.text('auth-group') ?? 'wsgi' }
            : undefined,
        }
      : undefined,
  };
};

/** Servers behind this one, and proxies in front of it. */
export interface ProxySettings {
  readonly mountPoints: readonly { readonly path: string; readonly url: string }[];
  readonly virtualHosts: readonly { readonly name: string; readonly url: string }[];
  readonly timeout: number | undefined;
  readonly trustedHeaders: readonly string[];
  readonly trustedProxies: readonly string[];
}

const BACKEND = /^(?:https?|wss?|ajp|fcgi|unix):[^\s"]+$/;

export const readProxy = (options: OptionReader): ProxySettings => ({
  mountPoints: options
    .pairs('proxy-mount-point')
    .map(([path, url]) => ({
      path,
      url: checkForm('proxy-mount-point', url, BACKEND, 'a URL path, and the URL of a server'),
    }))
    .sort((left, right) => right.path.length - left.path.length),
  virtualHosts: options.pairs('proxy-virtual-host').map(([name, url]) => ({
    name: checkForm('proxy-virtual-host', name, HOST_NAME, 'a host name, and the URL of a server'),
    url: checkForm('proxy-virtual-host', url, BACKEND, 'a host name, and the URL of a server'),
  })),
  timeout: options.optionalNumber('proxy-timeout'),
  // Another character than these has been seen to end Apache's processes.
  trustedHeaders: options
    .list('trust-proxy-header')
    .map((header) =>
      checkForm(
        'trust-proxy-header',
        header,
        /^[A-Za-z0-9-]+$/,
        'the name of a header, written with hyphens',
      ),
    ),
  trustedProxies: options.list('trust-proxy').map(readAddress),
});

/** Modules know addresses in lower case alone. */
const readAddress = (text: string): string => {
  const [address = '', mask] = text.split('/');
  const version = isIP(address);
  const isMask = mask === undefined || (/^\d{1,3}$/.test(mask) && Number(mask) <= (version === 6 ? 128 : 32));
  return checkForm(
    'trust-proxy',
    version > 0 && isMask ? text.toLowerCase() : '',
    /./,
    `an address or a subnet such as 10.0.0.0/8, not ${JSON.stringify(text)}`,
  );
};
