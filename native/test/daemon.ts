import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildModule } from './build';
import { type Response, request } from './client';
import { type Httpd, type Mpm, startHttpd } from './httpd';

export const apps = path.join(__dirname, 'apps');

/** Starts a server with these lines, uses it, and stops it whatever happens. */
export const withHttpd = async (
  configuration: string,
  use: (httpd: Httpd) => Promise<void>,
  mpm: Mpm = 'event',
): Promise<void> => {
  const httpd = await startHttpd({ module: await buildModule(), mpm, apps, configuration });
  try {
    await use(httpd);
  } finally {
    await httpd.dispose();
  }
};

/** Everything in one process group with these options. */
export const served = (options: string, more = '') =>
  `WSGIDaemonProcess served ${options}
   WSGIRestrictEmbedded On
   WSGIChunkedRequest On
   WSGIScriptAlias /body @APPS@/body.wsgi process-group=served application-group=%{GLOBAL}
   WSGIScriptAlias / @APPS@/daemon.wsgi process-group=served application-group=%{GLOBAL}
   ${more}`;

export const facts = async (httpd: Httpd, url = '/facts') =>
  JSON.parse((await request(httpd.port, url)).body);

export const pidOf = async (httpd: Httpd, url = '/facts'): Promise<number> => (await facts(httpd, url)).pid;

export const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

export const parentOf = async (pid: number): Promise<number> =>
  Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);

export const sockets = (httpd: Httpd): string[] =>
  readdirSync(httpd.folder).filter((name) => name.endsWith('.sock'));

/** Keeps sending requests one after the other until `end` resolves; their responses. */
export const keepAsking = async (httpd: Httpd, url: string, end: Promise<unknown>): Promise<Response[]> => {
  let going = true;
  const ended = end.finally(() => {
    going = false;
  });
  const clients = Array.from({ length: 4 }, async () => {
    const responses: Response[] = [];
    while (going) responses.push(await request(httpd.port, url));
    return responses;
  });
  const responses = await Promise.all(clients);
  await ended;
  return responses.flat();
};
