import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = path.resolve(__dirname, '..', '..');

let folder: string;
let archive: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'npm-package-'));
  // `npm test` has built dist/ before.
  await execa('npm', ['pack', '--pack-destination', folder], { cwd: root });
  archive = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const npx = (...command: string[]) =>
  execa('npx', ['--yes', '--offline', '--package', archive, '--', ...command], {
    cwd: folder,
    reject: false,
  });

it('brings the checker along, which npx runs', async () => {
  writeFileSync(path.join(folder, 'httpd.conf'), 'Lisen 80\n');
  const { stdout, exitCode } = await npx('mod-wsgi-language-server', 'check', 'httpd.conf');
  expect(stdout).toContain('httpd.conf:1:1: error: No directive is called `Lisen`. Did you mean `Listen`?');
  expect(exitCode).toBe(1);
});

it('brings the launcher along, which npx runs', async () => {
  const { stdout, exitCode } = await npx('mod-wsgi-express', 'start-server', '--help');
  expect(stdout).toContain('Usage: npx mod-wsgi-express start-server [SCRIPT|MODULE] [options]');
  expect(exitCode).toBe(0);
});
