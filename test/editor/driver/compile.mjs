import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { inRepository } from '../../../scripts/lib/repository.mjs';

/**
 * Bundles the suites and their runner into build/editor-tests/.
 *
 * @returns {Promise<string>} the module with `run()` that VS Code is told to load
 */
export const compileSuites = async () => {
  const outdir = inRepository('build', 'editor-tests');
  rmSync(outdir, { recursive: true, force: true });
  const suites = readdirSync(inRepository('test', 'editor', 'suites')).filter((file) =>
    file.endsWith('.test.ts'),
  );
  await build({
    entryPoints: [
      inRepository('test', 'editor', 'support', 'run.ts'),
      ...suites.map((file) => inRepository('test', 'editor', 'suites', file)),
    ],
    outdir,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(outdir, 'run.js');
};

/**
 * Bundles the suite of the web extension host, which is a worker: one script, with mocha in it.
 *
 * @returns {Promise<string>} the module with `run()` that the page is told to load
 */
export const compileWebSuite = async () => {
  const outfile = inRepository('build', 'editor-web-tests', 'run.js');
  await build({
    entryPoints: [inRepository('test', 'editor', 'web', 'run.ts')],
    outfile,
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    // mocha's build for browsers would take the module's exports for its own, were it to see them.
    format: 'iife',
    globalName: 'suite',
    footer: { js: 'module.exports = suite;' },
    external: ['vscode'],
    define: { global: 'globalThis', module: 'undefined', exports: 'undefined' },
    logLevel: 'warning',
  });
  return outfile;
};
