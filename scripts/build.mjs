// Bundles the programs of the extension into dist/, with the copy of debugpy that set-up has fetched. With --production: minified, and without test-only settings.
import { bundle } from './lib/bundle.mjs';
import { copyDebugpy } from './setup/debugpy.mjs';

await bundle({ outdir: 'dist', production: process.argv.includes('--production') });
copyDebugpy();
