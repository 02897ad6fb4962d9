import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ExpressOptionName, expressOptions } from '../../common/src/express-options';
import { type ModuleFeatures, readModuleFeatures } from '../../common/src/runtime/module-features';
import { moduleWord } from '../src/preflight/module-support';
import { exercises } from './support/exercised';
import { moduleRows } from './support/machine';

/** Options that a server cannot be started with on most machines, and why. */
const EXCEPTIONS: Readonly<Partial<Record<ExpressOptionName, string>>> = {
  'free-threading': 'it needs a free-threaded Python; that it is refused without one is tested',
  ...(process.getuid?.() === 0
    ? {}
    : { user: 'only root', group: 'only root', 'service-user': 'only root', 'service-group': 'only root' }),
};

const isThere = expressOptions.filter(({ leftOut, name }) => leftOut === undefined && !EXCEPTIONS[name]);

/** The files whose tests start servers. */
const serving = readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => path.join(__dirname, name))
  .filter((file) => /\bserve\(/.test(readFileSync(file, 'utf8')) && file !== __filename);

/** Every other file of tests has run before this one: vitest.config.mts sees to it. */
const used = exercises();
const unseen = serving.filter((file) => !used.some((exercise) => exercise.file === file));

describe.each([
  ['ours or the distribution’s', ['bundled', 'distribution']],
  ["upstream's", ['pip']],
])('each option has served a request in a test, with the module that is %s', (_whose, names) => {
  const modules = moduleRows.flatMap(({ name, module }) => (module && names.includes(name) ? [module] : []));

  it('or the module does not know what it needs', async (context) => {
    if (modules.length === 0) context.skip('there is no such module on this machine');
    if (unseen.length > 0) context.skip(`only part of the tests has run: not ${unseen.join(', ')}`);
    const features: ModuleFeatures[] = await Promise.all(modules.map(readModuleFeatures));
    const tried = new Set(
      used.filter(({ module }) => module && modules.includes(module)).flatMap(({ options }) => options),
    );
    const untried = isThere
      .map(({ name }) => name)
      .filter((name) => {
        const word = moduleWord(name);
        return !tried.has(name) && (word === undefined || features.some((module) => module.knows(word)));
      });
    expect(untried).toEqual([]);
  });
});
