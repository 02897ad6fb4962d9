import { accessFileNames, inFolder } from '../configuration/access-files';
import type { Entry } from '../configuration/entries';
import type { Host } from './hosts';
import { type Overrides, overridesIn } from './overrides';
import { coversPath, folderOf, folderSections, patternOf } from './sections';
import type { Site } from './site';

/** How one host of a server treats the access file of a folder. */
export interface Serving {
  readonly host: Host;
  readonly overrides: Overrides;
  /** The `AccessFileName` that names other files; undefined if the file has one of the names. */
  readonly otherNames: Entry | undefined;
}

/** How a server treats an access file: one answer for each host that has something to say of its folder; none if no host has. */
export const servingsOf = (site: Site, path: string): readonly Serving[] => {
  const folder = folderOf(path);
  return site.hosts
    .filter((host) => isServed(site, host, folder))
    .map((host) => {
      const named = host.last.get('accessfilename') ?? site.server.last.get('accessfilename');
      const hasName = accessFileNames(named).some((name) => inFolder(folder, name) === path);
      return {
        host,
        overrides: overridesIn(folderSections(folder, site, host)),
        otherNames: hasName ? undefined : named,
      };
    });
};

/** Whether a host leads to a folder: by its own files, an alias, a mount, or a section about it. */
const isServed = (site: Site, host: Host, folder: string): boolean => {
  const words = (key: string, index: number): readonly string[] =>
    host.ownOf(key).flatMap((entry) => entry.words[index]?.value ?? []);
  const scripts = (site.mountsByHost.get(host) ?? []).flatMap(({ script }) =>
    script?.known ? folderOf(script.value) : [],
  );
  const sections = host.sections.filter(({ key }) => key === '<directory').map(patternOf);
  return [...words('documentroot', 0), ...words('alias', 1), ...scripts, ...sections].some(
    (path) => path.startsWith('/') && path !== '/' && coversPath(path, folder),
  );
};
