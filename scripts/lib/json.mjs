import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Reads a JSON file; undefined where it is missing or broken (what is stored this way can be made again).
 *
 * @param {string} file
 */
export const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/**
 * Writes a JSON file so that a reader sees the old or the new one, never half of it.
 *
 * @param {string} file
 * @param {unknown} value
 */
export const writeJson = (file, value) => {
  mkdirSync(path.dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(partial, file);
};
