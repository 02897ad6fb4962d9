import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readModuleFeatures, supportsDaemonMode } from './module-features';

const folder = mkdtempSync(path.join(tmpdir(), 'module-features-'));
afterAll(() => rmSync(folder, { recursive: true }));

const moduleOf = (name: string, ...texts: string[]): string => {
  const file = path.join(folder, name);
  writeFileSync(file, `\x7fELF\0${texts.map((text) => `${text}\0`).join('')}`);
  return file;
};

it('a module knows the names that are texts in its file', async () => {
  const module = moduleOf('known.so', 'WSGIDaemonProcess', 'request-timeout');
  const { knows, daemonMode } = await readModuleFeatures(module);
  expect([knows('request-timeout'), knows('interrupt-timeout'), daemonMode]).toEqual([true, false, true]);
  expect(await supportsDaemonMode(moduleOf('old.so', 'WSGIDaemonProcesses'))).toBe(false);
});

it('what a module refuses by name it does not know', async () => {
  const module = moduleOf('refusing.so', 'WSGIFreeThreading', 'not supported: WSGIFreeThreading');
  expect((await readModuleFeatures(module)).knows('WSGIFreeThreading')).toBe(false);
});
