import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = path.resolve(__dirname, '..', '..');

/** Says where it is, and computes enough to have machine code of. */
const PROGRAM = `#!/usr/bin/env node
const square = (number) => number * number;
console.log(require('node:path').basename(__filename), __dirname, process.argv.slice(2).map(Number).map(square).join());
`;

describe('a program with a code cache', () => {
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'code-cache-'));
    mkdirSync(path.join(folder, 'programs'));
    writeFileSync(path.join(folder, 'programs', 'mod-wsgi-express.js'), PROGRAM);
    await build({
      entryPoints: [path.join(root, 'express/src/program.ts')],
      outfile: path.join(folder, 'mod-wsgi-express.js'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]): string =>
    execFileSync(process.execPath, [path.join(folder, 'mod-wsgi-express.js'), ...args], {
      encoding: 'utf8',
      env: { ...process.env, MOD_WSGI_CACHE: path.join(folder, 'cache') },
    }).trim();
  const code = (): string[] => readdirSync(path.join(folder, 'cache', 'code'));
  const codeFile = (): string => path.join(folder, 'cache', 'code', code()[0] ?? '');
  const answer = (numbers: string): string =>
    `mod-wsgi-express.js ${path.join(folder, 'programs')} ${numbers}`;

  it('does the same with and without it', () => {
    expect(run('3', '4')).toBe(answer('9,16'));
    expect(code()).toHaveLength(1);
    expect(run('5')).toBe(answer('25'));
  });

  it('is private', () => {
    run();
    expect(statSync(codeFile()).mode & 0o777).toBe(0o600);
  });

  it('is complete once a run needs nothing else', () => {
    run('3');
    run('3');
    expect(statSync(codeFile()).mode & 0o777).toBe(0o400);
    run('3');
    expect(statSync(codeFile()).mode & 0o777).toBe(0o400);
  });

  it('runs the new program where the program was replaced', () => {
    run('2');
    writeFileSync(
      path.join(folder, 'programs', 'mod-wsgi-express.js'),
      PROGRAM.replace('number * number', '0'),
    );
    expect(run('2')).toBe(answer('0'));
    expect(code()).toHaveLength(1);
  });

  it('drops the code of programs that nobody has run for long', () => {
    run();
    const [own = ''] = code();
    const old = path.join(folder, 'cache', 'code', 'replaced-elsewhere.bin');
    const young = path.join(folder, 'cache', 'code', 'another.bin');
    for (const file of [old, young]) writeFileSync(file, 'code');
    utimesSync(old, new Date(0), new Date(0));
    rmSync(path.join(folder, 'cache', 'code', own));
    run();
    expect(code().sort()).toEqual(['another.bin', own].sort());
  });

  it('compiles anew where the code is damaged', () => {
    run('2');
    writeFileSync(codeFile(), 'no code', { mode: 0o600 });
    expect(run('2')).toBe(answer('4'));
    expect(readFileSync(codeFile()).length).toBeGreaterThan(100);
  });

  it('takes no code that somebody else could have written', () => {
    run('2');
    chmodSync(codeFile(), 0o666);
    expect(run('2')).toBe(answer('4'));
    // It was compiled and written again.
    expect(statSync(codeFile()).mode & 0o777).toBe(0o600);
  });

  it('runs where nothing can be kept', () => {
    writeFileSync(path.join(folder, 'cache'), 'a file, no folder');
    expect(run('6')).toBe(answer('36'));
  });
});
