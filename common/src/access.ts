import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { localAccount, localGroup, localGroupName, localGroupsOf } from './account-files';
import { runProgram } from './run-program';

/** A user as the kernel sees one. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  /** The primary group. */
  readonly gid: number;
  /** All groups, the primary one included. */
  readonly gids: readonly number[];
  readonly home: string;
}

/** What somebody wants to do with a file or folder. */
export type AccessKind = 'read' | 'write' | 'execute';

/** The first thing on the way to a path that stops a user. */
export interface Obstacle {
  readonly path: string;
  /** What is wrong with it, as the end of a sentence: "belongs to root and has mode 0700". */
  readonly reason: string;
}

const BIT: Readonly<Record<AccessKind, number>> = { read: 4, write: 2, execute: 1 };

type Who = Pick<SystemUser, 'uid' | 'gids'>;

/** Whether the mode bits give that permission; the first class that fits the user decides, as the kernel has it. */
const permits = (user: Who, { mode, uid, gid }: Stats, kind: AccessKind): boolean => {
  const shift = user.uid === uid ? 6 : user.gids.includes(gid) ? 3 : 0;
  return ((mode >> shift) & BIT[kind]) !== 0;
};

const ownerName = (uid: number): string => localAccount(String(uid))?.name ?? `user ${uid}`;

const describe = ({ mode, uid }: Stats): string =>
  `belongs to ${ownerName(uid)} and has mode 0${(mode & 0o7777).toString(8).padStart(3, '0')}`;

const MISSING = 'does not exist';

/** What a path leads to, or why that cannot be told. */
const lookAt = (file: string): Stats | string => {
  try {
    return statSync(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? MISSING : `cannot be looked at (${code})`;
  }
};

/**
 * Walks a path from the root and names the first folder or file that stops the user, by mode bits and ownership.
 * Links are followed. Access lists and mount options are not looked at.
 *
 * @returns undefined if nothing stops the user; root is stopped by missing files alone.
 */
export const whatStops = (user: Who, file: string, kind: AccessKind): Obstacle | undefined => {
  const absolute = path.resolve(file);
  const parts = absolute.split('/').filter((part) => part !== '');
  for (let depth = 0; depth <= parts.length; depth++) {
    const current = `/${parts.slice(0, depth).join('/')}`;
    const stats = lookAt(current);
    if (typeof stats === 'string') return { path: current, reason: stats };
    const needed = depth === parts.length ? kind : 'execute';
    if (user.uid !== 0 && !permits(user, stats, needed)) return { path: current, reason: describe(stats) };
  }
  return undefined;
};

/** The user who runs this process. */
export const currentUser = (): Who => ({
  uid: process.getuid?.() ?? 0,
  gids: [...new Set([process.getgid?.() ?? 0, ...(process.getgroups?.() ?? [])])],
});

/** What is at a path; undefined where nothing is, or nothing that this process may look at. */
export const kindOf = (file: string): 'file' | 'directory' | 'other' | undefined => {
  const stats = lookAt(file);
  if (typeof stats === 'string') return undefined;
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
};

/**
 * Why a path that somebody has named leads nowhere, as a sentence: nothing is there, or this process may not look.
 *
 * @param what names what was expected there: "WSGI script".
 */
export const absence = (what: string, file: string): string => {
  const obstacle = whatStops(currentUser(), path.dirname(file), 'execute');
  return obstacle && obstacle.reason !== MISSING
    ? `The ${what} ${file} cannot be reached: ${obstacle.path} ${obstacle.reason}.`
    : `There is no ${what} ${file}.`;
};

const ask = async (program: string, ...args: string[]): Promise<string | undefined> => {
  const { stdout, exitCode } = await runProgram(program, args, { timeoutMs: 10_000 });
  return exitCode === 0 ? stdout.trim() : undefined;
};

const homeOf = async (name: string): Promise<string> => {
  const entry = (await ask('getent', 'passwd', name)) ?? '';
  return entry.split(':')[5] || '/';
};

/** The user of that name or number; undefined if there is none. */
export const lookupUser = async (name: string): Promise<SystemUser | undefined> => {
  if (name === '' || name.startsWith('-')) return undefined;
  const local = localAccount(name);
  const gids = local && localGroupsOf(local);
  return local && gids ? { ...local, gids } : askForUser(name);
};

/** For accounts that are not in the system's files, such as those of a directory service. */
const askForUser = async (name: string): Promise<SystemUser | undefined> => {
  const [login, uid, gid, gids] = await Promise.all([
    ask('id', '-un', name),
    ask('id', '-u', name),
    ask('id', '-g', name),
    ask('id', '-G', name),
  ]);
  if (!login || !uid || !gid || !gids) return undefined;
  return {
    name: login,
    uid: Number(uid),
    gid: Number(gid),
    gids: gids.split(/\s+/).map(Number),
    home: await homeOf(login),
  };
};

/** The number of the group of that name or number; undefined if there is none. */
export const lookupGroup = async (name: string): Promise<number | undefined> => {
  if (name === '' || name.startsWith('-')) return undefined;
  const local = localGroup(name);
  if (local !== undefined) return local;
  const entry = await ask('getent', 'group', name);
  return entry ? Number(entry.split(':')[2]) : undefined;
};

/** The account that the platform keeps for web servers. */
const SERVER_ACCOUNTS = ['www-data', 'apache', '_www', 'httpd', 'http', 'wwwrun', 'daemon', 'nobody'];

/** The user to propose when root starts a server: the first of the usual accounts that exists here. */
export const proposedServerUser = async (): Promise<SystemUser | undefined> => {
  for (const name of SERVER_ACCOUNTS) {
    const user = await lookupUser(name);
    if (user) return user;
  }
  return undefined;
};

/** The name of a group by its number, or the number as Apache writes it (`#33`). */
export const groupName = async (gid: number): Promise<string> => {
  const name = localGroupName(gid) ?? (await ask('getent', 'group', String(gid)))?.split(':')[0];
  return name || `#${gid}`;
};
