// A debug client with our adapter in a process of its own.
import { createRequire } from 'node:module';
import { inRepository } from '../lib/repository.mjs';

const { DebugClient } = createRequire(import.meta.url)('@vscode/debugadapter-testsupport');

const CLIENT = { pathFormat: 'path', linesStartAt1: true, columnsStartAt1: true };

const configured = (client) =>
  client.waitForEvent('initialized').then(() => client.configurationDoneRequest());

/**
 * Launches an application as F5 does.
 *
 * @param {object} configuration as launch.json has it
 * @returns {Promise<{client: object, url: string, stop: () => Promise<void>}>}
 */
export const launchSession = async (configuration) => {
  const client = new DebugClient('node', inRepository('dist', 'debug-adapter.js'), 'mod_wsgi');
  client.defaultTimeout = 60_000;
  let url = '';
  client.on('mod_wsgi.ready', ({ body }) => {
    url = body.url;
  });
  await client.start();
  await client.initializeRequest({ adapterID: 'mod_wsgi', ...CLIENT });
  await Promise.all([configured(client), client.launchRequest(configuration)]);
  return { client, url, stop: () => client.stop() };
};
