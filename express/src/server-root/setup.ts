import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { urlHost } from '../../../common/src/addresses';
import { UserError } from '../../../common/src/errors';
import type { ServerPlan } from '../plan';
import { prepareOwnFolder } from '../preflight/folders';
import type { Settings } from '../settings';
import { apachectl } from './apachectl';
import { writeServerFiles } from './create';
import { layOut, type ServerRootLayout } from './layout';
import { shellWord } from './shell-words';

/** What was written, for the user. */
export interface SetUpServer {
  readonly layout: ServerRootLayout;
  readonly apachectl: string;
  readonly envvars: string;
}

/** Where a server is set up if no folder is chosen: the same one for the same address and user, as upstream has it. */
export const defaultServerRoot = ({ host, port }: Pick<Settings, 'host' | 'port'>): string => {
  const name = `mod_wsgi-${urlHost(host)}:${port}:${process.getuid?.() ?? 0}`;
  return path.join(os.tmpdir(), name);
};

/**
 * Checks that a folder with a name that everybody can foresee, in a place where everybody can write, is our own.
 *
 * @throws UserError `server-root-foreign`.
 */
export const checkOwnFolder = (folder: string): void => {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (!stats || (stats.isDirectory() && stats.uid === process.getuid?.())) return;
  throw new UserError({
    code: 'server-root-foreign',
    message: `${folder}, where this server would be set up, belongs to somebody else or is not a directory.`,
    action: 'Choose a directory with --server-root.',
  });
};

/**
 * Writes a server root that runs without this launcher: the configuration, `apachectl`, the handler, and the module
 * where it comes from the cache. `envvars` is the user's: it is written once and then left alone.
 *
 * @throws UserError for what cannot be written, reached or expressed.
 */
export const setUpServerRoot = (plan: ServerPlan, folder: string): SetUpServer => {
  prepareOwnFolder({ folder, what: 'the server root', option: '--server-root' });
  const kept = plan.runtime.kind === 'bundled' ? withOwnModule(plan, folder) : plan;
  const layout = layOut(kept, folder, 'apachectl');
  writeServerFiles(kept, layout);
  const control = path.join(folder, 'apachectl');
  writeFileSync(control, apachectl(kept, layout));
  chmodSync(control, 0o755);
  const envvars = path.join(folder, 'envvars');
  const { script } = plan.settings.environment;
  if (script) writeFileSync(envvars, `. ${shellWord(script)}\n`);
  else if (!existsSync(envvars)) writeFileSync(envvars, ENVVARS);
  return { layout, apachectl: control, envvars };
};

const ENVVARS = `# Read by apachectl before each of its commands; setup-server leaves this file alone. For instance:
#   export DATABASE_URL=postgresql:///shop
`;

/** The cache may be emptied at any time. The copy is renamed into place: a running Apache keeps the one it has loaded. */
const withOwnModule = (plan: ServerPlan, folder: string): ServerPlan => {
  const modules = path.join(folder, 'modules');
  mkdirSync(modules, { recursive: true });
  chmodSync(modules, 0o755);
  const module = path.join(modules, 'mod_wsgi.so');
  copyFileSync(plan.runtime.module, `${module}.new`);
  chmodSync(`${module}.new`, 0o644);
  renameSync(`${module}.new`, module);
  return { ...plan, runtime: { ...plan.runtime, module } };
};
