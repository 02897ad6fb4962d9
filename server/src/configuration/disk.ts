import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { URI } from 'vscode-uri';
import type { PathPermissions, RequestedFiles, TargetMachine } from '../model/machine';
import { LONGEST_TEXT, type PathStatus, type WorkspaceFiles } from './files';

/** How long an answer of the disk is believed where nobody reports changes, in milliseconds. */
const MAX_AGE = 3000;

/** Paths with parts that are no names. */
const UNUSUAL = /\/\.{0,2}(?:\/|$)/;

interface DiskStatus extends PathStatus, PathPermissions {
  /** False for what is no file or is too long, and for a device or a pipe: they may have no end. */
  readonly isText: boolean;
  readonly isLink: boolean;
}

/** The file system of this machine. */
export class Disk implements WorkspaceFiles, RequestedFiles {
  readonly machine: TargetMachine & RequestedFiles = this;
  private statuses = new Map<string, DiskStatus | undefined>();
  private lists = new Map<string, readonly string[] | undefined>();
  private canonicals = new Map<string, string>();
  private since = 0;
  generation = 0;

  constructor(private readonly now: () => number = Date.now) {}

  forget(): void {
    this.statuses = new Map();
    this.lists = new Map();
    this.canonicals = new Map();
    this.since = this.now();
    this.generation++;
  }

  read(path: string): string | undefined {
    return this.status(path)?.isText ? this.ask(() => readFileSync(path, 'utf8')) : undefined;
  }

  kind(path: string): 'file' | 'folder' | undefined {
    return this.status(path)?.kind;
  }

  status(path: string): DiskStatus | undefined {
    return this.remember(this.statuses, path, this.findStatus);
  }

  private readonly findStatus = (path: string): DiskStatus | undefined => {
    // Many paths of one folder that is not there are asked for.
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (folder !== '' && !this.status(folder)) return undefined;
    const own = lstatSync(path, { throwIfNoEntry: false });
    const isLink = own?.isSymbolicLink() ?? false;
    const stat = isLink ? statSync(path, { throwIfNoEntry: false }) : own;
    if (!stat) return undefined;
    return {
      kind: stat.isDirectory() ? 'folder' : 'file',
      mode: stat.mode,
      uid: stat.uid,
      gid: stat.gid,
      stamp: `${stat.mtimeMs}:${stat.size}:${stat.ino}`,
      isText: stat.isFile() && stat.size <= LONGEST_TEXT,
      isLink,
    };
  };

  list(path: string): readonly string[] | undefined {
    return this.remember(this.lists, path, this.findNames);
  }

  private readonly findNames = (path: string): readonly string[] => readdirSync(path);

  size(path: string): number | undefined {
    return this.ask(() => statSync(path).size);
  }

  isLink(path: string): boolean {
    return this.ask(() => lstatSync(path).isSymbolicLink()) ?? false;
  }

  canonical(path: string): string {
    return this.remember(this.canonicals, path, this.withoutLinks) ?? path;
  }

  /** The files of a folder share what is found out about that. */
  private readonly withoutLinks = (path: string): string => {
    const slash = path.lastIndexOf('/');
    const isPlain = slash > 0 && !UNUSUAL.test(path) && this.status(path)?.isLink === false;
    return isPlain ? this.canonical(path.slice(0, slash)) + path.slice(slash) : realpathSync(path);
  };

  pathOf(uri: string): string | undefined {
    const { scheme, path } = URI.parse(uri);
    return scheme === 'file' ? path : undefined;
  }

  uriOf(path: string): string {
    return URI.file(path).toString();
  }

  /** The answer that is remembered, unless it is too old. */
  private remember<T>(
    cache: Map<string, T | undefined>,
    path: string,
    find: (path: string) => T,
  ): T | undefined {
    if (this.now() - this.since > MAX_AGE) {
      this.forget();
      return this.ask(() => find(path));
    }
    const known = cache.get(path);
    if (known !== undefined || cache.has(path)) return known;
    const answer = this.ask(() => find(path));
    cache.set(path, answer);
    return answer;
  }

  private ask<T>(ask: () => T): T | undefined {
    try {
      return ask();
    } catch {
      return undefined;
    }
  }
}
