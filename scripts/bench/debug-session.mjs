// A debug client with our adapter in a process of its own.
import { createRequire } from 'node:module';
import { inRepository } from '../lib/repository.mjs';

const { DebugClient } = createRequire(import.meta.url)('@vscode/debugadapter-testsupport');

const CLIENT = { pathFormat: 'path', linesStartAt1: true, columnsStartAt1: true };

const configured = async (client, path, lines) => {
  await client.waitForEvent('initialized');
  if (lines.length > 0)
    await client.setBreakpointsRequest({ source: { path }, breakpoints: lines.map((line) => ({ line })) });
  await client.configurationDoneRequest();
};

/**
 * Launches an application as F5 does.
 *
 * @param {object} configuration as launch.json has it
 * @param {number[]} [breakpoints] lines of the program
 * @returns {Promise<{client: object, url: string, requestedAt: number, stop: () => Promise<void>}>} `requestedAt`: when
 *   the launch request was sent
 */
export const launchSession = async (configuration, breakpoints = []) => {
  const client = new DebugClient('node', inRepository('dist', 'debug-adapter.js'), 'mod_wsgi');
  client.defaultTimeout = 60_000;
  let url = '';
  client.on('mod_wsgi.ready', ({ body }) => {
    url = body.url;
  });
  await client.start();
  await client.initializeRequest({ adapterID: 'mod_wsgi', ...CLIENT });
  const requestedAt = performance.now();
  await Promise.all([
    configured(client, configuration.program, breakpoints),
    client.launchRequest(configuration),
  ]);
  return { client, url, requestedAt, stop: () => client.stop() };
};
