import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Analysis, analyze } from '../analysis';
import { groupBy } from '../mounts/group-by';
import { remembered } from '../remembered';
import type { Configuration } from './configuration';
import { LONGEST_TEXT, type WorkspaceFiles } from './files';
import { ReaderMemory } from './part';
import { readConfiguration } from './read';
import { findRoot, readEnvvars, serverRootOf } from './root';

/** What the user has said about the configuration. */
export interface WorkspaceSettings {
  /** The main file; undefined if it is to be looked for. */
  readonly root: string | undefined;
  /** Whether the configuration is for the machine at hand; `auto`: if it lies where servers have theirs. */
  readonly machine: 'auto' | 'this' | 'other';
}

/** A document in the configuration it belongs to. */
export interface Membership {
  readonly configuration: Configuration;
  /** The document's path in the configuration; several if links lead to it. */
  readonly paths: readonly string[];
  /** The main file that was found but does not read this document. */
  readonly unreachedFrom: Configuration | undefined;
}

/** Places where servers of this machine keep their configuration. */
const SYSTEM_PLACES = /^\/(?:etc|usr\/local|opt\/homebrew|private\/etc)\//;

const isAccessFile = (path: string): boolean => /\/\.ht[^/]*$/.test(path);

interface CachedConfiguration {
  readonly configuration: Configuration;
  /** What the disk was like: it can change where nobody reports changes. */
  readonly generation: number;
}

interface CachedAnalysis {
  /** Of the document or of the file on the disk. */
  readonly stamp: string;
  readonly analysis: Analysis;
}

/**
 * The configurations that open documents belong to. Open documents take the place of the files on disk; every text is
 * parsed once per version, and a change makes only those configurations anew that read the changed file.
 */
export class Workspace {
  private readonly analyses = new Map<string, CachedAnalysis>();
  private readonly configurations = new Map<string, CachedConfiguration>();
  private readonly memories = new Map<string, ReaderMemory>();
  /** Main files by the folders below them; old ones are looked for again. */
  private readonly roots = new Map<
    string,
    { readonly root: string | undefined; readonly generation: number }
  >();
  /** Files that are not open, as documents and parsed. */
  private readonly documents = new WeakMap<Analysis, TextDocument>();
  private readonly fileAnalyses = new WeakMap<TextDocument, Analysis>();
  /** Changes of documents that were part of no configuration: they can be access files. */
  private otherChanges = 0;
  private readonly open = new Map<string, TextDocument>();
  /** The paths under which a configuration reads files by links, by the path without links. */
  private readonly linksTo = remembered((configuration: Configuration) =>
    groupBy(
      [...configuration.files.keys()].filter((file) => this.files.canonical(file) !== file),
      (file) => this.files.canonical(file),
    ),
  );
  private settings: WorkspaceSettings = { root: undefined, machine: 'auto' };

  constructor(readonly files: WorkspaceFiles) {}

  configure(settings: WorkspaceSettings): void {
    this.settings = settings;
    this.configurations.clear();
    this.memories.clear();
  }

  /** A document was opened or changed. */
  update(document: TextDocument): void {
    const path = this.pathOf(document.uri);
    const known = this.open.get(path);
    this.open.set(path, document);
    this.dropDependents([path]);
    if (!known) this.files.forget();
  }

  /** A document was closed: the file on disk counts again. */
  close(uri: string): void {
    const path = this.pathOf(uri);
    this.open.delete(path);
    this.analyses.delete(path);
    this.dropDependents([path]);
    for (const kind of ['root', 'fragment']) this.memories.delete(`${kind} ${path}`);
  }

  /** Files changed on disk. Returns true if a configuration in use was read from them. */
  filesChanged(uris: readonly string[]): boolean {
    this.files.forget();
    const before = this.configurations.size;
    this.dropDependents(uris.map((uri) => this.pathOf(uri)));
    return this.configurations.size < before;
  }

  /** The parsed document. */
  analysisOf(document: TextDocument): Analysis {
    const ofFile = this.fileAnalyses.get(document);
    if (ofFile) return ofFile;
    const path = this.pathOf(document.uri);
    const stamp = `version ${document.version}`;
    return this.known(path, stamp) ?? this.analyzed(path, stamp, document.getText());
  }

  /** The configuration a document belongs to: that of the main file above it, else the document by itself. */
  membershipOf(document: TextDocument): Membership {
    const path = this.pathOf(document.uri);
    const analysis = this.analysisOf(document);
    const root = this.rootFor(path, analysis, document.uri);
    if (root === undefined || root === path) {
      const configuration = this.configurationOf(path, analysis.main || root === path);
      return { configuration, paths: [path], unreachedFrom: undefined };
    }
    const rooted = this.configurationOf(root, true);
    const paths = this.pathsIn(rooted, path);
    if (paths.length > 0) return { configuration: rooted, paths, unreachedFrom: undefined };
    return { configuration: this.configurationOf(path, false), paths: [path], unreachedFrom: rooted };
  }

  /**
   * The configurations that may be those of the server which reads an access file: of the main file that is named or lies above, else of
   * the documents that are open.
   */
  serversFor(path: string): readonly Configuration[] {
    const root = this.settings.root ?? this.nearestRoot(path);
    if (root !== undefined) return [this.configurationOf(root, true)];
    const around = [...this.open.values()]
      .filter((document) => this.analysisOf(document).dialect !== '.htaccess')
      .map((document) => this.membershipOf(document).configuration);
    return [...new Set(around)].filter(({ rooted }) => rooted);
  }

  /** The path that stands for a document in the configuration: links followed, or its URI if it is none of the files. */
  pathOf(uri: string): string {
    const path = this.files.pathOf(uri);
    return path === undefined ? uri : this.files.canonical(path);
  }

  /** The URI of a file of a configuration: that of the open document where there is one. */
  uriOf(path: string): string {
    const open = this.open.get(this.files.canonical(path));
    if (open) return open.uri;
    return path.startsWith('/') ? this.files.uriOf(path) : path;
  }

  /** A file as a document: the open one, else the one on the disk; undefined if it cannot be read. */
  documentOf(path: string): TextDocument | undefined {
    const open = this.open.get(this.files.canonical(path));
    if (open) return open;
    const analysis = this.fileAnalysis(path);
    if (!analysis) return undefined;
    const known = this.documents.get(analysis);
    if (known) return known;
    const document = TextDocument.create(this.uriOf(path), 'apacheconf', 0, analysis.tree.text);
    this.documents.set(analysis, document);
    this.fileAnalyses.set(document, analysis);
    return document;
  }

  private pathsIn(configuration: Configuration, path: string): readonly string[] {
    const links = this.linksTo(configuration).get(path) ?? [];
    return configuration.files.has(path) ? [path, ...links] : links;
  }

  private rootFor(path: string, analysis: Analysis, uri: string): string | undefined {
    if (analysis.dialect === '.htaccess') return undefined;
    if (this.settings.root !== undefined) return this.settings.root;
    if (analysis.main || this.files.pathOf(uri) === undefined) return undefined;
    return this.nearestRoot(path);
  }

  /** The main file above a file: the same for all files of a folder. */
  private nearestRoot(path: string): string | undefined {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    this.forgetOld(folder);
    const { generation } = this.files;
    const known = this.roots.get(folder);
    if (known?.generation === generation) return known.root;
    const root = findRoot(this.files, path);
    this.roots.set(folder, { root, generation });
    return root;
  }

  private configurationOf(root: string, rooted: boolean): Configuration {
    const key = `${rooted ? 'root' : 'fragment'} ${root}`;
    const cached = this.configurations.get(key);
    this.forgetOld(root);
    const { generation } = this.files;
    if (cached?.generation === generation) return cached.configuration;
    const envvars = rooted ? this.files.read(root.replace(/[^/]*$/, 'envvars')) : undefined;
    const configuration = readConfiguration(
      {
        files: this.files,
        analysisOf: (path) => this.fileAnalysis(path),
        version: () => `${this.files.generation} ${this.otherChanges}`,
      },
      {
        root,
        rooted,
        local: this.isLocal(root, rooted),
        serverRoot: rooted ? serverRootOf(root) : '',
        environment: readEnvvars(envvars ?? ''),
      },
      this.memoryOf(key),
    );
    this.configurations.set(key, { configuration, generation });
    return configuration;
  }

  /** Asking for anything lets old answers of the disk go. */
  private forgetOld(path: string): void {
    this.files.status(path);
  }

  private memoryOf(key: string): ReaderMemory {
    const known = this.memories.get(key);
    if (known) return known;
    const memory = new ReaderMemory();
    this.memories.set(key, memory);
    return memory;
  }

  private isLocal(root: string, rooted: boolean): boolean {
    if (!this.files.machine) return false;
    if (this.settings.machine !== 'auto') return this.settings.machine === 'this';
    return rooted && SYSTEM_PLACES.test(root) && this.files.kind(root) === 'file';
  }

  private fileAnalysis(path: string): Analysis | undefined {
    const named = this.open.get(path);
    if (named) return this.analysisOf(named);
    const status = this.files.status(path);
    if (status?.kind !== 'file') return undefined;
    const canonical = this.files.canonical(path);
    const document = this.open.get(canonical);
    if (document) return this.analysisOf(document);
    const { stamp } = status;
    return this.known(canonical, stamp) ?? this.analyzed(canonical, stamp, this.files.read(path) ?? '');
  }

  private known(path: string, stamp: string): Analysis | undefined {
    const cached = this.analyses.get(path);
    return cached?.stamp === stamp ? cached.analysis : undefined;
  }

  private analyzed(path: string, stamp: string, whole: string): Analysis {
    const text = whole.length > LONGEST_TEXT ? '' : whole;
    const before = this.analyses.get(path)?.analysis;
    // A file that was written anew often says what it said.
    const analysis = before?.tree.text === text ? before : analyze(text, path, before);
    this.analyses.set(path, { stamp, analysis });
    return analysis;
  }

  /** Lets the configurations go that have to do with one of the paths. */
  private dropDependents(paths: readonly string[]): void {
    const current = [...this.configurations];
    for (const path of paths) {
      let isRead = false;
      for (const [key, { configuration }] of current) {
        if (this.dependsOn(configuration, path)) this.configurations.delete(key);
        isRead ||= configuration.files.has(path);
      }
      if (isRead) continue;
      this.otherChanges++;
      // A link may lead to it.
      if (isAccessFile(path)) this.configurations.clear();
    }
  }

  private dependsOn({ dependencies, accessFiles }: Configuration, path: string): boolean {
    const folder = path.replace(/\/[^/]*$/, '');
    return (
      dependencies.has(path) ||
      dependencies.has(folder) ||
      accessFiles.has(path) ||
      [...dependencies].some((dependency) => {
        const canonical = this.files.canonical(dependency);
        return canonical === path || canonical === folder;
      })
    );
  }
}
