import { wordTable } from '../../../../common/src/word-table';
import { splitWords } from '../../syntax/words';
import type { AfterHandler, Handler } from '../execute';

/** Names `Require` knows, and the module that brings each. */
const PROVIDERS: Readonly<Record<string, string>> = wordTable({
  all: 'mod_authz_core',
  env: 'mod_authz_core',
  method: 'mod_authz_core',
  expr: 'mod_authz_core',
  ip: 'mod_authz_host',
  host: 'mod_authz_host',
  local: 'mod_authz_host',
  'forward-dns': 'mod_authz_host',
  user: 'mod_authz_user',
  'valid-user': 'mod_authz_user',
  group: 'mod_authz_groupfile',
  'file-owner': 'mod_authz_owner',
  'file-group': 'mod_authz_owner',
  dbmgroup: 'mod_authz_dbm',
  'dbm-group': 'mod_authz_dbm',
  'dbm-file-group': 'mod_authz_dbm',
  'dbd-group': 'mod_authz_dbd',
  'dbd-login': 'mod_authz_dbd',
  'dbd-logout': 'mod_authz_dbd',
  'ldap-user': 'mod_authnz_ldap',
  'ldap-group': 'mod_authnz_ldap',
  'ldap-dn': 'mod_authnz_ldap',
  'ldap-attribute': 'mod_authnz_ldap',
  'ldap-filter': 'mod_authnz_ldap',
  'ldap-search': 'mod_authnz_ldap',
  'wsgi-group': 'mod_wsgi',
});

const require: Handler = ({ node, raw, state, run }) => {
  const words = splitWords(raw).map(({ value }) => value);
  const [provider = ''] = words[0]?.toLowerCase() === 'not' ? words.slice(1) : words;
  const module = PROVIDERS[provider.toLowerCase()];
  if (!module || !state.modules.has(module)) return `Unknown Authz provider: ${provider}`;
  run.authorizationDirectives.add(node);
  return undefined;
};

export const authorizationHandlers: Readonly<Record<string, Handler>> = wordTable({ require });

/** Authorization sections must not be empty; one that is not counts as a directive of its own. */
const container: AfterHandler = (node, _state, run) => {
  if (!node.children.some((child) => run.authorizationDirectives.has(child)))
    return `${canonical(node.name)}> directive contains no authorization directives`;
  run.authorizationDirectives.add(node);
  return undefined;
};

const CONTAINERS = ['<RequireAll', '<RequireAny', '<RequireNone'];

const canonical = (written: string): string =>
  CONTAINERS.find((name) => name.toLowerCase() === written.toLowerCase()) ?? written;

export const afterAuthorization: Readonly<Record<string, AfterHandler>> = wordTable(
  Object.fromEntries(CONTAINERS.map((name) => [name.toLowerCase(), container])),
);
