// Bundles the four programs of the extension into dist/. With --production: minified, and without test-only settings.
import { bundle } from './lib/bundle.mjs';

await bundle({ outdir: 'dist', production: process.argv.includes('--production') });
