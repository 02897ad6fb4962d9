import { build } from 'esbuild';

/**
 * The programs that run in Node.js: name of the bundle → entry point. What has to start quickly is started by a small
 * program of its own, with the code cache (common/src/code-cache.ts).
 */
const programs = {
  client: 'client/src/extension.ts',
  server: 'server/src/main.ts',
  'debug-adapter': 'debug-adapter/src/program.ts',
  'programs/debug-adapter': 'debug-adapter/src/main.ts',
  'mod-wsgi-express': 'express/src/program.ts',
  'programs/mod-wsgi-express': 'express/src/main.ts',
};

/** What runs in a web worker. */
const webPrograms = {
  'server-web': 'server/src/web.ts',
};

const names = [...Object.keys(programs), ...Object.keys(webPrograms)].filter((name) => !name.includes('/'));

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
      Object.entries(all).filter(([name]) => wanted.includes(name.replace('programs/', ''))),
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
  await build({
    ...common,
    entryPoints: chosen(webPrograms),
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
  });
};
