import type { FileSystem } from '../model/machine';

/** Where the main file of a configuration lies below a folder above one of its files. */
const ROOT_NAMES = ['apache2.conf', 'httpd.conf', 'conf/httpd.conf', 'conf/apache2.conf'] as const;

/** Folders above a file that are looked at. */
const MOST_LEVELS = 6;

/** The main file above a file: the nearest `httpd.conf` or `apache2.conf`; undefined if there is none. */
export const findRoot = (files: FileSystem, path: string): string | undefined => {
  let folder = path;
  for (let level = 0; level < MOST_LEVELS; level++) {
    const slash = folder.lastIndexOf('/');
    if (slash <= 0) return undefined;
    folder = folder.slice(0, slash);
    for (const name of ROOT_NAMES) {
      const candidate = `${folder}/${name}`;
      if (files.kind(candidate) === 'file') return candidate;
    }
  }
  return undefined;
};

/** The server root that goes with a main file: its folder, or the one above `conf`. */
export const serverRootOf = (root: string): string =>
  root.replace(/\/[^/]*$/, '').replace(/\/conf$/, '') || '/';

/**
 * The variables of Debian's `envvars`, which the service exports before it starts Apache. Shell code is not run: plain
 * `export NAME=value` lines are read, with the variables set before.
 */
export const readEnvvars = (text: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const [, name = '', raw = ''] of text.matchAll(/^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)=(.*)$/gm)) {
    const value = raw
      .replace(/^(["'])(.*)\1\s*$/, '$2')
      .replace(/\$\{?([A-Z_][A-Z0-9_]*)\}?/g, (_, used: string) => values.get(used) ?? '');
    if (!/[`$(]/.test(value) && !values.has(name)) values.set(name, value.trim());
  }
  return values;
};
