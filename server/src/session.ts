import type { Diagnostic } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Analysis } from './analysis';
import type { Configuration } from './configuration/configuration';
import { Disk } from './configuration/disk';
import { type Membership, Workspace } from './configuration/workspace';
import { diagnostics } from './features/diagnostics';
import { type Site, siteOf } from './mounts/mounts';
import { checkSite, type SiteDiagnosis } from './rules/check-site';
import { readSettings, type Settings } from './settings';

/** What the server knows besides the documents: settings, configurations, and what was found in them. */
export class Session {
  readonly disk = new Disk();
  readonly workspace = new Workspace(this.disk);
  private settings: Settings = readSettings(undefined);
  private readonly findings = new WeakMap<Configuration, ReadonlyMap<string, readonly SiteDiagnosis[]>>();

  /** @param pages the folder of the pages that explain the rules, as a URI; undefined if there are none */
  constructor(private readonly pages: string | undefined) {}

  configure(sent: unknown): void {
    this.settings = readSettings(sent);
    this.workspace.configure(this.settings);
  }

  analysisOf(document: TextDocument): Analysis {
    return this.workspace.analysisOf(document);
  }

  siteOf(document: TextDocument): Site {
    return siteOf(this.workspace.membershipOf(document).configuration);
  }

  /** A file of a configuration as a document: the open one, else the one on disk. */
  documentOf(path: string): TextDocument | undefined {
    const text = this.workspace.textOf(path);
    return text === undefined
      ? undefined
      : TextDocument.create(this.workspace.uriOf(path), 'apacheconf', 0, text);
  }

  /** The findings of all rules in a document. */
  diagnosticsOf(document: TextDocument): Diagnostic[] {
    const analysis = this.analysisOf(document);
    const site =
      analysis.dialect === '.htaccess' ? [] : this.siteFindings(this.workspace.membershipOf(document));
    return diagnostics(document, analysis, {
      site,
      levels: this.settings.rules,
      uriOf: (path) => this.workspace.uriOf(path),
      documentOf: (path) => this.documentOf(path),
      pageOf: (rule) => this.pages && `${this.pages}/${rule}.md`,
    });
  }

  private siteFindings({ configuration, paths, unreachedFrom }: Membership): readonly SiteDiagnosis[] {
    const byFile = this.findings.get(configuration) ?? this.check(configuration, unreachedFrom);
    const all = paths.flatMap((path) => byFile.get(path) ?? []);
    // A file that is read under two names is found fault with once.
    const seen = new Set<string>();
    return all.filter(({ rule, at, message }) => {
      const key = `${rule} ${at.start} ${at.end} ${message}`;
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
  }

  private check(
    configuration: Configuration,
    unreachedFrom: Configuration | undefined,
  ): ReadonlyMap<string, readonly SiteDiagnosis[]> {
    const { version, profile } = this.settings;
    const written = this.disk.kind(configuration.root) === 'file';
    const found = checkSite({
      site: siteOf(configuration),
      machine: configuration.local ? this.disk : undefined,
      version,
      profile,
      outsideOf: written ? unreachedFrom?.root : undefined,
    });
    this.findings.set(configuration, found);
    return found;
  }
}
