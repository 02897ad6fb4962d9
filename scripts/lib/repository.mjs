import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's root folder; every script works from here, whatever the caller's working directory. */
export const repositoryRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * An absolute path inside the clone.
 *
 * @param {...string} parts path segments below the root
 */
export const inRepository = (...parts) => path.join(repositoryRoot, ...parts);
