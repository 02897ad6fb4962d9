import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessKind, absence, kindOf, whatStops } from './access';

const own = { uid: process.getuid?.() ?? 0, gids: [process.getgid?.() ?? 0] };
/** Neither the owner nor of the group of anything here. */
const stranger = { uid: 54321, gids: [54321] };
const groupMember = { uid: 54321, gids: own.gids };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'mod-wsgi-access-'));
  chmodSync(folder, 0o755);
  for (const [name, mode] of [
    ['open', 0o755],
    ['group', 0o750],
    ['owner', 0o700],
    ['nobody', 0o077],
  ] as const) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'file'), '');
    chmodSync(path.join(folder, name, 'file'), 0o640);
    chmodSync(path.join(folder, name), mode);
  }
  symlinkSync(path.join(folder, 'owner'), path.join(folder, 'link'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('whatStops', () => {
  const stoppedAt = (user: typeof own, name: string, kind: AccessKind) => {
    const obstacle = whatStops(user, path.join(folder, name), kind);
    return obstacle && path.relative(folder, obstacle.path);
  };

  it.each<[string, typeof own, string, AccessKind, string | undefined]>([
    ['passes open folders', stranger, 'open', 'read', undefined],
    ['names the file', stranger, 'open/file', 'read', 'open/file'],
    ['honours the group', groupMember, 'open/file', 'read', undefined],
    ['distinguishes reading and writing', groupMember, 'open/file', 'write', 'open/file'],
    ['names the folder on the way', stranger, 'group/file', 'read', 'group'],
    ['follows links', stranger, 'link/file', 'read', 'link'],
    ['names what is missing', own, 'open/none/file', 'read', 'open/none'],
  ])('%s', (_name, user, file, kind, expected) => {
    expect(stoppedAt(user, file, kind)).toBe(expected);
  });

  it('tells owner and mode', () => {
    expect(whatStops(stranger, path.join(folder, 'owner/file'), 'read')?.reason).toMatch(
      /^belongs to \S+ and has mode 0700$/,
    );
  });

  it('lets root pass', () => {
    expect(whatStops({ uid: 0, gids: [0] }, path.join(folder, 'owner/file'), 'write')).toBeUndefined();
  });

  it('takes the class that fits first: an owner without rights is stopped where others are not', () => {
    const owner = { uid: own.uid === 0 ? 54321 : own.uid, gids: [1] };
    const expected = own.uid === 0 ? undefined : 'nobody';
    expect(stoppedAt(owner, 'nobody', 'execute')).toBe(expected);
  });
});

describe('what is named', () => {
  it('is told by its kind', () => {
    expect(kindOf(path.join(folder, 'open'))).toBe('directory');
    expect(kindOf(path.join(folder, 'open/file'))).toBe('file');
    expect(kindOf('/dev/null')).toBe('other');
    for (const name of ['none', 'open/file/x', 'x'.repeat(300)])
      expect(kindOf(path.join(folder, name))).toBeUndefined();
  });

  it('is missing, or a name that no file can have', () => {
    const none = path.join(folder, 'none/script');
    expect(absence('script', none)).toBe(`There is no script ${none}.`);
    const long = path.join(folder, 'x'.repeat(300));
    expect(absence('script', path.join(long, 'y'))).toBe(
      `The script ${path.join(long, 'y')} cannot be reached: ${long} cannot be looked at (ENAMETOOLONG).`,
    );
  });
});
