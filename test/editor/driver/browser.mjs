import { chromium } from 'playwright-core';

/** Each was needed in containers or keeps the browser from looking for the network. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Opens a headless Chromium with one empty page of the size of the README's pictures.
 *
 * @param {string} executablePath
 */
export const openBrowser = async (executablePath) => {
  const browser = await chromium.launch({ executablePath, args: flags });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  return { page, close: () => browser.close() };
};
