import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The folder from which a script's own imports work: that of `manage.py` for a Django project, else the first one
 * above the script that is no package.
 */
export const workingDirectoryOf = (
  program: string,
  exists: (file: string) => boolean = existsSync,
): string => {
  const folder = path.dirname(program);
  for (let above = folder; above !== path.dirname(above); above = path.dirname(above)) {
    if (exists(path.join(above, 'manage.py'))) return above;
    if (!exists(path.join(above, '__init__.py'))) return above;
  }
  return folder;
};
