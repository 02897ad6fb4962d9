import { build } from 'esbuild';

/**
 * The programs that run in Node.js: name of the bundle → entry point. What has to start quickly is started by a small
 * program of its own, with the code cache (common/src/code-cache.ts).
 */
const programs = {
  client: 'client/src/extension.ts',
  server: 'server/src/program.ts',
  'programs/server': 'server/src/main.ts',
  'programs/server-check': 'server/src/command/main.ts',
  'debug-adapter': 'debug-adapter/src/program.ts',
  'programs/debug-adapter': 'debug-adapter/src/main.ts',
  'mod-wsgi-express': 'express/src/program.ts',
  'programs/mod-wsgi-express': 'express/src/main.ts',
};

/** What runs in a web worker: the language server by itself, the client as a module that the editor's worker loads. */
const webPrograms = { 'server-web': 'server/src/web.ts' };
const webModules = { 'client-web': 'client/src/web-extension.ts' };

const names = [programs, webPrograms, webModules].flatMap(Object.keys).filter((name) => !name.includes('/'));

/**
 * Bundles programs of the extension.
 *
 * @param {object} options
 * @param {string} options.outdir
 * @param {readonly string[]} [options.names] without `programs/`; all where absent
 * @param {boolean} options.production minified
 */
export const bundle = async ({ outdir, names: wanted = names, production }) => {
  const common = {
    outdir,
    bundle: true,
    external: ['vscode'],
    sourcemap: true,
    minify: production,
    legalComments: 'linked',
    logLevel: 'warning',
  };
  const chosen = (all) =>
    Object.fromEntries(
      Object.entries(all).filter(([name]) =>
        wanted.includes(name.replace('programs/', '').replace(/-check$/, '')),
      ),
    );
  await build({
    ...common,
    entryPoints: chosen(programs),
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // execa is an ES module that asks for its own address; in a CommonJS bundle that is the bundle's.
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'importMetaUrl' },
  });
  const web = { ...common, platform: 'browser', target: 'es2022' };
  await build({ ...web, entryPoints: chosen(webPrograms), format: 'iife' });
  await build({ ...web, entryPoints: chosen(webModules), format: 'cjs' });
};
