import { readFileSync } from 'node:fs';
import path from 'node:path';
import { installRoot } from '../../common/src/install-root';

/** The name under which the launcher speaks of itself. */
export const PROGRAM = 'mod_wsgi-express';

/** The version in the manifest. */
export const version = (): string => {
  const manifest = JSON.parse(readFileSync(path.join(installRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
};
