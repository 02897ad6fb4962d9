import type { FileSystem, RequestedFiles, TargetMachine } from '../model/machine';

/** Longer texts are not looked at: no configuration is, and the editor must not wait for one. */
export const LONGEST_TEXT = 8 * 1024 * 1024;

/** What can be known of a path beyond {@link FileSystem}. */
export interface PathStatus {
  readonly kind: 'file' | 'folder';
  /** Changes when the file does. */
  readonly stamp: string;
}

/**
 * The files around the documents, remembered for a moment: one keystroke asks about every file of a configuration. Nothing is
 * written, and no failure is thrown: what cannot be read is not there.
 */
export interface WorkspaceFiles extends FileSystem {
  /** The machine these files are of, where it is the one the server runs on; undefined where nobody knows it. */
  readonly machine: (TargetMachine & RequestedFiles) | undefined;
  /** Counts how often everything was forgotten: what was concluded from the files before is old. */
  readonly generation: number;
  status(path: string): PathStatus | undefined;
  /** The path without links; the path itself if nothing is there. */
  canonical(path: string): string;
  /** The path of a URI; undefined if it is none of these files. */
  pathOf(uri: string): string | undefined;
  uriOf(path: string): string;
  /** Forgets all answers, because something changed. */
  forget(): void;
}
