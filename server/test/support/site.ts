import type { Disk } from '../../src/configuration/disk';
import { Workspace } from '../../src/configuration/workspace';
import { type Site, siteOf } from '../../src/mounts/site';

/**
 * What the language server makes of a server's configuration.
 *
 * @param root its first file, an absolute path
 * @throws Error if that file is not there
 */
export const siteAt = (root: string, disk: Disk): Site => {
  const workspace = new Workspace(disk);
  const document = workspace.documentOf(root);
  if (!document) throw new Error(`${root} is gone`);
  return siteOf(workspace.membershipOf(document).configuration);
};
