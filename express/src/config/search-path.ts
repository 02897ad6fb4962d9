import { UserError } from '../../../common/src/errors';
import type { Settings } from '../settings';

const joined = (folders: readonly string[]): string => {
  const impossible = folders.find((folder) => folder.includes(':'));
  if (impossible)
    throw new UserError({
      code: 'python-path-colon',
      message: `The directory ${impossible} has a colon in its name, and Python's search path is divided by colons.`,
      action: 'Use another --working-directory or --python-path, or a symbolic link without a colon.',
    });
  return folders.join(':');
};

/**
 * The module search path where the application runs in Apache's own processes: the working directory first. Entries are
 * joined with colons, so a folder with one in its name cannot be one of them.
 *
 * @throws UserError `python-path-colon`.
 */
export const searchPath = ({ workingDirectory, pythonPath }: Settings): string =>
  joined([...new Set([workingDirectory, ...pythonPath])]);

/**
 * The same for a process group, whose home comes first by itself.
 *
 * @returns undefined where nothing is added.
 */
export const groupSearchPath = (settings: Settings): string | undefined => {
  searchPath(settings);
  const folders = settings.pythonPath.filter((folder) => folder !== settings.workingDirectory);
  return folders.length > 0 ? joined([...new Set(folders)]) : undefined;
};
