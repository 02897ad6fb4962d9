// One set-up at a time on a cache: npm test and npm run demo may be started together.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cache } from './cache.mjs';
import { say } from './progress.mjs';

const POLL_MS = 500;
/** A lock folder without a process id in it is one that is being made, unless it stays so. */
const EMPTY_LOCK_IS_STALE_AFTER = 10;

/**
 * Does the work while holding the cache's lock; waits for another set-up, and takes over from one that died.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withLock = async (work) => {
  await acquire();
  const release = () => rmSync(cache.lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
};

const acquire = async () => {
  let announced = false;
  for (let empty = 0; !tryLock(); await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
    const holder = lockHolder();
    empty = holder === undefined ? empty + 1 : 0;
    if (holder === undefined ? empty > EMPTY_LOCK_IS_STALE_AFTER : !isAlive(holder)) {
      rmSync(cache.lock, { recursive: true, force: true });
    } else if (!announced && holder !== undefined) {
      say(`waiting for another set-up (process ${holder}) to finish`);
      announced = true;
    }
  }
};

const tryLock = () => {
  try {
    mkdirSync(cache.lock);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(path.join(cache.lock, 'pid'), String(process.pid));
  return true;
};

const lockHolder = () => {
  try {
    return Number(readFileSync(path.join(cache.lock, 'pid'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};
