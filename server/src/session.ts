import type { Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Analysis } from './analysis';
import type { WorkspaceFiles } from './configuration/files';
import { type Membership, Workspace } from './configuration/workspace';
import { declaredNote } from './features/declared';
import { diagnostics } from './features/diagnostics';
import { effectiveNote } from './features/effective';
import type { HoverContext } from './features/hover';
import { factsOf, factsTable, mountsIn } from './features/mount-notes';
import { configurationSurroundings, type Surroundings } from './features/surroundings';
import { mergeOpinion } from './live/merge';
import type { Opinion } from './live/opinion';
import type { RequestedFiles } from './model/machine';
import { groupBy } from './mounts/group-by';
import { servingsOf } from './mounts/serving';
import { type Site, siteOf } from './mounts/site';
import { checkAccessFile } from './rules/check-access-file';
import { type SiteDiagnosis, SiteFindings } from './rules/check-site';
import type { AccessFileContext } from './rules/rule';
import { readSettings, type Settings } from './settings';

/** What was found in a configuration, for which settings, and what the disk was like then. */
interface Findings {
  readonly all: SiteFindings;
  readonly purpose: string;
  generation: number;
}

/** An access file with the server that reads it. */
interface Served extends AccessFileContext {
  readonly site: Site;
}

/** What the server knows besides the documents: settings, configurations, and what was found in them. */
export class Session {
  readonly workspace: Workspace;
  /** What Apache has said of configurations, by their main files. */
  readonly opinions = new Map<string, Opinion>();
  private settings: Settings = readSettings(undefined);
  private readonly findings = new WeakMap<object, Findings>();

  /** @param pages the folder of the pages that explain the rules, as a URI; undefined if there are none */
  constructor(
    readonly files: WorkspaceFiles,
    private readonly pages: string | undefined,
  ) {
    this.workspace = new Workspace(files);
  }

  configure(sent: unknown, paths = this.settings.paths): void {
    this.settings = readSettings(sent, paths);
    this.workspace.configure(this.settings);
  }

  /** The Apache to ask; undefined for the machine's. */
  get httpd(): string | undefined {
    return this.settings.httpd;
  }

  /** Whether Apache is asked after each save. */
  get asksOnSave(): boolean {
    return this.settings.checkOnSave;
  }

  analysisOf(document: TextDocument): Analysis {
    return this.workspace.analysisOf(document);
  }

  siteOf(document: TextDocument): Site {
    return siteOf(this.workspace.membershipOf(document).configuration);
  }

  /** The site that a document is part of: an access file is part of that of the server which reads it, where that is known. */
  servingSiteOf(document: TextDocument): Site {
    return this.servedBy(document)?.site ?? this.siteOf(document);
  }

  /** The server that reads an access file, and how its hosts treat it. */
  private servedBy(document: TextDocument): Served | undefined {
    if (this.analysisOf(document).dialect !== '.htaccess') return undefined;
    const path = this.workspace.pathOf(document.uri);
    for (const configuration of this.workspace.serversFor(path)) {
      const site = siteOf(configuration);
      const servings = servingsOf(site, path);
      if (servings.length > 0) return { site, servings, entries: configuration.accessFile(path) ?? [] };
    }
    return undefined;
  }

  /** What a hover can say of the configuration around a document. */
  hoverContextOf(document: TextDocument): HoverContext {
    const { configuration, paths } = this.workspace.membershipOf(document);
    const variables = groupBy(configuration.definitions, ({ name }) => name.toLowerCase());
    const rows = [...variables].map(
      ([name, all]) =>
        [
          name,
          all.map(
            ({ value, at }) =>
              `\`${value ?? ''}\`, ${at ? `set in ${at.file}` : 'from the environment of the server'}`,
          ),
        ] as const,
    );
    return {
      variables: new Map([...this.definesSaidToBe(document), ...rows]),
      learned: this.opinionAround(document)?.learned ?? new Map(),
      noteAt: (offset) => {
        const mount = mountsIn(this.siteOf(document), paths).find(
          ({ entry }) => entry.nameRange.start === offset,
        );
        return mount ? factsTable(factsOf(mount)) : effectiveNote(this.siteOf(document), paths, offset);
      },
      declaredAt: (offset) =>
        declaredNote(configuration, this.workspace.pathOf(document.uri), this.analysisOf(document), offset),
    };
  }

  /** The values of variables that Apache has told: those given with -D, and of files that only it can read. */
  private definesSaidToBe(document: TextDocument): readonly (readonly [string, readonly string[]])[] {
    const defines = this.opinionAround(document)?.dump.defines ?? [];
    return [...defines].map(([name, value]) => [name.toLowerCase(), [`\`${value ?? ''}\`, as Apache says`]]);
  }

  /** The disk that requests for a site are answered from; undefined in workspaces that are not trusted, and for another machine. */
  diskOf({ configuration }: Site): RequestedFiles | undefined {
    return this.settings.paths && configuration.local ? this.files.machine : undefined;
  }

  /** What completion can propose from the configuration around a document, and from the disk. */
  surroundingsOf(document: TextDocument): Surroundings {
    const disk = this.settings.paths ? this.files : undefined;
    const learned = [...(this.opinionAround(document)?.learned.values() ?? [])];
    const configuration = () => this.workspace.membershipOf(document).configuration;
    return configurationSurroundings(configuration, this.analysisOf(document), disk, learned);
  }

  /** A file of a configuration as a document: the open one, else the one on disk. */
  documentOf(path: string): TextDocument | undefined {
    return this.workspace.documentOf(path);
  }

  /** The files that a main file reads, itself among them; none for a file that another one includes. */
  filesReadFrom(path: string): readonly string[] {
    const document = this.documentOf(path);
    if (!document || !this.analysisOf(document).main) return [];
    return [...this.workspace.membershipOf(document).configuration.files.keys()];
  }

  /** The page that explains a rule, as a URI. */
  pageOf(rule: string): string | undefined {
    return this.pages && `${this.pages}/${rule}.md`;
  }

  /** The findings of all rules in a document. */
  diagnosticsOf(document: TextDocument): Diagnostic[] {
    const analysis = this.analysisOf(document);
    const site =
      analysis.dialect === '.htaccess'
        ? this.accessFileFindings(document, analysis)
        : this.siteFindings(this.workspace.membershipOf(document));
    const ours = diagnostics(document, analysis, {
      site,
      levels: this.settings.rules,
      uriOf: (path) => this.workspace.uriOf(path),
      documentOf: (path) => this.documentOf(path),
      pageOf: (rule) => this.pageOf(rule),
    });
    const opinion = this.opinionAround(document);
    return opinion
      ? mergeOpinion(document, analysis, ours, opinion, this.workspace.pathOf(document.uri))
      : ours;
  }

  /** What Apache has said of the configuration around a document. */
  private opinionAround(document: TextDocument): Opinion | undefined {
    if (this.opinions.size === 0) return undefined;
    return this.opinions.get(this.workspace.membershipOf(document).configuration.root);
  }

  private accessFileFindings(document: TextDocument, analysis: Analysis): readonly SiteDiagnosis[] {
    const served = this.servedBy(document);
    return served ? checkAccessFile(served, analysis) : [];
  }

  private siteFindings(membership: Membership): readonly SiteDiagnosis[] {
    const { paths } = membership;
    const findings = this.findingsOf(membership).all;
    const all = paths.flatMap((path) => findings.in(path));
    if (paths.length === 1) return all;
    // A file that is read under two names is found fault with once.
    const seen = new Set<string>();
    return all.filter(({ rule, at, message }) => {
      const key = `${rule} ${at.start} ${at.end} ${message}`;
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
  }

  private findingsOf({ configuration, unreachedFrom }: Membership): Findings {
    const { version, profile } = this.settings;
    const { generation } = this.files;
    const written = this.files.kind(configuration.root) === 'file';
    const outsideOf = written ? unreachedFrom?.root : undefined;
    const purpose = JSON.stringify([version, profile, outsideOf, configuration.local]);
    const site = siteOf(configuration);
    const known = this.findings.get(configuration.series);
    if (known?.purpose === purpose) {
      known.all.update(configuration.local && known.generation !== generation);
      known.generation = generation;
      return known;
    }
    const machine = configuration.local ? this.files.machine : undefined;
    const all = new SiteFindings({ site, machine, version, profile, outsideOf });
    const made = { all, purpose, generation };
    this.findings.set(configuration.series, made);
    return made;
  }
}
