// What a suite can do with the page around it; the other end is driver/requests.mjs.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { setting } from './setting';
import { waitFor } from './wait';

/** What the README and the walkthrough show. */
const PUBLISHED: ReadonlySet<string> = new Set([
  'post-mortem-flask',
  'breakpoint-django',
  'coverage',
  'problems',
  'error-log',
  'explain-rewriting',
  'generated-site',
]);

/**
 * Takes a picture of the whole window, for a person to look at. It lies in test-results; with UPDATE_IMAGES=1 those that
 * the documentation shows replace the ones in docs/images.
 *
 * @param name without `.png`
 */
export const picture = async (name: string): Promise<void> => {
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  await vscode.commands.executeCommand('notifications.clearAll');
  await pictureAsIs(name);
};

/** The same with what has popped up: notifications, menus, boxes. */
export const pictureAsIs = async (name: string): Promise<void> => {
  const folder = setting(PUBLISHED.has(name) ? 'EDITOR_TEST_PICTURES' : 'EDITOR_TEST_RESULTS');
  await ask('screenshot', { file: path.join(folder, `${name}.png`) });
};

/**
 * Takes a picture of the window as it is now, for the person who looks for the cause of a failure. Does not wait and never
 * fails: what ends the test may go on meanwhile.
 *
 * @param title the failed test's
 */
export const pictureOfFailure = (title: string): void => {
  const name = `failed-${title.replace(/[^\w]+/g, '-').slice(0, 80)}.png`;
  ask('screenshot', { file: path.join(setting('EDITOR_TEST_RESULTS'), name) }).catch(() => undefined);
};

/** Presses a key as the user would, e.g. `F5` or `Control+S`; it goes to whatever has the focus. */
export const press = (key: string): Promise<unknown> => ask('press', { key });

/** Types a text into whatever has the focus. */
export const type = (text: string): Promise<unknown> => ask('type', { text });

/** Clicks the first element that the CSS selector finds. */
export const click = (selector: string): Promise<unknown> => ask('click', { selector });

/** The same with the key Control held down, as links of a terminal want it. */
export const controlClick = (selector: string): Promise<unknown> => ask('controlClick', { selector });

/** Clicks the first element that the CSS selector finds in a webview; throws while there is none. */
export const clickInWebview = (selector: string): Promise<unknown> => ask('clickInFrames', { selector });

/** How many elements the CSS selector finds now, those in webviews among them. */
export const countInWebviews = async (selector: string): Promise<number> =>
  Number(await ask('countInFrames', { selector }));

/** Puts the mouse over the first element that the CSS selector finds. */
export const hover = (selector: string): Promise<unknown> => ask('hover', { selector });

/** The texts of all elements that the CSS selector finds now. */
export const textsOf = async (selector: string): Promise<string[]> => {
  const texts = await ask('texts', { selector });
  return Array.isArray(texts) ? texts.map(String) : [];
};

/** How many elements the CSS selector finds now. */
export const countOf = async (selector: string): Promise<number> => Number(await ask('count', { selector }));

/** The texts of the notifications, which the editor shows for a while only: this opens the list of them. */
export const notifications = async (): Promise<string[]> => {
  await vscode.commands.executeCommand('notifications.showList');
  return textsOf('.notification-list-item');
};

const ask = async (action: string, details: object): Promise<unknown> => {
  const answer = path.join(setting('EDITOR_TEST_ANSWERS'), randomUUID());
  console.log(`@@page ${JSON.stringify({ action, answer, ...details })}`);
  const text = await waitFor(`the page to answer "${action}"`, () => readFileSync(answer, 'utf8'));
  const { value, error } = JSON.parse(text) as { value?: unknown; error?: string };
  if (error !== undefined) throw new Error(`the page could not do "${action}": ${error}`);
  return value;
};
