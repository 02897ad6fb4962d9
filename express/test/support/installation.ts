import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { installRoot } from '../../../common/src/install-root';
import { bundledLauncher } from './bundle';

/**
 * Copies what an installation consists of into a folder that every user can reach; the clone may lie in a home folder.
 *
 * @returns the path of the bundle in the copy.
 */
export const copyInstallation = async (folder: string): Promise<string> => {
  const bundle = path.join(folder, 'dist', 'mod-wsgi-express.js');
  mkdirSync(path.dirname(bundle), { recursive: true });
  copyFileSync(await bundledLauncher(), bundle);
  copyFileSync(path.join(installRoot(), 'package.json'), path.join(folder, 'package.json'));
  for (const python of ['express/python', 'common/python'])
    cpSync(path.join(installRoot(), python), path.join(folder, python), { recursive: true });
  return bundle;
};
