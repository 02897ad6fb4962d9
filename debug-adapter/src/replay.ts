import http from 'node:http';
import https from 'node:https';
import type { RecordedRequest } from './agent-protocol';

/** Headers that belong to a connection, or that the new one makes for itself. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Send a request once more, as it came.
 *
 * @param url where the server listens.
 * @returns what it was answered with, a sentence; resolves when the answer is there, which a stop may delay.
 */
export const replay = (recorded: RecordedRequest, url: string): Promise<string> => {
  const { label, method, target, headers, body } = recorded;
  const { protocol, hostname, port } = new URL(url);
  const content = Buffer.from(body, 'base64');
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
  const began = performance.now();
  return new Promise((resolve) => {
    const sent = (protocol === 'https:' ? https : http).request(
      {
        host: hostname.replace(/^\[|\]$/g, ''),
        port,
        method,
        path: target,
        headers: {
          ...Object.fromEntries(kept),
          ...((content.length > 0 || method === 'POST') && { 'Content-Length': content.length }),
          Connection: 'close',
        },
      },
      (response) => {
        response.resume();
        response.once('close', () => {
          const took = Math.round(performance.now() - began);
          resolve(
            `${label} again: ${response.statusCode} ${response.statusMessage ?? ''}`.trimEnd() +
              `, after ${took} ms`,
          );
        });
      },
    );
    sent.on('error', (error) => resolve(`${label} again: no answer (${error.message})`));
    sent.end(content);
  });
};
