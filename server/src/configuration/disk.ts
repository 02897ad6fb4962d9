import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import type { FileSystem } from '../model/machine';

/** Longer texts are not looked at: no configuration is, and the editor must not wait for one. */
export const LONGEST_TEXT = 8 * 1024 * 1024;

/** How long an answer of the disk is believed where nobody reports changes, in milliseconds. */
const MAX_AGE = 3000;

/** What can be known of a path beyond {@link FileSystem}. */
export interface PathStatus {
  readonly kind: 'file' | 'folder';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Changes when the file does. */
  readonly stamp: string;
}

/**
 * The real file system, remembered for a moment: one keystroke asks about every file of a configuration. Nothing is
 * written, and no failure is thrown: what cannot be read is not there.
 */
export class Disk implements FileSystem {
  private statuses = new Map<string, PathStatus | undefined>();
  private lists = new Map<string, readonly string[] | undefined>();
  private canonicals = new Map<string, string>();
  private since = 0;
  /** Counts how often everything was forgotten: what was concluded from the disk before is old. */
  generation = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Forgets all answers, because something changed. */
  forget(): void {
    this.statuses = new Map();
    this.lists = new Map();
    this.canonicals = new Map();
    this.since = this.now();
    this.generation++;
  }

  read(path: string): string | undefined {
    try {
      return statSync(path).size > LONGEST_TEXT ? undefined : readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  }

  kind(path: string): 'file' | 'folder' | undefined {
    return this.status(path)?.kind;
  }

  status(path: string): PathStatus | undefined {
    return this.remember(this.statuses, path, () => {
      const stat = statSync(path);
      return {
        kind: stat.isDirectory() ? 'folder' : 'file',
        mode: stat.mode,
        uid: stat.uid,
        gid: stat.gid,
        stamp: `${stat.mtimeMs}:${stat.size}:${stat.ino}`,
      };
    });
  }

  list(path: string): readonly string[] | undefined {
    return this.remember(this.lists, path, () => readdirSync(path));
  }

  /** The path without links; the path itself if nothing is there. */
  canonical(path: string): string {
    return this.remember(this.canonicals, path, () => realpathSync(path)) ?? path;
  }

  private remember<T>(cache: Map<string, T | undefined>, path: string, ask: () => T): T | undefined {
    if (this.now() - this.since > MAX_AGE) {
      this.forget();
      return this.ask(ask);
    }
    if (cache.has(path)) return cache.get(path);
    const answer = this.ask(ask);
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
