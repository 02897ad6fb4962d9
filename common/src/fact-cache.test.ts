import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { remembered, rememberedOfBinary } from './fact-cache';

let folder: string;
let program: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'mod-wsgi-facts-'));
  vi.stubEnv('MOD_WSGI_CACHE', path.join(folder, 'cache'));
  program = path.join(folder, 'program');
  writeFileSync(program, '\x7fELF one');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Answers 1, 2, 3 …, so that a repeated question shows. */
const counter = () => {
  let asked = 0;
  return async () => ++asked;
};

describe('remembered', () => {
  it('asks the same program once', async () => {
    const ask = counter();
    expect(await remembered({ kind: 'version', program }, ask)).toBe(1);
    expect(await remembered({ kind: 'version', program }, ask)).toBe(1);
  });

  it('asks again when the program was replaced', async () => {
    const ask = counter();
    await remembered({ kind: 'version', program }, ask);
    writeFileSync(program, '\x7fELF another');
    expect(await remembered({ kind: 'version', program }, ask)).toBe(2);
  });

  it('keeps questions apart', async () => {
    const ask = counter();
    await remembered({ kind: 'version', program }, ask);
    expect(await remembered({ kind: 'modules', program }, ask)).toBe(2);
    expect(await remembered({ kind: 'version', program, depends: 'LD_LIBRARY_PATH=/x' }, ask)).toBe(3);
  });

  it('does not keep an answer that may be a passing one', async () => {
    const ask = counter();
    await remembered({ kind: 'version', program }, ask, () => false);
    expect(await remembered({ kind: 'version', program }, ask)).toBe(2);
  });

  it('works without a folder to write to', async () => {
    writeFileSync(path.join(folder, 'cache'), 'a file in its place');
    expect(await remembered({ kind: 'version', program }, counter())).toBe(1);
  });

  it('asks although what was kept is damaged', async () => {
    const ask = counter();
    await remembered({ kind: 'version', program }, ask);
    const facts = path.join(folder, 'cache', 'facts');
    for (const name of readdirSync(facts)) writeFileSync(path.join(facts, name), '{');
    expect(await remembered({ kind: 'version', program }, ask)).toBe(2);
  });
});

describe('rememberedOfBinary', () => {
  it('asks a script each time, as it may pass the question on', async () => {
    writeFileSync(program, '#!/bin/sh\n');
    const ask = counter();
    await rememberedOfBinary({ kind: 'version', program }, ask);
    expect(await rememberedOfBinary({ kind: 'version', program }, ask)).toBe(2);
  });

  it('remembers a binary', async () => {
    const ask = counter();
    await rememberedOfBinary({ kind: 'version', program }, ask);
    expect(await rememberedOfBinary({ kind: 'version', program }, ask)).toBe(1);
  });
});
