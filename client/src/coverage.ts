import * as vscode from 'vscode';
import type { CoverageSnapshot, FileLines } from '../../common/src/debug-events';
import type { Application } from './applications/application';
import { APPLICATION_FILES, type Applications } from './applications/find';
import { configurationOf, nameOf } from './applications/launch';

/** A file's coverage with the detail that the editor asks for when the file is opened. */
class MeasuredFile extends vscode.FileCoverage {
  readonly statements: vscode.StatementCoverage[];

  constructor(uri: vscode.Uri, { executed, missing }: FileLines) {
    const at = (line: number) => new vscode.Position(line - 1, 0);
    super(uri, new vscode.TestCoverageCount(executed.length, executed.length + missing.length));
    this.statements = [
      ...executed.map((line) => new vscode.StatementCoverage(true, at(line))),
      ...missing.map((line) => new vscode.StatementCoverage(false, at(line))),
    ];
  }
}

/** Shows what a debug session has measured, by the editor's own coverage view and gutters. */
export interface Coverage {
  /** @param files as the adapter reports them when the session ends. */
  publish(session: vscode.DebugSession, files: CoverageSnapshot): void;
}

/** Names the test run that a session belongs to, in its configuration. */
const RUN_KEY = '__mod_wsgi_run';

/**
 * Registers the "Run with Coverage" of the Testing view, where each application of the workspace is an item, and takes
 * the coverage of any session that measured some.
 */
export const registerCoverage = (context: vscode.ExtensionContext, applications: Applications): Coverage => {
  const controller = vscode.tests.createTestController('mod_wsgi', 'mod_wsgi');
  const runs = new Map<string, vscode.TestRun>();
  const items = new Items(controller, applications);
  controller.refreshHandler = () => items.list();
  const files = vscode.workspace.createFileSystemWatcher(APPLICATION_FILES, false, true, false);
  files.onDidCreate(() => items.list());
  files.onDidDelete(() => items.list());
  void items.list();
  const profile = controller.createRunProfile(
    'Run with Coverage',
    vscode.TestRunProfileKind.Coverage,
    (request, token) => runWithCoverage(items, runs, request, token),
    true,
  );
  profile.loadDetailedCoverage = async (_run, file) => (file instanceof MeasuredFile ? file.statements : []);
  context.subscriptions.push(controller, files);
  return {
    publish: (session, files) => {
      const own = runs.get(session.configuration[RUN_KEY]);
      const run =
        own ??
        controller.createTestRun(new vscode.TestRunRequest(undefined, undefined, profile), session.name);
      for (const [file, lines] of Object.entries(files)) {
        run.addCoverage(new MeasuredFile(vscode.Uri.file(file), lines));
      }
      if (!own) run.end();
    },
  };
};

/** A mount is another way to start what a file defines. */
const isNoMount = ({ url }: Application): boolean => url === undefined;

/** The items of the Testing view: one for each application. */
class Items {
  private readonly applicationsByItem = new WeakMap<vscode.TestItem, Application>();

  constructor(
    readonly controller: vscode.TestController,
    private readonly applications: Applications,
  ) {}

  /** Finds the workspace's applications again. */
  async list(): Promise<void> {
    const items = (await this.applications.all()).filter(isNoMount).map((application) => {
      const uri = vscode.Uri.file(application.launch.program ?? application.file);
      const item = this.controller.createTestItem(uri.toString(), nameOf(application), uri);
      item.description = application.kind;
      this.applicationsByItem.set(item, application);
      return item;
    });
    this.controller.items.replace(items);
  }

  applicationOf(item: vscode.TestItem): Application | undefined {
    return this.applicationsByItem.get(item);
  }
}

/** One session after the other: each serves until it is stopped, and its coverage appears then. */
const runWithCoverage = async (
  items: Items,
  runs: Map<string, vscode.TestRun>,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
): Promise<void> => {
  const { controller } = items;
  if (controller.items.size === 0) await items.list();
  const all = Array.from(controller.items, ([, item]) => item);
  const wanted = (request.include ?? all).filter((item) => !request.exclude?.includes(item));
  const run = controller.createTestRun(request);
  const id = crypto.randomUUID();
  runs.set(id, run);
  try {
    for (const item of wanted) {
      const application = items.applicationOf(item);
      if (token.isCancellationRequested || !application) run.skipped(item);
      else await measure(run, { item, application, id }, token);
    }
  } finally {
    runs.delete(id);
    run.end();
  }
};

const measure = async (
  run: vscode.TestRun,
  { item, application, id }: { item: vscode.TestItem; application: Application; id: string },
  token: vscode.CancellationToken,
): Promise<void> => {
  run.started(item);
  run.appendOutput(`${item.label}: send the requests to be measured, then stop the session.\r\n`);
  const ended = sessionEnd(`${id} ${item.id}`, token);
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(application.file));
  const hasStarted = await vscode.debug.startDebugging(folder, {
    ...configurationOf(application),
    coverage: true,
    [RUN_KEY]: id,
    [ITEM_KEY]: `${id} ${item.id}`,
  });
  if (!hasStarted) {
    ended.dispose();
    run.errored(item, new vscode.TestMessage('The server did not start; the debug console says why.'));
    return;
  }
  await ended.promise;
  run.passed(item);
};

/** Names the session of one item among those of a run. */
const ITEM_KEY = '__mod_wsgi_item';

/** Waits for the session with that key to end; cancelling the run stops it. */
const sessionEnd = (
  key: string,
  token: vscode.CancellationToken,
): vscode.Disposable & { promise: Promise<void> } => {
  const subscriptions: vscode.Disposable[] = [];
  const dispose = () => vscode.Disposable.from(...subscriptions).dispose();
  const promise = new Promise<void>((resolve) => {
    let current: vscode.DebugSession | undefined;
    subscriptions.push(
      vscode.debug.onDidStartDebugSession((session) => {
        if (session.configuration[ITEM_KEY] === key) current = session;
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        if (session.configuration[ITEM_KEY] !== key) return;
        dispose();
        resolve();
      }),
      token.onCancellationRequested(() => current && vscode.debug.stopDebugging(current)),
    );
  });
  return { promise, dispose };
};
