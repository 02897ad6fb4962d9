import path from 'node:path';
import type { Apache } from './apache';

/** What a process of the application reports; express/python/reloader.py writes it. */
interface ChangeReport {
  readonly file: string;
  /** The application runs in Apache's own processes, which only Apache can replace. */
  readonly embedded: boolean;
  /** When the process began, in seconds. */
  readonly started: number;
}

const parse = (line: string): ChangeReport | undefined => {
  try {
    const value = JSON.parse(line) as Partial<ChangeReport> | null;
    return typeof value?.file === 'string' && typeof value.started === 'number'
      ? { file: value.file, embedded: value.embedded === true, started: value.started }
      : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Restarts Apache gracefully when a process of the application reports a changed file: requests in flight are finished
 * by the old processes, new ones wait until the next processes take them.
 */
export class Reloader {
  readonly #workingDirectory: string;
  readonly #say: (text: string) => void;
  #apache: Apache | undefined;
  #lastRestart = 0;

  constructor(workingDirectory: string, say: (text: string) => void) {
    this.#workingDirectory = workingDirectory;
    this.#say = say;
  }

  attach(apache: Apache): void {
    this.#apache = apache;
  }

  /** One line of the pipe. Whoever can write to it is the application, so it is not believed blindly. */
  readonly report = (line: string): void => {
    const change = parse(line);
    // Several processes see the same change; those that began before the last restart are being replaced already.
    if (!change || change.started * 1000 < this.#lastRestart) return;
    this.#lastRestart = Date.now();
    const relative = path.relative(this.#workingDirectory, change.file);
    const shown = relative.startsWith('..') ? change.file : relative;
    this.#say(`${JSON.stringify(shown).slice(1, -1)} has changed; the application is loaded anew.\n`);
    if (change.embedded) this.#apache?.restart();
  };
}
