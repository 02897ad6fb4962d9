import { readFileSync } from 'node:fs';
import { remembered } from '../fact-cache';

/** What a mod_wsgi module can do. */
export interface ModuleFeatures {
  /** Whether it knows the directive, or the option of WSGIDaemonProcess, of that name. */
  readonly knows: (word: string) => boolean;
  /** Whether it can run applications in processes of their own. */
  readonly daemonMode: boolean;
}

/** What may be a name at the end of a text; one that a module refuses stands behind these words in ours. */
const NAME = /(?:not supported: )?[A-Za-z-]{3,}$/;

/** The texts of a file that end like names, each with its NUL behind; the file is a hundred times as long. */
const namesIn = (module: string): string =>
  readFileSync(module, 'latin1')
    .split('\0')
    .flatMap((text) => NAME.exec(text)?.[0] ?? [])
    .map((name) => `${name}\0`)
    .join('');

/**
 * Reads what a module can do from its file: the names that it knows are texts in it, each with a NUL behind. Versions and
 * builds differ, and asking Apache would mean to start it. A linker may keep one name as the end of a longer one. A name
 * that a module knows only to refuse it with a sentence stands behind `not supported: ` in ours.
 */
export const readModuleFeatures = async (module: string): Promise<ModuleFeatures> => {
  const names = await remembered({ kind: 'module-names', program: module }, async () => namesIn(module));
  const knows = (word: string): boolean =>
    names.includes(`${word}\0`) && !names.includes(`not supported: ${word}\0`);
  return { knows, daemonMode: knows('WSGIDaemonProcess') };
};

/** Whether a module can run applications in processes of their own. */
export const supportsDaemonMode = async (module: string): Promise<boolean> =>
  (await readModuleFeatures(module)).daemonMode;
