// npm run package: a production build, packed into dist/mod-wsgi-<version>.vsix.
import { packageExtension } from './lib/package-extension.mjs';
import { runMain } from './lib/script-error.mjs';

await runMain(async () => {
  console.log(await packageExtension());
});
