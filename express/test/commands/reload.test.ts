import { chownSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lookupUser } from '../../../common/src/access';
import { freePort } from '../../../common/src/ports';
import { copyInstallation } from '../support/installation';
import { type Launcher, serve } from '../support/launcher';
import { anyModule, moduleRows, python } from '../support/machine';
import { scratchFolder } from '../support/scratch';
import { launcher, run } from './support/command';

const APPLICATION = `
import time
import package.part


def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1.5)
    body = package.part.VERSION.encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
`;

const nobody = process.getuid?.() === 0 ? await lookupUser('nobody') : undefined;

const partOf = (folder: string): string => path.join(folder, 'package', 'part.py');

/** Writes the file as editors do: a new one takes the place of the old. */
const save = (file: string, text: string): void => {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
};

const project = (): string => {
  const folder = scratchFolder();
  mkdirSync(path.join(folder, 'package'));
  writeFileSync(path.join(folder, 'app.py'), APPLICATION);
  writeFileSync(path.join(folder, 'package', '__init__.py'), '');
  save(partOf(folder), 'VERSION = "0"\n');
  return folder;
};

type Get = (urlPath: string) => Promise<{ readonly status: number; readonly body: string }>;

/** Asks until the answer is the one that is waited for. */
const until = async (get: Get, status: number, body: string | undefined): Promise<void> => {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = await get('/');
    if (answer.status === status && (body === undefined || answer.body === body)) return;
    if (Date.now() > deadline) throw new Error(`still ${answer.status} ${answer.body.slice(0, 200)}`);
    await delay(100);
  }
};

/** Asks without a pause, quick and slow requests, while the file is saved again and again. */
const askWhileSaving = async (server: Launcher, file: string, seconds: number): Promise<unknown[]> => {
  const end = Date.now() + seconds * 1000;
  const unexpected: unknown[] = [];
  const ask = async (urlPath: string): Promise<void> => {
    while (Date.now() < end) {
      const answer = await server.get(urlPath).catch((error: Error) => ({ status: 0, body: error.message }));
      if (answer.status !== 200 || !/^\d+$/.test(answer.body)) unexpected.push(answer);
      await delay(5);
    }
  };
  let version = 0;
  const saving = setInterval(() => {
    version += 1;
    save(file, `VERSION = "${version}"\n`);
  }, 400);
  await Promise.all([ask('/'), ask('/'), ask('/slow')]);
  clearInterval(saving);
  return unexpected;
};

const rows = moduleRows.flatMap((row) =>
  [['--embedded-mode'], [], ['--server-mpm=prefork', '--threads=3']].map((words) => ({ ...row, words })),
);

for (const { name, module, missing, words } of rows) {
  describe(`--reload-on-changes with the ${name} module ${words.join(' ')}`, () => {
    it.skipIf(!module)(
      `loses no request while files change${module ? '' : ` (left out: ${missing})`}`,
      async () => {
        const cwd = project();
        const server = await serve(['app.py', '--reload-on-changes', ...words], {
          cwd,
          module: module ?? null,
        });
        expect((await server.get('/')).body).toBe('0');
        expect(await askWhileSaving(server, partOf(cwd), 3)).toEqual([]);
        save(partOf(cwd), 'VERSION = "last"\n');
        await until((urlPath) => server.get(urlPath), 200, 'last');
        await server.until(/^package\/part\.py has changed; the application is loaded anew\.$/m);
        expect(await server.stop()).toBe(0);
      },
    );
  });
}

describe('--reload-on-changes', () => {
  it('recovers from a mistake in a module when it is mended', async () => {
    const cwd = project();
    const server = await serve(['app.py', '--reload-on-changes'], { cwd });
    const get: Get = (urlPath) => server.get(urlPath);
    await until(get, 200, '0');
    save(partOf(cwd), 'VERSION = "broken\n');
    await until(get, 500, undefined);
    save(partOf(cwd), 'VERSION = "mended"\n');
    await until(get, 200, 'mended');
  });

  it('is what SIGUSR1 to the launcher does once, without the option', async () => {
    const cwd = project();
    const server = await serve(['app.py'], { cwd });
    const slow = server.get('/slow');
    await delay(300);
    save(partOf(cwd), 'VERSION = "signalled"\n');
    server.process.kill('SIGUSR1');
    await until((urlPath) => server.get(urlPath), 200, 'signalled');
    expect(server.stderr).not.toContain('Debugger listening');
    await slow.catch(() => {});
  });

  it.skipIf(!nobody)('works without the launcher, in a server that an ordinary user set up', async () => {
    const cwd = project();
    const folder = scratchFolder();
    const owner = { uid: nobody?.uid ?? 0, gid: nobody?.gid ?? 0 };
    for (const place of [cwd, path.join(cwd, 'package')]) chownSync(place, owner.uid, owner.gid);
    const port = await freePort();
    const bundle = await copyInstallation(path.join(folder, 'installation'));
    const words = ['--host=127.0.0.1', `--port=${port}`, '--server-root=server', '--reload-on-changes'];
    const { status, stderr } = await launcher(
      ['setup-server', 'app.py', ...words, `--python=${python.executable}`, `--module-path=${anyModule}`],
      { cwd, bundle, ...owner },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const apachectl = (word: string) =>
      run(path.join(cwd, 'server', 'apachectl'), [word], { cwd: '/', ...owner });
    onTestFinished(async () => {
      await apachectl('stop');
    });
    expect((await apachectl('start')).status).toBe(0);
    const get: Get = async (urlPath) => {
      const answer = await fetch(`http://127.0.0.1:${port}${urlPath}`, { headers: { connection: 'close' } });
      return { status: answer.status, body: await answer.text() };
    };
    await until(get, 200, '0');
    save(partOf(cwd), 'VERSION = "1"\n');
    await until(get, 200, '1');
  });
});
