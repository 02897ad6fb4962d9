import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that every user can look into, removed when the test has finished. */
export const scratchFolder = (): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mod-wsgi-test-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
