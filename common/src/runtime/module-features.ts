import { readFileSync } from 'node:fs';

/** What a mod_wsgi module can do. */
export interface ModuleFeatures {
  /** Whether it knows the directive, or the option of WSGIDaemonProcess, of that name. */
  readonly knows: (word: string) => boolean;
  /** Whether it can run applications in processes of their own. */
  readonly daemonMode: boolean;
}

const known = new Map<string, string>();

/**
 * Reads what a module can do from its file: the names that it knows are texts in it, each with a NUL behind. Versions and
 * builds differ, and asking Apache would mean to start it. A name that a module knows only to refuse it with a sentence
 * stands behind `not supported: ` in ours.
 */
export const readModuleFeatures = (module: string): ModuleFeatures => {
  // A string is searched ten times faster than a buffer.
  const content = known.get(module) ?? readFileSync(module, 'latin1');
  known.set(module, content);
  const knows = (word: string): boolean =>
    content.includes(`${word}\0`) && !content.includes(`not supported: ${word}\0`);
  return { knows, daemonMode: knows('WSGIDaemonProcess') };
};

/** Whether a module can run applications in processes of their own. */
export const supportsDaemonMode = (module: string): boolean => readModuleFeatures(module).daemonMode;
