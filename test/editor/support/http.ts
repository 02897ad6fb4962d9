import http from 'node:http';

/** A response as far as a suite cares. */
export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/**
 * Requests a page of the application. No connection is kept, so that nothing waits on it when the server stops.
 *
 * @throws Error when the server refuses, or gives no whole answer within the time
 */
export const httpGet = (url: string, timeoutMs = 60_000): Promise<HttpResponse> =>
  new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, timeout: timeoutMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.on('timeout', () => request.destroy(new Error(`${url}: no answer within ${timeoutMs / 1000} s`)));
    request.on('error', reject);
  });
