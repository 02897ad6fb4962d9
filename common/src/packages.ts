import { readFileSync } from 'node:fs';

/** Something that a system package provides. */
export type SystemNeed =
  | 'httpd'
  | 'httpd-headers'
  | 'python'
  | 'python-headers'
  | 'python-library'
  | 'mod_wsgi'
  | 'build-tools';

type Family = 'debian' | 'fedora' | 'suse' | 'arch' | 'alpine' | 'macos';

/** The package of each family for each need. */
const PACKAGES: Readonly<Record<SystemNeed, Readonly<Record<Family, string>>>> = {
  httpd: {
    debian: 'apache2',
    fedora: 'httpd',
    suse: 'apache2',
    arch: 'apache',
    alpine: 'apache2',
    macos: 'httpd',
  },
  'httpd-headers': {
    debian: 'apache2-dev',
    fedora: 'httpd-devel',
    suse: 'apache2-devel',
    arch: 'apache',
    alpine: 'apache2-dev',
    macos: 'httpd',
  },
  python: {
    debian: 'python3',
    fedora: 'python3',
    suse: 'python3',
    arch: 'python',
    alpine: 'python3',
    macos: 'python',
  },
  'python-headers': {
    debian: 'python3-dev',
    fedora: 'python3-devel',
    suse: 'python3-devel',
    arch: 'python',
    alpine: 'python3-dev',
    macos: 'python',
  },
  'python-library': {
    debian: 'libpython3-dev',
    fedora: 'python3-libs',
    suse: 'python3-devel',
    arch: 'python',
    alpine: 'python3-dev',
    macos: 'python',
  },
  mod_wsgi: {
    debian: 'libapache2-mod-wsgi-py3',
    fedora: 'python3-mod_wsgi',
    suse: 'apache2-mod_wsgi-python3',
    arch: 'mod_wsgi',
    alpine: 'apache2-mod-wsgi',
    macos: 'mod_wsgi',
  },
  'build-tools': {
    debian: 'build-essential',
    fedora: 'gcc make',
    suse: 'gcc make',
    arch: 'base-devel',
    alpine: 'build-base',
    macos: 'make',
  },
};

const INSTALL: Readonly<Record<Family, string>> = {
  debian: 'sudo apt-get install',
  fedora: 'sudo dnf install',
  suse: 'sudo zypper install',
  arch: 'sudo pacman -S',
  alpine: 'sudo apk add',
  macos: 'brew install',
};

/** os-release identifiers, own and inherited (ID_LIKE), by family. */
const FAMILY_IDS: readonly (readonly [string, Family])[] = [
  ['debian', 'debian'],
  ['ubuntu', 'debian'],
  ['fedora', 'fedora'],
  ['rhel', 'fedora'],
  ['suse', 'suse'],
  ['opensuse', 'suse'],
  ['arch', 'arch'],
  ['alpine', 'alpine'],
];

/** The family that an os-release file describes; undefined for one that is not in the table. */
export const familyOf = (osRelease: string): Family | undefined => {
  const ids = [...osRelease.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gm)]
    .flatMap((match) => (match[1] ?? '').replaceAll('"', '').split(/\s+/))
    .map((id) => id.split('-')[0]);
  return FAMILY_IDS.find(([id]) => ids.includes(id))?.[1];
};

const thisFamily = (): Family | undefined => {
  if (process.platform === 'darwin') return 'macos';
  try {
    return familyOf(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return undefined;
  }
};

/**
 * How to get something on this machine: the packages' names and the command that installs them. On a distribution
 * that is not in the table Debian's names are given and no command, since they are the ones most easily searched for.
 */
export const packagesFor = (...needs: readonly SystemNeed[]): { packages: string; command?: string } => {
  const family = thisFamily();
  const packages = [...new Set(needs.map((need) => PACKAGES[need][family ?? 'debian']))].join(' ');
  return family ? { packages, command: `${INSTALL[family]} ${packages}` } : { packages };
};
