import { serverUrl } from '../../../common/src/addresses';
import { Guard } from '../../../common/src/guard';
import { isSupervised } from '../../../common/src/supervised';
import { makeTemporaryFolder } from '../../../common/src/temporary-folder';
import { serverEnvironment } from '../config/environment';
import { makePlan } from '../make-plan';
import type { ServerPlan } from '../plan';
import { fillServerRoot, prepareServerRoot, removePipes, removeTemporaryFolder } from '../server-root/create';
import type { ServerRootLayout } from '../server-root/layout';
import type { Settings } from '../settings';
import { summary } from '../summary';
import { type Apache, startApache } from './apache';
import { explainEnd } from './explain-end';
import { OutputTail } from './output-tail';
import { waitForPort } from './readiness';
import { openRelays } from './relays';
import { Reloader } from './reloader';
import { showsRequestLines } from './request-lines';
import { runAsBatch } from './scheduling';
import { onStopRequest } from './stop-requests';
import { rememberTerminal } from './terminal';

const NOTICE_MS = 1_000;

/** What has been asked of the server from outside; counts from before it exists. */
class StopState {
  #requests = 0;
  #apache: Apache | undefined;

  get isRequested(): boolean {
    return this.#requests > 0;
  }

  readonly request = (): void => {
    this.#requests += 1;
    if (this.#requests > 1) this.#apache?.kill();
    else if (this.#apache) this.#stop(this.#apache);
  };

  /** Stops in an orderly way, and says so where that takes long: a request may sit in the debugger. */
  #stop(apache: Apache): void {
    const notice = setTimeout(
      () => process.stderr.write('Waiting for a request to finish; Ctrl-C again ends the server at once.\n'),
      NOTICE_MS,
    );
    apache.ended.then(() => clearTimeout(notice));
    apache.stop();
  }

  attach(apache: Apache): void {
    this.#apache = apache;
    if (this.isRequested) this.#stop(apache);
  }
}

/**
 * Plans a server, runs it until it ends or is stopped, and leaves nothing behind: no process, no temporary folder.
 *
 * @returns the exit status: 0 after an orderly stop.
 * @throws UserError as {@link makePlan} and {@link makeTemporaryFolder}, for what could not be written, or if Apache ended by itself.
 */
export const runServer = async (settings: Settings): Promise<number> => {
  const folder = settings.serverRoot ?? makeTemporaryFolder('mod-wsgi-express-');
  const isTemporary = settings.serverRoot === undefined;
  // While the server is planned. A debugger's one process has no others to hand anything to.
  const preparation = settings.debugMode ? undefined : runAsBatch(process.pid);
  const guard = new Guard(isTemporary ? folder : undefined, preparation);
  try {
    const plan = await makePlan(settings);
    return await runPlanned(plan, folder, guard);
  } finally {
    if (isTemporary) removeTemporaryFolder(folder);
    await guard.release();
  }
};

const runPlanned = async (plan: ServerPlan, folder: string, guard: Guard): Promise<number> => {
  prepareServerRoot(plan, folder);
  const stopState = new StopState();
  const stopListening = onStopRequest(stopState.request);
  try {
    const layout = await fillServerRoot(plan, folder, showsRequestLines(plan.settings));
    await guard.prepared;
    return await serve(plan, layout, guard, stopState);
  } finally {
    if (plan.settings.serverRoot) removePipes(folder);
    stopListening();
    process.stdin.destroy();
  }
};

const serve = async (
  plan: ServerPlan,
  layout: ServerRootLayout,
  guard: Guard,
  stopState: StopState,
): Promise<number> => {
  const tail = new OutputTail();
  const reloader = new Reloader(plan.settings.workingDirectory, (text) => process.stdout.write(text));
  const relays = openRelays(plan.settings, layout, tail, reloader);
  const restoreTerminal = rememberTerminal();
  const apache = startApache({
    executable: plan.runtime.httpd.executable,
    configuration: layout.configuration,
    processName: plan.settings.processes.name,
    startupLog: layout.startupLogFile,
    hasLogPrograms: plan.rotatelogs !== undefined,
    isOneProcess: plan.settings.debugMode,
    workingDirectory: plan.settings.workingDirectory,
    environment: serverEnvironment(plan, layout.folder, process.env),
    stdin: stdinFor(plan),
  });
  if (apache.pid !== undefined) guard.watchGroup(apache.pid);
  // While Apache starts.
  if (!isSupervised()) process.stdout.write(summary(plan, layout));
  connect(apache, tail);
  stopState.attach(apache);
  reloader.attach(apache);
  // One process has nobody who would go on in its stead; the signal is caught all the same, as Node's own answer to it
  // is to open a debugger's port.
  const restart = plan.settings.debugMode ? () => {} : apache.restart;
  process.on('SIGUSR1', restart);
  announceWhenReady(plan, apache);
  const end = await apache.ended;
  process.off('SIGUSR1', restart);
  for (const relay of relays) await relay.close();
  restoreTerminal();
  if (!stopState.isRequested && end.status !== 0) throw explainEnd(end, tail.text);
  if (!stopState.isRequested) process.stdout.write('Apache was stopped by another process.\n');
  return 0;
};

/** A terminal is handed through for pdb's line editing; other input is passed on, so that its end can be noticed. */
const stdinFor = ({ settings }: ServerPlan): 'inherit' | 'pipe' | 'ignore' => {
  if (!settings.debugMode) return 'ignore';
  return process.stdin.isTTY ? 'inherit' : 'pipe';
};

const connect = (apache: Apache, tail: OutputTail): void => {
  if (apache.stdin) {
    apache.stdin.on('error', () => {});
    process.stdin.pipe(apache.stdin);
  }
  apache.stderr?.on('data', (chunk: Buffer) => {
    tail.add(chunk.toString());
    process.stderr.write(chunk);
  });
};

const announceWhenReady = (plan: ServerPlan, apache: Apache): void => {
  const abort = new AbortController();
  apache.ended.then(() => abort.abort());
  waitForPort(plan.port, plan.settings.host, abort.signal).then((isReady) => {
    if (!isReady) return;
    const hint = isSupervised() ? '' : ' (Ctrl-C stops the server)';
    process.stdout.write(`Listening on ${serverUrl(plan.settings.host, plan.port)}${hint}\n`);
  });
};
