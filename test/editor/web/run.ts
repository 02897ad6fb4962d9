import 'mocha/mocha';
import * as vscode from 'vscode';

/** The form in which all runners of this project report; see scripts/test/report.mjs. */
interface TestResult {
  readonly title: string;
  readonly state: 'passed' | 'failed';
  readonly detail?: string;
}

/** Runs the suite in the web extension host; VS Code calls this. The report goes to the server that the extension comes from. */
export const run = async (): Promise<void> => {
  mocha.setup({ ui: 'bdd', timeout: 60_000, reporter: Mocha.reporters.Base });
  await import('./suite');
  const tests: TestResult[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', (test) => tests.push({ title: test.fullTitle(), state: 'passed' }));
    runner.on('fail', (test, error: Error) =>
      tests.push({ title: test.fullTitle(), state: 'failed', detail: error.stack ?? error.message }),
    );
  });
  const home = vscode.extensions.getExtension('mod-wsgi.mod-wsgi')?.extensionUri;
  if (!home) throw new Error('the extension is not loaded in the web extension host');
  const body = JSON.stringify({ tests, errors: [] });
  await fetch(home.with({ path: '/report' }).toString(true), { method: 'POST', body });
};
