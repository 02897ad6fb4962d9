import { looksLikeApache } from '../../../common/src/apache-content';
import { UserError } from '../../../common/src/errors';
import type { WorkspaceFiles } from '../configuration/files';
import type { Session } from '../session';

/** Folders in which nobody keeps configuration, and which are large. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git', '.venv', 'venv', '__pycache__']);

/** Names that only Apache's files have. */
const CERTAIN_NAME = /^(?:apache2\.conf|httpd\.conf|\.htaccess|.*\.vhost)$/;

/** Names and folders that Apache's files share with those of others: nginx has sites as well, and FreeRADIUS mods. */
const SHARED = /\.(?:conf|load)$|\/(?:sites|conf|mods)-(?:available|enabled)\/[^/]+$/;

/** Debian's folders of Apache, where a file may have any name. */
const APACHE_FOLDER = /\/(?:apache2?|httpd)\/(?:.*\/)?(?:sites|conf|mods)-(?:available|enabled)\/[^/]+$/;

/**
 * The files that paths stand for: a main file for all it reads, a folder for all of Apache's files in it, any other file for itself.
 *
 * @throws UserError `path-missing`
 */
export const filesToCheck = (session: Session, paths: readonly string[]): readonly string[] => {
  const { files } = session;
  const found = new Set<string>();
  const add = (path: string): void => {
    found.add(files.canonical(path));
    for (const read of session.filesReadFrom(path)) found.add(files.canonical(read));
  };
  for (const path of paths) {
    switch (files.kind(path)) {
      case 'file':
        add(path);
        break;
      case 'folder':
        for (const file of apacheFilesBelow(files, path)) add(file);
        break;
      default:
        throw new UserError({
          code: 'path-missing',
          message: `There is no file or folder \`${path}\`, or it cannot be read.`,
          action: 'Name a configuration file, or a folder that holds some.',
        });
    }
  }
  return [...found].sort();
};

const apacheFilesBelow = (files: WorkspaceFiles, folder: string): readonly string[] =>
  (files.list(folder) ?? []).flatMap((name) => {
    const path = `${folder.replace(/\/$/, '')}/${name}`;
    // A folder that is linked to is found where it is, and a circle of links has no end.
    if (files.kind(path) === 'folder')
      return SKIPPED.has(name) || files.canonical(path) !== `${files.canonical(folder)}/${name}`
        ? []
        : apacheFilesBelow(files, path);
    return isApaches(files, path, name) ? [path] : [];
  });

const isApaches = (files: WorkspaceFiles, path: string, name: string): boolean =>
  CERTAIN_NAME.test(name) ||
  APACHE_FOLDER.test(path) ||
  (SHARED.test(path) && looksLikeApache(files.read(path) ?? ''));
