import { chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { whatStops } from '../../../common/src/access';
import { UserError } from '../../../common/src/errors';
import { installRoot } from '../../../common/src/install-root';
import { runProgram } from '../../../common/src/run-program';
import { httpdConfiguration } from '../config/httpd-conf';
import { hasDocumentRoot } from '../config/needs';
import { writeResourceHandler } from '../config/resource-handler';
import type { ServerPlan } from '../plan';
import { prepareOwnFolder } from '../preflight/folders';
import { prepareResults } from '../preflight/results';
import { handlerSettings } from './handler-settings';
import { layOut, type ServerRootLayout } from './layout';
import { pythonLiteral } from './python-literal';

/** The Python files that the handler needs, and the name that each has in the handler's folder. */
const HANDLER_FILES: readonly (readonly [source: string, name: string])[] = [
  ['express/python/handler.py', 'handler.wsgi'],
  ['express/python/application_loader.py', 'application_loader.py'],
  ['express/python/post_mortem.py', 'post_mortem.py'],
  ['express/python/measurement.py', 'measurement.py'],
  ['express/python/profiler.py', 'profiler.py'],
  ['express/python/recorder.py', 'recorder.py'],
  ['express/python/new_relic.py', 'new_relic.py'],
  ['express/python/reloader.py', 'reloader.py'],
  ['common/python/request_coverage.py', 'request_coverage.py'],
];

/**
 * Makes the folder that was chosen, and lets the server's group look into a temporary one.
 *
 * @throws UserError where the chosen folder cannot be made or written.
 */
export const prepareServerRoot = ({ settings, identity }: ServerPlan, folder: string): void => {
  if (settings.serverRoot) prepareOwnFolder({ folder, what: 'the server root', option: '--server-root' });
  else if (identity.isSwitched) {
    // Root's own folder, so that the application cannot rewrite the configuration that root reads.
    chownSync(folder, 0, identity.group.gid);
    chmodSync(folder, 0o750);
  }
};

/**
 * Writes everything that Apache needs into the server root of a run.
 *
 * @throws UserError as {@link writeServerFiles}.
 */
export const fillServerRoot = async (
  plan: ServerPlan,
  folder: string,
  showsRequestLines: boolean,
): Promise<ServerRootLayout> => {
  const layout = layOut(plan, folder, 'launcher', showsRequestLines);
  // The program that makes them runs while the files are written.
  const pipes = makePipes(plan, layout);
  await Promise.all([pipes, (async () => writeServerFiles(plan, layout))()]);
  return layout;
};

/**
 * Writes the configuration and the handler, and makes the folders that the server needs.
 *
 * @throws UserError for a value that no configuration can hold, and for folders that cannot be written or reached.
 */
export const writeServerFiles = (plan: ServerPlan, layout: ServerRootLayout): void => {
  const { logDirectory, pidFile } = plan.settings;
  if (logDirectory)
    prepareOwnFolder({ folder: logDirectory, what: 'the log directory', option: '--log-directory' });
  if (pidFile)
    prepareOwnFolder({ folder: path.dirname(pidFile), what: 'the directory', option: '--pid-file' });
  prepareResults(plan);
  writeResourceHandler(plan, layout);
  if (hasDocumentRoot(plan) && !plan.settings.files.documentRoot)
    prepareOwnFolder({ folder: layout.documentRoot, what: 'the document root', option: '--document-root' });
  if (layout.handlerFolder) writeHandler(plan, layout, layout.handlerFolder);
  writeFileSync(layout.configuration, httpdConfiguration(plan, layout));
  checkReachable(plan, layout);
};

/** Removes what a run leaves in a server root that is kept. */
export const removePipes = (folder: string): void => {
  for (const name of ['error_log.pipe', 'access_log.pipe', 'request_lines.pipe', 'reload.pipe'])
    rmSync(path.join(folder, name), { force: true });
};

/** Removes the server root of a run that has chosen none. */
export const removeTemporaryFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true });

const READABLE = 0o644;

const writeHandler = (plan: ServerPlan, layout: ServerRootLayout, folder: string): void => {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  for (const [source, name] of HANDLER_FILES) {
    copyFileSync(path.join(installRoot(), source), path.join(folder, name));
    chmodSync(path.join(folder, name), READABLE);
  }
  const settings = path.join(folder, 'settings.py');
  writeFileSync(settings, `SETTINGS = ${pythonLiteral(handlerSettings(plan, layout))}\n`);
  chmodSync(settings, READABLE);
};

/**
 * Makes the named pipes through which logs reach the terminal. Apache cannot open /dev/stderr where the launcher's
 * own output is a socket, which is what a program started by Node gets.
 */
const makePipes = async ({ identity }: ServerPlan, layout: ServerRootLayout): Promise<void> => {
  const pipes = [
    layout.errorLog.kind === 'terminal' ? layout.errorLogFile : undefined,
    layout.accessLog?.kind === 'terminal' ? layout.accessLogFile : undefined,
    layout.requestLinePipe,
    layout.reloadPipe,
  ].filter((file) => file !== undefined);
  for (const file of pipes) rmSync(file, { force: true });
  if (pipes.length > 0) await makeFifos(pipes);
  // Logs are opened by Apache's first process; this one by those of the application.
  if (layout.reloadPipe && identity.isSwitched)
    chownSync(layout.reloadPipe, identity.user.uid, identity.group.gid);
};

const makeFifos = async (pipes: readonly string[]): Promise<void> => {
  const { exitCode, stderr, failure } = await runProgram('mkfifo', ['-m', '600', ...pipes]);
  if (exitCode === 0) return;
  throw new UserError({
    code: 'pipe-not-made',
    message: `The named pipes for the logs could not be made: ${stderr.trim() || failure?.message || 'mkfifo failed'}.`,
    action: 'Choose a directory of a local disk with --server-root, or with TMPDIR.',
  });
};

const checkReachable = (
  { identity, settings }: ServerPlan,
  { mount, handlerFolder }: ServerRootLayout,
): void => {
  const obstacle = handlerFolder && whatStops(identity.user, mount.script, 'read');
  if (!obstacle) return;
  throw new UserError({
    code: 'server-root-not-readable',
    message: `The server runs as ${identity.user.name}, who cannot reach its files: ${obstacle.path} ${obstacle.reason}.`,
    action: settings.serverRoot
      ? 'Choose another directory with --server-root.'
      : 'Choose a directory with --server-root, or a temporary folder that everybody can enter with TMPDIR.',
  });
};
