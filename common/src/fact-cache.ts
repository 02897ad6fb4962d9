import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { cacheRoot } from './cache';

/** What is asked of a program, and what the answer depends on. */
export interface Question {
  /** Names the question; a new name where the form of the answer changes. */
  readonly kind: string;
  /** The program. */
  readonly program: string;
  /** Whatever else the answer depends on. */
  readonly depends?: string;
}

const folder = (): string => path.join(cacheRoot(), 'facts');

/** Enough for every interpreter and Apache of a machine; the oldest go first. */
const LIMIT = 100;

const isScript = (file: string): boolean => {
  const start = Buffer.alloc(2);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start);
  } finally {
    closeSync(descriptor);
  }
  return start.toString() === '#!';
};

/** What changes when a program is replaced; undefined where the file cannot be read. */
const identityOf = (file: string, depends: string): string | undefined => {
  try {
    const real = realpathSync(file);
    const { size, mtimeMs, ctimeMs, ino } = statSync(real);
    return [file, real, size, mtimeMs, ctimeMs, ino, depends].join('\n');
  } catch {
    return undefined;
  }
};

/**
 * The answer to a question, from the last time it was asked of the very same program; else asked now and kept.
 *
 * A question to a program takes longer than all the rest of a server's start, and the answer changes only when the
 * program is replaced.
 *
 * @param isLasting whether an answer is worth keeping: a failure may be a passing one.
 */
export const remembered = async <T>(
  { kind, program, depends = '' }: Question,
  ask: () => Promise<T>,
  isLasting: (answer: T) => boolean = () => true,
): Promise<T> => {
  const identity = identityOf(program, depends);
  if (identity === undefined) return ask();
  const name = `${kind}-${path.basename(program)}-${fingerprint([program, depends].join('\n'))}`;
  const file = path.join(folder(), `${name}.json`);
  const kept = read<T>(file, identity);
  if (kept) return kept.answer;
  const answer = await ask();
  if (isLasting(answer)) keep(file, { identity, answer });
  return answer;
};

/**
 * As {@link remembered}, for programs whose answer is their own. A script may pass the question on to another program
 * (as the shims of pyenv do), and is asked each time.
 */
export const rememberedOfBinary = async <T>(
  question: Question,
  ask: () => Promise<T>,
  isLasting?: (answer: T) => boolean,
): Promise<T> => {
  try {
    if (isScript(question.program)) return await ask();
  } catch {
    return ask();
  }
  return remembered(question, ask, isLasting);
};

/** A short name for a text. Two texts of one name take turns in one file, which costs time and nothing else. */
const fingerprint = (text: string): string => {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value.toString(16);
};

interface Kept<T> {
  readonly identity: string;
  readonly answer: T;
}

const read = <T>(file: string, identity: string): Kept<T> | undefined => {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept<T>;
    return kept.identity === identity ? kept : undefined;
  } catch {
    return undefined;
  }
};

/** A cache that cannot be written only costs time. */
const keep = <T>(file: string, kept: Kept<T>): void => {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const written = `${file}.${process.pid}`;
    writeFileSync(written, JSON.stringify(kept));
    renameSync(written, file);
    removeOldest(path.dirname(file));
  } catch {
    // The next start asks again.
  }
};

const removeOldest = (directory: string): void => {
  const names = readdirSync(directory);
  if (names.length <= LIMIT) return;
  const age = (name: string) => statSync(path.join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sorted = names.toSorted((left, right) => age(left) - age(right));
  for (const name of sorted.slice(0, names.length - LIMIT))
    rmSync(path.join(directory, name), { force: true });
};
