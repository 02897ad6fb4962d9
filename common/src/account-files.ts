import { readFileSync } from 'node:fs';

/** An account as /etc/passwd has it. */
export interface AccountEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

const lines = (file: string): string[][] => {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
};

const groups = (): string[][] => lines('/etc/group');

/**
 * The account of that name or number, from /etc/passwd; undefined where it is kept elsewhere (a directory service), or
 * not at all.
 */
export const localAccount = (name: string): AccountEntry | undefined => {
  const entries = lines('/etc/passwd');
  const entry = entries.find((fields) => fields[0] === name) ?? entries.find((fields) => fields[2] === name);
  if (entry?.[2] === undefined || entry[3] === undefined) return undefined;
  return { name: entry[0] ?? '', uid: Number(entry[2]), gid: Number(entry[3]), home: entry[5] || '/' };
};

/** The number of the group of that name or number, from /etc/group. */
export const localGroup = (name: string): number | undefined => {
  const entry =
    groups().find((fields) => fields[0] === name) ?? groups().find((fields) => fields[2] === name);
  return entry?.[2] === undefined ? undefined : Number(entry[2]);
};

/** The name of a group by its number, from /etc/group. */
export const localGroupName = (gid: number): string | undefined =>
  groups().find((fields) => fields[2] === String(gid))?.[0];

/** Where the system looks for the groups of a user, as nsswitch.conf(5) says it. */
const groupServices = (): string[] => {
  const [services = ''] = lines('/etc/nsswitch.conf')
    .filter(([database]) => database === 'group' || database === 'initgroups')
    .map((fields) => fields.slice(1).join(':'))
    .slice(-1);
  return services
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/);
};

/** Services that know no members which /etc/group does not know. */
const LOCAL_SERVICES = new Set(['files', 'compat', 'systemd']);

/** All groups of an account, from /etc/group; undefined where others may know of more. */
export const localGroupsOf = ({ name, gid }: AccountEntry): number[] | undefined => {
  if (!groupServices().every((service) => LOCAL_SERVICES.has(service))) return undefined;
  const joined = groups()
    .filter((fields) => (fields[3] ?? '').split(',').includes(name))
    .map((fields) => Number(fields[2]));
  return [...new Set([gid, ...joined])];
};
