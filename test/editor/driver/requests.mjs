// What a suite may ask of the page it runs in. The suite lives in the extension host, a process without a page: it prints a
// marked line with a request, the page's console brings it here, and the answer goes back as a file.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { writeJson } from '../../../scripts/lib/json.mjs';

/** Begins a line that is a request; the suite's support/page.ts prints it. */
export const REQUEST_MARK = '@@page ';

/** Begins a line for the person who watches the run; the suite runner prints one for each test. */
export const SHOW_MARK = '@@show ';

/** Request name → what it does with the page; the result is the answer's `value`. */
const actions = {
  screenshot: async (page, { file }) => {
    mkdirSync(path.dirname(file), { recursive: true });
    await page.screenshot({ path: file });
  },
  press: (page, { key }) => page.keyboard.press(key),
  type: (page, { text }) => page.keyboard.type(text),
  click: (page, { selector }) => page.locator(selector).first().click({ timeout: 10_000 }),
  // A terminal lies below layers that take the mouse's events and hand them on.
  controlClick: async (page, { selector }) => {
    const at = page.locator(selector).first();
    await at.hover({ timeout: 10_000, force: true });
    await at.click({ timeout: 10_000, force: true, modifiers: ['Control'] });
  },
  clickInFrames: async (page, { selector }) => {
    for (const frame of page.frames()) {
      const found = frame.locator(selector).first();
      if ((await found.count()) === 0) continue;
      await found.click({ timeout: 10_000 });
      return;
    }
    throw new Error(`no frame has ${selector}`);
  },
  countInFrames: async (page, { selector }) => {
    const counts = await Promise.all(page.frames().map((frame) => frame.locator(selector).count()));
    return counts.reduce((sum, count) => sum + count, 0);
  },
  hover: (page, { selector }) => page.locator(selector).first().hover({ timeout: 10_000 }),
  texts: (page, { selector }) => page.locator(selector).allTextContents(),
  count: (page, { selector }) => page.locator(selector).count(),
};

/**
 * Answers a request line.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} line what follows the mark: JSON with `action`, its arguments, and `answer`, the file for the answer
 */
export const answerRequest = async (page, line) => {
  const { action, answer, ...details } = JSON.parse(line);
  try {
    const perform = actions[action];
    if (!perform) throw new Error(`no such action: ${action}; there are ${Object.keys(actions).join(', ')}`);
    writeJson(answer, { value: (await perform(page, details)) ?? null });
  } catch (error) {
    writeJson(answer, { error: error.message });
  }
};
