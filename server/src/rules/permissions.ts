import type { Account } from './accounts';
import type { TargetMachine } from './rule';

const EXECUTE = 0o1;
const READ = 0o4;

/** The first folder on the way to a path, itself included, that an account may not enter; undefined if it may. */
export const deniedFolder = (
  machine: TargetMachine,
  path: string,
  account: Pick<Account, 'uid' | 'gid'>,
): string | undefined => {
  const parts = path.split('/').filter(Boolean);
  for (let depth = 0; depth <= parts.length; depth++) {
    const folder = `/${parts.slice(0, depth).join('/')}`;
    if (machine.kind(folder) !== 'folder') return undefined;
    if (!mayUse(machine, folder, account, EXECUTE)) return folder;
  }
  return undefined;
};

/** Whether an account may read a file. Only mode bits are looked at: what an access list grants is not known. */
export const mayRead = (
  machine: TargetMachine,
  path: string,
  account: Pick<Account, 'uid' | 'gid'>,
): boolean => mayUse(machine, path, account, READ);

const mayUse = (
  machine: TargetMachine,
  path: string,
  { uid, gid }: Pick<Account, 'uid' | 'gid'>,
  bit: number,
): boolean => {
  const status = machine.status(path);
  if (!status || uid === 0) return true;
  const shift = status.uid === uid ? 6 : status.gid === gid ? 3 : 0;
  return ((status.mode >> shift) & bit) !== 0;
};
