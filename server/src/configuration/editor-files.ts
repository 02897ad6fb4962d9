import { URI } from 'vscode-uri';
import type { PathContent } from '../../../common/src/editor-files';
import type { PathStatus, WorkspaceFiles } from './files';

/** What is known of a path; `fresh` until everything is forgotten. */
interface Answer {
  readonly content: PathContent | null;
  readonly fresh: boolean;
}

/** How the editor is asked, and who is told that there are new answers. */
interface Editor {
  /** `null` if nothing is there; never fails. */
  read(uri: string): Promise<PathContent | null>;
  changed(): void;
}

/**
 * The files of a workspace that only the editor can reach, as in a web worker. What has not been asked yet is not there; it is asked
 * for, and as soon as all answers are in, whoever listens is told to look again. An old answer holds until there is a new one.
 */
export class EditorFiles implements WorkspaceFiles {
  /** The files are of another machine, or of none. */
  readonly machine = undefined;
  generation = 0;
  private answers = new Map<string, Answer>();
  private readonly asking = new Set<string>();
  private news = false;

  /** @param root any URI of the workspace: its scheme and authority are those of all its files */
  constructor(
    private readonly root: URI,
    private readonly editor: Editor,
  ) {}

  read(path: string): string | undefined {
    const content = this.look(path);
    return content?.kind === 'file' ? content.text : undefined;
  }

  kind(path: string): 'file' | 'folder' | undefined {
    return this.look(path)?.kind;
  }

  list(path: string): readonly string[] | undefined {
    const content = this.look(path);
    return content?.kind === 'folder' ? content.names : undefined;
  }

  status(path: string): PathStatus | undefined {
    return this.look(path) ?? undefined;
  }

  /** Links are the editor's affair. */
  canonical(path: string): string {
    return path;
  }

  pathOf(uri: string): string | undefined {
    const { scheme, authority, path } = URI.parse(uri);
    return scheme === this.root.scheme && authority === this.root.authority ? path : undefined;
  }

  uriOf(path: string): string {
    return this.root.with({ path, query: null, fragment: null }).toString();
  }

  forget(): void {
    this.generation++;
    for (const [path, { content }] of this.answers) this.answers.set(path, { content, fresh: false });
  }

  private look(path: string): PathContent | null {
    const answer = this.answers.get(path);
    if (!answer?.fresh && !this.asking.has(path)) void this.ask(path);
    return answer?.content ?? null;
  }

  private async ask(path: string): Promise<void> {
    this.asking.add(path);
    const content = await this.editor.read(this.uriOf(path));
    const before = this.answers.get(path)?.content ?? null;
    this.answers.set(path, { content, fresh: true });
    if (before?.stamp !== content?.stamp) this.news = true;
    this.asking.delete(path);
    if (this.asking.size > 0 || !this.news) return;
    this.news = false;
    this.generation++;
    this.editor.changed();
  }
}
