import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { cacheRoot } from './cache';

/**
 * Runs a bundled program as `require` would, with the machine code that V8 made of it at an earlier end. Compiling a
 * program takes longer than what it does at its start.
 *
 * Node's own `module.enableCompileCache` does this from 22.1 on; Node 20 has only V8's means (`vm.Script`). V8 itself
 * refuses code of another version of itself. A cache that cannot be used costs nothing but the time.
 *
 * @param file the program, an absolute path.
 */
export const runWithCodeCache = (file: string): void => {
  const source = readFileSync(file, 'utf8').replace(/^#!.*/, '');
  const cached = codeFileOf(file);
  const kept = cached && read(cached.file);
  const code = kept?.code;
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: file,
    ...(code && { cachedData: code }),
  });
  // At the end, because it then holds the functions that were really needed; another run may need more of them.
  if (cached)
    process.once('exit', () => {
      if (kept?.complete && !script.cachedDataRejected && !looksAgain()) return;
      const grown = script.createCachedData();
      if (!code || script.cachedDataRejected || grown.length > code.length * GROWTH) keep(cached, grown);
      else complete(cached);
    });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, path.dirname(file));
};

/** Code that has grown by less is not worth writing. */
const GROWTH = 1.05;

/** What a run has compiled is known only when all code is put together, which takes longer than a short run should. */
const looksAgain = (): boolean => process.uptime() > LONG_RUN_S || Math.random() < RARELY;

const LONG_RUN_S = 2;

const RARELY = 1 / 16;

interface CodeFile {
  readonly file: string;
  /** What the names of this program's older code begin with. */
  readonly family: string;
}

/** Undefined where the program cannot be told from a later version of itself. */
const codeFileOf = (program: string): CodeFile | undefined => {
  const { size, mtimeMs, ino } = statSync(program, { throwIfNoEntry: false }) ?? {};
  if (size === undefined) return undefined;
  const family = `${path.basename(program, '.js')}-${process.arch}-${process.version}-${ino?.toString(36)}-`;
  const name = `${family}${size.toString(36)}-${Math.round(mtimeMs ?? 0).toString(36)}.bin`;
  return { file: path.join(cacheRoot(), 'code', name), family };
};

/** Machine code, and whether a run has found that it needs nothing else. */
interface KeptCode {
  readonly code: Buffer;
  readonly complete: boolean;
}

/** Machine code is taken only from a file that nobody else can have written. */
const read = (file: string): KeptCode | undefined => {
  try {
    const { uid, mode } = statSync(file);
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isOwn ? { code: readFileSync(file), complete: (mode & 0o200) === 0 } : undefined;
  } catch {
    return undefined;
  }
};

/** A file that nobody can write to is complete. */
const complete = ({ file }: CodeFile): void => {
  try {
    chmodSync(file, 0o400);
  } catch {
    // The next run looks again.
  }
};

/** Programs that were replaced in another place leave their code behind; one that is still in use makes it once a month. */
const FORGOTTEN_AFTER_MS = 30 * 24 * 3_600_000;

const isForgotten = (file: string): boolean => Date.now() - statSync(file).mtimeMs > FORGOTTEN_AFTER_MS;

const keep = ({ file, family }: CodeFile, code: Buffer): void => {
  try {
    const folder = path.dirname(file);
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const other = path.join(folder, name);
      if (name.startsWith(family) || isForgotten(other)) rmSync(other, { force: true });
    }
    const written = `${file}.${process.pid}`;
    writeFileSync(written, code, { mode: 0o600 });
    renameSync(written, file);
  } catch {
    // The next start compiles again.
  }
};
