import { describe, expect, it } from 'vitest';
import { localAccount, localGroup, localGroupName, localGroupsOf } from './account-files';

describe('account files', () => {
  it('finds an account by name and by number', () => {
    const root = localAccount('root');
    expect(root).toMatchObject({ name: 'root', uid: 0, gid: 0 });
    expect(localAccount('0')).toEqual(root);
  });

  it('finds a group by name and by number, and names it', () => {
    const gid = localAccount('root')?.gid ?? 0;
    const name = localGroupName(gid) ?? '';
    expect(localGroup(name)).toBe(gid);
    expect(localGroup(String(gid))).toBe(gid);
  });

  it('knows nothing of what is not there', () => {
    expect(localAccount('nobody of that name')).toBeUndefined();
    expect(localGroup('no group of that name')).toBeUndefined();
    expect(localGroupName(4_000_000_000)).toBeUndefined();
  });

  it('begins the groups of an account with its primary one', () => {
    const groups = localGroupsOf({ name: 'root', uid: 0, gid: 0, home: '/root' });
    expect(groups?.[0] ?? 0).toBe(0);
  });
});
