import { readFileSync } from 'node:fs';
import type { Settings } from '../settings';

/** The directives of Apache's own modules that people write into configuration of their own, by module. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  alias:
    'Alias AliasMatch Redirect RedirectMatch RedirectPermanent RedirectTemp ScriptAlias ScriptAliasMatch',
  auth_basic: 'AuthBasicProvider AuthBasicAuthoritative',
  authn_core: 'AuthType AuthName AuthnProviderAlias',
  authn_file: 'AuthUserFile',
  authz_groupfile: 'AuthGroupFile',
  autoindex: 'IndexOptions IndexIgnore AddIcon HeaderName ReadmeName',
  deflate: 'DeflateCompressionLevel DeflateFilterNote',
  dir: 'DirectoryIndex DirectorySlash FallbackResource',
  env: 'SetEnv PassEnv UnsetEnv',
  expires: 'ExpiresActive ExpiresByType ExpiresDefault',
  filter: 'AddOutputFilterByType FilterDeclare FilterProvider FilterChain',
  headers: 'Header RequestHeader',
  log_config: 'CustomLog LogFormat TransferLog',
  mime: 'AddType AddHandler AddEncoding AddLanguage AddOutputFilter TypesConfig RemoveHandler RemoveType ForceType',
  proxy: 'ProxyPass ProxyPassMatch ProxyPassReverse ProxyPreserveHost ProxyRequests ProxyTimeout',
  proxy_http: 'ProxyPass ProxyPassMatch',
  remoteip: 'RemoteIPHeader RemoteIPInternalProxy RemoteIPTrustedProxy',
  rewrite: 'RewriteEngine RewriteRule RewriteCond RewriteMap RewriteBase RewriteOptions',
  setenvif: 'SetEnvIf SetEnvIfNoCase BrowserMatch BrowserMatchNoCase SetEnvIfExpr',
  status: 'ExtendedStatus',
};

const names = new Map(
  Object.entries(DIRECTIVES).flatMap(([module, directives]) =>
    directives.split(' ').map((directive) => [`${module} ${directive.toLowerCase()}`, module] as const),
  ),
);

/** What `Require` asks for, and the module that answers. */
const REQUIREMENTS: Readonly<Record<string, string>> = {
  ip: 'authz_host',
  host: 'authz_host',
  local: 'authz_host',
  'valid-user': 'authz_user',
  user: 'authz_user',
  group: 'authz_groupfile',
};

/** The modules of Apache's that a configuration text uses, as far as the tables above know. */
export const modulesUsedBy = (text: string): Set<string> => {
  const used = new Set<string>();
  for (const [, directive = '', argument = ''] of text.matchAll(/^[ \t]*<?(\w+)[ \t]*([^\s>]*)/gm)) {
    const lower = directive.toLowerCase();
    for (const module of Object.keys(DIRECTIVES)) if (names.has(`${module} ${lower}`)) used.add(module);
    const asked = lower === 'require' ? REQUIREMENTS[argument.toLowerCase()] : undefined;
    if (asked) used.add(asked);
  }
  return used;
};

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** The modules that the user's own files need: they were written for servers that have them loaded. */
export const includedModules = ({ includeFiles, files }: Settings): Set<string> =>
  modulesUsedBy([...includeFiles, ...(files.rewriteRules ? [files.rewriteRules] : [])].map(read).join('\n'));
