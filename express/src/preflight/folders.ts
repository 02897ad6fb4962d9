import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { currentUser, type SystemUser, whatStops } from '../../../common/src/access';
import { UserError } from '../../../common/src/errors';
import type { ServerIdentity } from '../plan';

/** A folder that somebody has to write to. */
export interface WantedFolder {
  readonly folder: string;
  /** As the message names it: "the coverage directory". */
  readonly what: string;
  /** The option that chooses another. */
  readonly option: string;
}

const notWritable = (wanted: WantedFolder, who: string, why: string): UserError =>
  new UserError({
    code: 'directory-not-writable',
    message: `${who} cannot write to ${wanted.what} ${wanted.folder}: ${why}.`,
    action: `Change its permissions, or choose another directory with ${wanted.option}.`,
  });

/** The folders that would have to be made for a path, the outermost first. */
const createFolder = (wanted: WantedFolder): string[] => {
  let first: string | undefined;
  try {
    first = mkdirSync(wanted.folder, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw notWritable(wanted, 'The launcher', (error as Error).message);
  }
  if (first === undefined) return [];
  const created: string[] = [];
  for (let folder = wanted.folder; folder.length >= first.length; folder = path.dirname(folder))
    created.unshift(folder);
  return created;
};

/**
 * Makes a folder that the launcher itself writes to, where it does not exist yet.
 *
 * @throws UserError `directory-not-writable`.
 */
export const prepareOwnFolder = (wanted: WantedFolder): void => {
  createFolder(wanted);
  const obstacle = whatStops(currentUser(), wanted.folder, 'write');
  if (obstacle) throw notWritable(wanted, 'The launcher', `${obstacle.path} ${obstacle.reason}`);
};

/**
 * Makes a folder that the server's user writes to, where it does not exist yet; what is made belongs to that user.
 *
 * @throws UserError `directory-not-writable`.
 */
export const prepareServerFolder = (
  wanted: WantedFolder,
  { user, group, isSwitched }: ServerIdentity,
): void => {
  const created = createFolder(wanted);
  if (isSwitched) for (const folder of created) chownSync(folder, user.uid, group.gid);
  const obstacle = firstObstacle(user, wanted.folder);
  if (obstacle) throw notWritable(wanted, `The server runs as ${user.name}, who`, obstacle);
};

/**
 * Makes an empty file that the server's user writes to, where it does not exist yet; it belongs to that user.
 *
 * @throws UserError `directory-not-writable`.
 */
export const prepareServerFile = (
  wanted: WantedFolder,
  { user, group, isSwitched }: ServerIdentity,
): void => {
  const file = wanted.folder;
  createFolder({ ...wanted, folder: path.dirname(file) });
  if (!existsSync(file)) {
    try {
      writeFileSync(file, '');
    } catch (error) {
      throw notWritable(wanted, 'The launcher', (error as Error).message);
    }
    if (isSwitched) chownSync(file, user.uid, group.gid);
  }
  const obstacle = whatStops(user, file, 'write');
  if (obstacle)
    throw notWritable(wanted, `The server runs as ${user.name}, who`, `${obstacle.path} ${obstacle.reason}`);
};

const firstObstacle = (user: SystemUser, folder: string): string | undefined => {
  const obstacle = whatStops(user, folder, 'write') ?? whatStops(user, folder, 'execute');
  return obstacle && `${obstacle.path} ${obstacle.reason}`;
};
