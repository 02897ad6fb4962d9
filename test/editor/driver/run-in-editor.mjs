// One run of suites in a real VS Code: server, browser, page, and everything ended and removed afterwards.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readJson } from '../../../scripts/lib/json.mjs';
import { inRepository } from '../../../scripts/lib/repository.mjs';
import { temporaryFolder } from '../../../scripts/lib/temporary-folder.mjs';
import { openBrowser } from './browser.mjs';
import { answerRequest, REQUEST_MARK, SHOW_MARK } from './requests.mjs';
import { withTimeout } from './timeout.mjs';
import { startServer } from './vscode-server.mjs';

/**
 * @typedef {object} EditorRun
 * @property {string} name
 * @property {readonly string[]} suites names of files in suites/, without `.test.ts`
 * @property {boolean} trusted false: the workspace is one that the user has not trusted
 * @property {number} minutes
 * @property {string} [development] the extension's folder, loaded as an extension under development
 * @property {(folders: {extensions: string, userData: string}) => Promise<void>} [install] puts the extension into the
 *   folder of installed ones instead
 * @property {(folder: string) => void} prepareWorkspace fills the folder that the editor opens
 * @property {Record<string, string>} [env] for the suites
 */

/**
 * Runs the suites and gives back their report. What helps to understand a failure is left in `results`: the editor's log,
 * the server's log, and a picture of the page when it hung.
 *
 * @param {EditorRun} run
 * @param {{chromium: string, runner: string, results: string, grep: string}} where `runner` is the compiled module with `run()`; only
 *   tests whose title has `grep` in it are run
 * @returns {Promise<import('../../../scripts/test/report.mjs').Report>}
 */
export const runInEditor = async (run, { chromium, runner, results, grep }) => {
  const scratch = temporaryFolder('editor');
  const inScratch = (name) => {
    const folder = path.join(scratch.path, name);
    mkdirSync(folder);
    return folder;
  };
  mkdirSync(results, { recursive: true });
  const reportFile = path.join(scratch.path, 'report.json');
  const ends = [scratch.remove];
  try {
    const workspace = inScratch('workspace');
    const extensions = inScratch('extensions');
    run.prepareWorkspace(workspace);
    await run.install?.({ extensions, userData: inScratch('installer') });
    const server = await startServer({
      folder: inScratch('server'),
      extensions,
      logFile: path.join(results, `${run.name}-server.log`),
      trusted: run.trusted,
      env: {
        ...run.env,
        // As on a machine where nothing was built before; and what is built here goes with the run.
        MOD_WSGI_CACHE: inScratch('cache'),
        EDITOR_TEST_REPORT: reportFile,
        EDITOR_TEST_GREP: grep,
        EDITOR_TEST_SUITES: run.suites.join(','),
        EDITOR_TEST_ANSWERS: inScratch('answers'),
        EDITOR_TEST_RESULTS: results,
        EDITOR_TEST_PICTURES: process.env.UPDATE_IMAGES ? inRepository('docs', 'images') : results,
      },
    });
    ends.unshift(server.stop);
    const browser = await openBrowser(chromium);
    ends.unshift(browser.close);
    const development = run.development ?? carrierIn(inScratch('carrier'));
    const failure = await runPage(browser.page, {
      run,
      development,
      port: server.port,
      workspace,
      runner,
      results,
    });
    const report = readJson(reportFile) ?? { tests: [], errors: [] };
    if (failure) report.errors.push(failure);
    return report;
  } finally {
    for (const end of ends) await end();
  }
};

/**
 * An extension without content: the editor runs tests only in a window that has some extension under development, and when
 * the installed one is what is tested, that must be another.
 */
const carrierIn = (folder) => {
  const manifest = {
    name: 'carrier',
    publisher: 'mod-wsgi-tests',
    version: '0.0.0',
    engines: { vscode: '^1.101.0' },
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
};

/** Opens the page and waits for the suites' end; returns what went wrong outside of the tests. */
const runPage = async (page, { run, development, port, workspace, runner, results }) => {
  const consoleLines = [];
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    const text = args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' ');
    consoleLines.push(`${type}: ${text}`);
    const request = after(REQUEST_MARK, text);
    if (request) void answerRequest(page, request);
    const shown = after(SHOW_MARK, text);
    if (shown) console.log(shown);
  });
  const exited = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
  try {
    const authority = `vscode-remote://127.0.0.1:${port}`;
    const payload = [
      ['extensionDevelopmentPath', authority + development],
      ['extensionTestsPath', authority + runner],
      ['skipWelcome', 'true'],
    ];
    const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
    await page.goto(`http://127.0.0.1:${port}/?${query}`);
    const code = await withTimeout(exited, run.minutes * 60_000);
    if (code === 0 || code === 1) return undefined;
    await page.screenshot({ path: path.join(results, `${run.name}-hung.png`) });
    return code === undefined
      ? `${run.name}: the suites did not end within ${run.minutes} minutes; a picture and logs are in ${results}`
      : `${run.name}: the extension host ended with exit code ${code}; logs are in ${results}`;
  } finally {
    writeFileSync(path.join(results, `${run.name}-console.log`), `${consoleLines.join('\n')}\n`);
  }
};

/** The rest of the line behind a mark; undefined where the text has no such mark. */
const after = (mark, text) => {
  const at = text.indexOf(mark);
  return at < 0 ? undefined : text.slice(at + mark.length).split('\n')[0];
};
