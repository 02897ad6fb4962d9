import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
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
  const { outputFiles } = await build({
    entryPoints: [path.join(installRoot(), 'express/src/main.ts')],
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'importMetaUrl' },
    logLevel: 'warning',
  });
  const file = path.join(installRoot(), 'build', 'test', 'mod-wsgi-express.js');
  mkdirSync(path.dirname(file), { recursive: true });
  // Renamed into place: another run of the tests may be starting the same file.
  writeFileSync(`${file}.${process.pid}`, outputFiles[0]?.contents ?? '');
  renameSync(`${file}.${process.pid}`, file);
  return file;
};
