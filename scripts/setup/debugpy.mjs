// The copy of debugpy that goes into the package: what runs on any Python and any machine, with its licence.
import { cpSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inRepository } from '../lib/repository.mjs';
import { cache, isComplete, markComplete, remove } from './cache.mjs';
import { downloadPart, partInputs } from './pip.mjs';
import { say, working } from './progress.mjs';

/** What injects debugpy into a running process, with programs for each machine: here the process asks for it. */
const NOT_USED = ['debugpy', '_vendored', 'pydevd', 'pydevd_attach_to_process'];

/** The pure Python part, its licence and the notices of what it contains itself. */
const isKept = (file) => /\.(py|typed)$|(^|\/)(LICENSE|METADATA|ThirdPartyNotices\.txt)$/.test(file);

/**
 * Puts the copy into the cache, unless it is there.
 *
 * @returns {Promise<import('./python-environment.mjs').LeftOut[]>}
 */
export const installDebugpyCopy = async () => {
  if (isComplete(cache.debugpy, partInputs('debugger'))) {
    say('debugpy for the package: there');
    return [];
  }
  remove(cache.debugpy);
  const refusal = await working('debugpy for the package', (onLine) =>
    downloadPart(cache.venv, 'debugger', cache.debugpy, onLine),
  );
  if (refusal) return [{ part: 'debugpy in the package', reason: refusal }];
  prune(cache.debugpy);
  markComplete(cache.debugpy, partInputs('debugger'));
  return [];
};

const prune = (folder) => {
  remove(path.join(folder, ...NOT_USED));
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (!entry.isDirectory() && !isKept(path.join(entry.parentPath, entry.name)))
      rmSync(path.join(entry.parentPath, entry.name));
};

/** Copies it from the cache to where the debug adapter looks for it; returns whether there is one. */
export const copyDebugpy = () => {
  const target = inRepository('dist', 'debugpy');
  remove(target);
  if (!isComplete(cache.debugpy, partInputs('debugger'))) return false;
  cpSync(cache.debugpy, target, {
    recursive: true,
    filter: (file) => !/__pycache__|\/tests$|\.complete\.json$/.test(file),
  });
  return true;
};
