import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installRoot } from '../../common/src/install-root';

/** A guard needs a moment after the adapter that it watches was killed. */
const GRACE_MS = 10_000;

/**
 * A scratch folder of one test: copies of applications that the server's user can read, and the TMPDIR of everything
 * that the test starts, so that nothing left behind goes unnoticed.
 */
export class Workspace {
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'mw-'));
  /** TMPDIR of the processes that the test starts. */
  readonly temporary = path.join(this.root, 'tmp');

  constructor() {
    chmodSync(this.root, 0o755);
    mkdirSync(this.temporary, { mode: 0o755 });
  }

  /** Copy an example application; returns its folder. */
  example(name: string): string {
    const folder = path.join(this.root, name);
    cpSync(path.join(installRoot(), 'examples', name), folder, { recursive: true });
    readable(folder);
    return folder;
  }

  /** Write a file; returns its path. */
  write(name: string, text: string): string {
    const file = path.join(this.root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    readable(this.root);
    return file;
  }

  /** What a session has left: files in its TMPDIR, and processes that were started with it. */
  leftovers(): string[] {
    const commands = this.processes().map(
      (pid) => `${pid} ${readProc(pid, 'cmdline').replaceAll('\0', ' ')}`,
    );
    return [...readdirSync(this.temporary), ...commands];
  }

  /**
   * End of the test: remove everything, whatever is still running included.
   *
   * @returns what was left after a moment's grace, for the test to fail on.
   */
  async close(): Promise<string[]> {
    const deadline = Date.now() + GRACE_MS;
    while (this.leftovers().length > 0 && Date.now() < deadline) await delay(50);
    const left = this.leftovers();
    for (const pid of this.processes()) process.kill(Number(pid), 'SIGKILL');
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
    return left;
  }

  /** Processes of the test whose command line has a word that ends so. */
  processesOf(ending: string): number[] {
    return this.processes()
      .filter((pid) =>
        readProc(pid, 'cmdline')
          .split('\0')
          .some((word) => word.endsWith(ending)),
      )
      .map(Number);
  }

  private processes(): string[] {
    const mark = `TMPDIR=${this.temporary}`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => readProc(pid, 'environ').split('\0').includes(mark));
  }
}

const readProc = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
};

const readable = (folder: string): void => {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) readable(file);
    else chmodSync(file, 0o644);
  }
};

/** The 1-based line of a file that holds the marker. */
export const markedLine = (file: string, marker: string): number => {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((text) => text.includes(marker));
  if (line < 0) throw new Error(`no "${marker}" in ${file}`);
  return line + 1;
};
