import type { FileSystem } from '../model/machine';

/** An account of the machine. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The accounts in /etc/passwd and /etc/group; empty where those cannot be read. */
export const accountsOf = (
  files: Pick<FileSystem, 'read'>,
): { readonly users: ReadonlyMap<string, Account>; readonly groups: ReadonlyMap<string, number> } => {
  const rows = (path: string): string[][] =>
    (files.read(path) ?? '').split('\n').map((row) => row.split(':'));
  const users = rows('/etc/passwd').flatMap(([name, , uid, gid, , home]): [string, Account][] =>
    name && home ? [[name, { uid: Number(uid), gid: Number(gid), home }]] : [],
  );
  const groups = rows('/etc/group').flatMap(([name, , gid]): [string, number][] =>
    name && gid !== undefined ? [[name, Number(gid)]] : [],
  );
  return { users: new Map(users), groups: new Map(groups) };
};
