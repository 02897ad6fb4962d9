/** How httpd counts a directive's words before the handler sees them (httpd-grammar §4). */
export type ArgumentKind =
  | 'NO_ARGS'
  | 'RAW_ARGS'
  | 'TAKE1'
  | 'TAKE2'
  | 'TAKE3'
  | 'TAKE12'
  | 'TAKE13'
  | 'TAKE23'
  | 'TAKE123'
  | 'ITERATE'
  | 'ITERATE2'
  | 'FLAG'
  | 'TAKE_ARGV';

/** The manual's names of the places where a directive may stand. */
export type ManualContext = 'server config' | 'virtual host' | 'directory' | '.htaccess' | 'proxy section';

/** The places in which the running server was asked. */
export type Place =
  | 'server config'
  | 'virtual host'
  | 'directory'
  | 'location'
  | 'files'
  | 'if'
  | 'proxy'
  | 'limit';

/** What the server says about the level: per-directory sections only, never in them, or both. */
export type Where = 'outside' | 'inside' | 'anywhere';

/** A row of data/httpd-directives.json: the manual, and what httpd 2.4.71 was seen to accept. */
export interface HttpdDirectiveFact {
  readonly name: string;
  /** The spelling in the server's messages, where it differs. */
  readonly serverName?: string;
  readonly module: string;
  readonly section?: boolean;
  readonly contexts: readonly ManualContext[];
  readonly override?: readonly string[];
  readonly syntax: readonly string[];
  readonly default?: string;
  readonly compatibility?: string;
  readonly args?: ArgumentKind;
  /** Acts while the file is read, not afterwards. */
  readonly onRead?: boolean;
  /** Not in 2.4. */
  readonly trunkOnly?: boolean;
  /** Accepted by the server, not in the manual. */
  readonly undocumented?: boolean;
  /** Absent where the server at hand does not know the directive. */
  readonly where?: Where;
  readonly refused?: readonly Place[];
  readonly htaccess?: boolean;
  readonly values?: readonly string[];
  /** True if the server was seen to refuse every other value. */
  readonly closed?: boolean;
  /** The words httpd adds to its message about a wrong number of arguments. */
  readonly help?: string;
  /** What `httpd -L` prints, where no message has it. */
  readonly listed?: string;
}

/** A row of data/httpd-modules.json. */
export interface ModuleFact {
  readonly name: string;
  readonly identifier?: string;
  readonly sourceFile?: string;
  readonly status: string;
  readonly trunkOnly?: boolean;
}

export type WsgiStatus = 'current' | 'deprecated' | 'removed';

export interface WsgiArgumentFact {
  readonly name: string;
  readonly type: string;
  readonly optional?: boolean;
  readonly allowed?: readonly (string | number)[];
}

export interface WsgiOptionFact {
  readonly name: string;
  readonly type: 'int' | 'string' | 'path' | 'flag' | 'list' | 'float';
  readonly unit?: string;
  readonly default?: string | number;
  readonly range?: string;
  readonly allowed?: readonly string[];
  readonly since?: string;
  readonly removedIn?: string;
  readonly replacement?: string;
  readonly effect?: string;
  readonly gotchas?: readonly string[];
  readonly expansion?: readonly string[];
}

/** A row of data/mod-wsgi-directives.json. */
export interface WsgiDirectiveFact {
  readonly name: string;
  readonly section?: boolean;
  readonly status: WsgiStatus;
  readonly summary: string;
  readonly syntax: string;
  readonly args: ArgumentKind;
  readonly arguments?: readonly WsgiArgumentFact[];
  readonly options?: readonly WsgiOptionFact[];
  readonly contexts: readonly ManualContext[];
  readonly sourceMask: string;
  readonly override?: string;
  readonly default?: string | number;
  readonly since: string;
  readonly deprecatedIn?: string;
  readonly removedIn?: string;
  readonly replacement?: string;
  readonly gotchas?: readonly string[];
  readonly allowedChildren?: readonly string[];
  readonly manual?: string;
  readonly help?: string;
}

/** `%{GLOBAL}` and the like, with what each becomes. */
export interface LabelFact {
  readonly label: string;
  readonly since: string;
  readonly expandsTo: string;
}
