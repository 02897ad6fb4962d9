import { expect, it } from 'vitest';
import { familyOf } from './packages';

it.each([
  ['ID=debian\n', 'debian'],
  ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'debian'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora'],
  ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'suse'],
  ['ID=alpine\n', 'alpine'],
  ['ID=plan9\n', undefined],
  ['', undefined],
])('%j is of the family %s', (text, family) => {
  expect(familyOf(text)).toBe(family);
});
