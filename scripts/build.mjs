// Bundles the four programs of the extension into dist/. With --production: minified, and without test-only settings.
import { build } from 'esbuild';

const production = process.argv.includes('--production');

const programs = {
  client: 'client/src/extension.ts',
  server: 'server/src/main.ts',
  'debug-adapter': 'debug-adapter/src/main.ts',
  'mod-wsgi-express': 'express/src/main.ts',
};

await build({
  entryPoints: programs,
  outdir: 'dist',
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
