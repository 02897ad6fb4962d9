// The suite of the web extension host: server, browser, page, and everything ended afterwards.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRepository } from '../../../scripts/lib/repository.mjs';
import { openBrowser } from './browser.mjs';
import { compileWebSuite } from './compile.mjs';
import { withTimeout } from './timeout.mjs';
import { startWebHost } from './web-host.mjs';

/** Of which some 20 s are the page's, on two cores. */
const MINUTES = 3;

/**
 * Runs the suite and gives back its report. The page's console and a picture of it are left in `results`.
 *
 * @param {{chromium: string, results: string}} where
 * @returns {Promise<import('../../../scripts/test/report.mjs').Report>}
 */
export const runInWebHost = async ({ chromium, results }) => {
  mkdirSync(results, { recursive: true });
  const host = await startWebHost({ suite: await compileWebSuite(), extension: inRepository() });
  const browser = await openBrowser(chromium);
  const lines = [];
  try {
    browser.page.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`));
    browser.page.on('pageerror', (error) => lines.push(`error: ${error.stack}`));
    await browser.page.goto(host.address);
    const report = await withTimeout(host.report, MINUTES * 60_000);
    await browser.page.screenshot({ path: path.join(results, 'web.png') });
    return (
      report ?? {
        tests: [],
        errors: [
          `web: the suite did not end within ${MINUTES} minutes; a picture and the console are in ${results}`,
        ],
      }
    );
  } finally {
    writeFileSync(path.join(results, 'web-console.log'), `${lines.join('\n')}\n`);
    await browser.close();
    await host.stop();
  }
};
