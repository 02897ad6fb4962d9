/** Lines that are looked at: comments and blank ones do not count. */
const LINES = 20;

/** Sections that only Apache's configuration has. */
const SECTION =
  /^<(?:VirtualHost|IfModule|IfDefine|IfVersion|Directory(?:Match)?|Location(?:Match)?|FilesMatch|RequireAll|RequireAny|Proxy)\b[^>]*>/i;

/** Directives whose form nothing else has: one of them is proof. */
const PROOF =
  /^(?:WSGI[A-Za-z]+\s+\S|LoadModule\s+\w+_module\s+\S+|ServerRoot\s+["/]|Require\s+all\s+(?:granted|denied)\b|(?:IncludeOptional)\s+\S|RewriteEngine\s+(?:on|off)\b|AllowOverride\s+\S)/i;

/** Directives that other languages could also have: two of them are enough. */
const HINT =
  /^(?:Server(?:Name|Alias|Admin|Signature|Tokens)|DocumentRoot|Listen|ErrorLog|CustomLog|LogFormat|LogLevel|Alias|ScriptAlias|Redirect(?:Match)?|DirectoryIndex|AddType|AddHandler|SetHandler|SetEnv|Options|Header|ProxyPass(?:Reverse)?|SSLEngine|SSLCertificate\w*|RewriteRule|RewriteCond|Define|Include|User|Group|KeepAlive|Timeout)\s+["\w/$%*+.-]/;

/** Ends of lines and shapes that Apache never has: nginx, INI files, shell scripts. */
const FOREIGN = /[{;]\s*$|^\[[^\]]+\]\s*$|^[\w.-]+\s*[=:]\s|^#!/;

/**
 * True if a text is Apache configuration by its first lines. For files whose name does not say it: a `*.conf` can be
 * anything.
 *
 * @param text the whole text or its beginning
 */
export const looksLikeApache = (text: string): boolean => {
  const seen = text
    .slice(0, 20_000)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line, index) => line !== '' && (!line.startsWith('#') || (index === 0 && line.startsWith('#!'))))
    .slice(0, LINES);
  if (seen.some((line) => SECTION.test(line) || PROOF.test(line))) return true;
  const hints = seen.filter((line) => HINT.test(line)).length;
  return hints >= 2 && !seen.some((line) => FOREIGN.test(line) && !HINT.test(line));
};

/** How a line of the error log begins in Apache's default format: time, module with level, process. */
const LOG_LINE = /^\[\w{3} \w{3} [ \d]\d [\d:.]+ \d{4}\] \[[\w-]*:\w+\] \[pid \d+/m;

/** True if a text is an error log of Apache 2.4 by its first lines: other programs' logs have other lines. */
export const looksLikeErrorLog = (text: string): boolean => LOG_LINE.test(text.slice(0, 20_000));
