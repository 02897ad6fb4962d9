import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheRoot } from '../../common/src/cache';
import type { LaunchAttributes } from '../../common/src/launch-attributes';

/** The interpreter that set-up made for the examples: with Flask, Django and coverage. */
export const EXAMPLES_PYTHON = path.join(cacheRoot(), 'venv', 'bin', 'python');

const PIP_LAUNCHER = path.join(cacheRoot(), 'venv', 'bin', 'mod_wsgi-express');
export const DISTRIBUTION_MODULE = '/usr/lib/apache2/modules/mod_wsgi.so';

export interface RuntimeCase {
  readonly name: string;
  readonly attributes: LaunchAttributes;
  /** Why it cannot be tested here. */
  readonly missing: string | undefined;
}

/** Why something cannot be tested here, or undefined where its part is there. */
export const unless = (file: string, what: string): string | undefined =>
  existsSync(file) ? undefined : `${what} is not installed here`;

/** Every mod_wsgi that the adapter can run on. */
export const RUNTIMES: readonly RuntimeCase[] = [
  { name: 'bundled', attributes: { runtime: 'bundled' }, missing: undefined },
  {
    name: 'installed (PyPI)',
    attributes: { runtime: 'installed' },
    missing: unless(PIP_LAUNCHER, 'mod_wsgi from PyPI'),
  },
  {
    name: "installed (the distribution's module, our launcher)",
    attributes: { runtime: 'installed', modulePath: DISTRIBUTION_MODULE },
    missing: unless(DISTRIBUTION_MODULE, "the distribution's mod_wsgi"),
  },
];

/** The name of the account that Apache runs as here, or undefined where it is our own. */
export const serverAccountName = (): string | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8');
  return ['www-data', 'apache', '_www'].find((name) => accounts.includes(`${name}:`));
};
