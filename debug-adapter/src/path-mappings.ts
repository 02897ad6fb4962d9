import type { PathMapping } from '../../common/src/launch-attributes';

/** Folders here and on the server that hold the same files. The longest root that fits decides. */
export class PathMappings {
  constructor(private readonly mappings: readonly PathMapping[]) {}

  /** A path of ours as the server knows it. */
  toRemote(path: string): string {
    const found = longest(this.mappings, ({ localRoot }) => rest(path, localRoot));
    return found ? joined(found.mapping.remoteRoot, found.rest) : path;
  }

  /** A path of the server's as we know it. */
  toLocal(path: string): string {
    const found = longest(this.mappings, ({ remoteRoot }) => rest(path, remoteRoot));
    return found ? joined(found.mapping.localRoot, found.rest) : path;
  }

  /** The lines of a Python traceback, with our paths. */
  tracebackToLocal(text: string): string {
    return text.replace(/(?<=^\s*File ")[^"]+(?=")/gm, (path) => this.toLocal(path));
  }
}

const longest = (
  mappings: readonly PathMapping[],
  restBelow: (mapping: PathMapping) => string | undefined,
): { mapping: PathMapping; rest: string } | undefined => {
  let found: { mapping: PathMapping; rest: string } | undefined;
  for (const mapping of mappings) {
    const rest = restBelow(mapping);
    if (rest !== undefined && (!found || rest.length < found.rest.length)) found = { mapping, rest };
  }
  return found;
};

/** What is left of a path below a root, with slashes, or undefined where it is not below it. */
const rest = (path: string, root: string): string | undefined => {
  const [path_, root_] = [forCompare(path, root), forCompare(withoutSlash(root), root)];
  if (path_ === root_) return '';
  const separated = root_ === '' || root_.endsWith('/') ? root_ : `${root_}/`;
  if (!path_.startsWith(separated === '' ? '/' : separated)) return undefined;
  return path.slice(separated === '' ? 1 : separated.length).replaceAll(isWindows(root) ? '\\' : '/', '/');
};

const joined = (root: string, rest: string): string => {
  const separator = isWindows(root) ? '\\' : '/';
  return rest === ''
    ? withoutSlash(root) || '/'
    : `${withoutSlash(root)}${separator}${rest.replaceAll('/', separator)}`;
};

const withoutSlash = (root: string): string => root.replace(/[\\/]+$/, '');

const isWindows = (root: string): boolean => /^[a-z]:[\\/]|^\\\\/i.test(root);

/** Windows tells neither letters nor slashes apart. */
const forCompare = (path: string, root: string): string =>
  isWindows(root) ? path.replaceAll('\\', '/').toLowerCase() : path;
