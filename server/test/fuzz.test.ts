import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleServer, type ServerBundle } from './support/bundle';

const ROOT = path.join(__dirname, '..', '..');
const CORPUS = path.join(ROOT, '..', 'shared', 'corpus');

let bundle: ServerBundle;

beforeAll(async () => {
  bundle = await bundleServer();
});

afterAll(() => bundle?.remove());

test.skipIf(!existsSync(CORPUS))(
  'some seconds under the fuzzer (skipped where ../shared/corpus is absent)',
  () => {
    const args = ['--seconds', '10', '--seed', '7', '--corpus', CORPUS, '--server', bundle.file];
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/fuzz.mjs', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^[1-9]\d* documents, /);
    expect(status).toBe(0);
  },
);
