// Bundles the programs of the extension into dist/, with the copy of debugpy that set-up has fetched. With --production: minified, and without test-only settings.
import { writeFileSync } from 'node:fs';
import { bundle } from './lib/bundle.mjs';
import { copyDebugpy } from './setup/debugpy.mjs';

await bundle({ outdir: 'dist', production: process.argv.includes('--production') });
// Node reads the nearest package.json before it runs a program; the extension's takes longer to read than the program to start.
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
copyDebugpy();
