/**
 * What our editor asks the language server beyond the protocol. Other editors may ask the same: see
 * docs/language-server.md. Every request about a document that is not open is answered with null.
 */

/** The language of Apache's error logs: hovers, links, folding and an outline are the server's. */
export const ERROR_LOG_LANGUAGE = 'apache-error-log';

interface AboutDocument {
  readonly textDocument: { readonly uri: string };
}

/** An answer as a page. */
export interface Explanation {
  readonly markdown: string;
}

/** Which host, mount, process and interpreter answer a URL → {@link Explanation}. */
export const EXPLAIN_URL = 'mod_wsgi/explainUrl';

export interface ExplainUrlParams extends AboutDocument {
  readonly url: string;
}

/** The configuration around a document as one text → {@link Explanation}. */
export const SHOW_CONFIGURATION = 'mod_wsgi/showConfiguration';

export type ShowConfigurationParams = AboutDocument;

/** Which Python each application runs with, and whether it is the one mod_wsgi is built for → {@link Explanation}. */
export const WHICH_PYTHON = 'mod_wsgi/whichPython';

export type WhichPythonParams = AboutDocument;

/** A configuration for an application → {@link GeneratedSite}. */
export const GENERATE_SITE = 'mod_wsgi/generateSite';

/** What a site is generated from; what is left out is found out or gets a value to be filled in. */
export interface GenerateSiteParams {
  /** The WSGI script, a Python file of the application, or the application's folder, as a URI. */
  readonly uri: string;
  readonly serverName?: string;
  /** The virtual environment's folder; else the one beside the application. */
  readonly pythonHome?: string;
}

/** A configuration file to be looked through and saved. */
export interface GeneratedSite {
  /** Proposed name, such as `shop.conf`. */
  readonly fileName: string;
  readonly text: string;
  readonly framework: 'flask' | 'django' | 'wsgi';
  /** What could not be found out, or has to be done outside of the file; one sentence each. */
  readonly notes: readonly string[];
}

/** The applications that a document mounts → {@link MountedApplication}s, in the order of their lines. */
export const MOUNTS = 'mod_wsgi/mounts';

export type MountsParams = AboutDocument;

/** A `WSGIScriptAlias` whose URL and script are known. */
export interface MountedApplication {
  /** Of the directive, from 0. */
  readonly line: number;
  readonly url: string;
  readonly script: string;
  readonly callable: string;
  /** The virtual environment's folder, where one is set. */
  readonly pythonHome?: string;
}

/** What Apache itself says of the configuration on the disk → {@link ApacheOpinion}; in trusted workspaces only. */
export const ASK_APACHE = 'mod_wsgi/askApache';

export type AskApacheParams = AboutDocument;

/** The verdict of `httpd -t`. Its messages also become diagnostics with the source `httpd`. */
export interface ApacheOpinion {
  /** `unavailable`: nobody could be asked; the page says why and what to do. */
  readonly verdict: 'accepted' | 'refused' | 'unavailable';
  /** One sentence. */
  readonly summary: string;
  /** Everything: program, command, messages, virtual hosts, modules, files. */
  readonly markdown: string;
}

/** What messages in lines of text mean: of a log, a terminal or a debug console → {@link LogExplanations}. */
export const EXPLAIN_LOG = 'mod_wsgi/explainLog';

/** At most {@link MOST_LOG_LINES} lines are looked at. */
export interface ExplainLogParams {
  readonly lines: readonly string[];
}

export const MOST_LOG_LINES = 1000;

export interface LogExplanations {
  readonly messages: readonly LogExplanation[];
}

/** A message that is known. Offsets are UTF-16 units of its line. */
export interface LogExplanation {
  /** Index of the line in the request. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** Stable identifier of the explanation. */
  readonly id: string;
  /** What it means, as a short sentence. */
  readonly title: string;
  readonly markdown: string;
  /** The rule that finds the cause in a configuration. */
  readonly rule?: string;
}
