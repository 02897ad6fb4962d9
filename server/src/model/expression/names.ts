/** Variables of `%{NAME}` in expressions that any httpd 2.4 has (httpd-grammar §9); modules add the SSL ones. */
export const VARIABLES: readonly string[] = (
  'REQUEST_METHOD REQUEST_SCHEME REQUEST_URI REQUEST_FILENAME REMOTE_HOST REMOTE_IDENT REMOTE_USER REMOTE_ADDR ' +
  'REMOTE_PORT SERVER_ADMIN SERVER_NAME SERVER_PORT SERVER_PROTOCOL SCRIPT_FILENAME PATH_INFO QUERY_STRING IS_SUBREQ ' +
  'DOCUMENT_ROOT AUTH_TYPE THE_REQUEST CONTENT_TYPE HANDLER REQUEST_LOG_ID SCRIPT_USER SCRIPT_GROUP DOCUMENT_URI ' +
  'LAST_MODIFIED CONTEXT_PREFIX CONTEXT_DOCUMENT_ROOT REQUEST_STATUS HTTPS IPV6 CONN_LOG_ID CONN_REMOTE_ADDR HTTP2 ' +
  'HTTP_USER_AGENT HTTP_PROXY_CONNECTION HTTP_REFERER HTTP_COOKIE HTTP_FORWARDED HTTP_HOST HTTP_ACCEPT TIME_YEAR ' +
  'TIME_MON TIME_DAY TIME_HOUR TIME_MIN TIME_SEC TIME_WDAY TIME SERVER_SOFTWARE API_VERSION'
).split(' ');

/** Functions that give a string: `name(word)` and `%{name:arg}`. */
export const FUNCTIONS: readonly string[] =
  'osenv env resp req http note reqenv req_novary tolower toupper escape unescape file filesize base64 unbase64 sha1 md5 ldap'.split(
    ' ',
  );

/** Operators before one word; letter case matters. */
export const UNARY_OPERATORS: readonly string[] = 'nzRTdefsLhxFUA'.split('');

/** Operators between two words that are spelled with a name. */
export const BINARY_OPERATORS: readonly string[] = ['ipmatch', 'fnmatch', 'strmatch', 'strcmatch'];

const has = (names: readonly string[], name: string): boolean =>
  names.some((known) => known.toLowerCase() === name.toLowerCase());

/** Case does not matter; variables of modules are believed. */
export const isVariable = (name: string): boolean => has(VARIABLES, name) || /^SSL_/i.test(name);

/** Case does not matter; `SSL` is mod_ssl's, `hc` mod_proxy_hcheck's. */
export const isFunction = (name: string): boolean => has(FUNCTIONS, name) || /^(?:SSL|HC)$/i.test(name);
