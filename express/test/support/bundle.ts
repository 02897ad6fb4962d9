import path from 'node:path';
import { build } from 'esbuild';
import { installRoot } from '../../../common/src/install-root';

let built: Promise<string> | undefined;

/** The launcher as one file, bundled from the sources as they are now with the settings of scripts/build.mjs. */
export const bundledLauncher = (): Promise<string> => {
  built ??= bundle();
  return built;
};

const bundle = async (): Promise<string> => {
  const outfile = path.join(installRoot(), 'build', 'test', `mod-wsgi-express-${process.pid}.js`);
  await build({
    entryPoints: [path.join(installRoot(), 'express/src/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'importMetaUrl' },
    logLevel: 'warning',
  });
  return outfile;
};
