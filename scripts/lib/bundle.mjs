import { build } from 'esbuild';

/** The programs of the extension: name of the bundle → entry point. */
const programs = {
  client: 'client/src/extension.ts',
  server: 'server/src/main.ts',
  'debug-adapter': 'debug-adapter/src/main.ts',
  'mod-wsgi-express': 'express/src/main.ts',
};

/**
 * Bundles programs of the extension.
 *
 * @param {object} options
 * @param {string} options.outdir
 * @param {readonly string[]} [options.names] all where absent
 * @param {boolean} options.production minified
 */
export const bundle = ({ outdir, names = Object.keys(programs), production }) =>
  build({
    entryPoints: Object.fromEntries(names.map((name) => [name, programs[name]])),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    sourcemap: true,
    minify: production,
    legalComments: 'linked',
    logLevel: 'warning',
    // execa is an ES module that asks for its own address; in a CommonJS bundle that is the bundle's.
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'importMetaUrl' },
  });
