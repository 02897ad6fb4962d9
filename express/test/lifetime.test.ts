import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { launch, serve } from './support/launcher';
import { processesNaming } from './support/processes';
import { scratchFolder } from './support/scratch';

const project = (): string => {
  const folder = scratchFolder();
  for (const name of ['plain.wsgi', 'failing.wsgi'])
    copyFileSync(path.join(__dirname, 'applications', name), path.join(folder, name));
  return folder;
};

/** Waits until neither a process nor the folder of a server is left. */
const untilGone = async (serverRoot: string): Promise<void> => {
  expect(serverRoot).toMatch(/mod-wsgi-express-\w+$/);
  const deadline = Date.now() + 10_000;
  while (existsSync(serverRoot) || processesNaming(serverRoot).length > 0) {
    if (Date.now() > deadline)
      throw new Error(
        `left behind: ${processesNaming(serverRoot)} ${existsSync(serverRoot) ? serverRoot : ''}`,
      );
    await delay(50);
  }
};

describe.each([
  ['in debug mode', ['--debug-mode']],
  ['with threads', ['--threads=3']],
  ['with processes', ['--server-mpm=prefork', '--threads=3']],
])('a server %s leaves nothing behind', (_name, options) => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('after %s', async (signal) => {
    const server = await serve(['plain.wsgi', ...options], { cwd: project() });
    await server.get('/');
    server.process.kill(signal);
    expect(await server.ended).toEqual({ status: 0, signal: null });
    expect(existsSync(server.serverRoot)).toBe(false);
    await untilGone(server.serverRoot);
  });

  it('after SIGKILL of the launcher', async () => {
    const server = await serve(['plain.wsgi', ...options], { cwd: project() });
    expect(processesNaming(server.serverRoot).length).toBeGreaterThan(1);
    server.process.kill('SIGKILL');
    await untilGone(server.serverRoot);
  });

  it('after the end of standard input, where another program supervises it', async () => {
    const folder = project();
    // The summary, which names a temporary server root, is left out under supervision: TMPDIR finds it.
    const temporary = scratchFolder();
    const environment = { MOD_WSGI_EXPRESS_SUPERVISED: '1', TMPDIR: temporary };
    const server = await serve(['plain.wsgi', ...options], { cwd: folder, environment });
    expect(server.stdout).toMatch(/^Listening on http:\S+$/m);
    expect(server.stdout).not.toContain('Ctrl-C');
    const [serverRoot = ''] = readdirSync(temporary).map((name) => path.join(temporary, name));
    server.process.stdin?.end();
    expect((await server.ended).status).toBe(0);
    await untilGone(serverRoot);
  });

  it('after nobody reads its output any more', async () => {
    const server = await serve(['plain.wsgi', '--access-log', ...options], { cwd: project() });
    server.process.stdout?.destroy();
    server.process.stderr?.destroy();
    // Whichever line is written next makes the launcher notice: Apache's own, or one of a request.
    for (const _attempt of [1, 2]) await server.get('/log').catch(() => {});
    await untilGone(server.serverRoot);
  });
});

it.each(['SIGINT', 'SIGKILL'] as const)('%s while the server is planned leaves no folder', async (signal) => {
  const cwd = project();
  const temporary = scratchFolder();
  const begun = path.join(temporary, 'begun');
  writeFileSync(path.join(cwd, 'slow.sh'), `: > '${begun}'\nsleep 5\n`);
  const words = ['plain.wsgi', '--port=0', '--envvars-script=slow.sh'];
  const launcher = await launch(words, { cwd, environment: { TMPDIR: temporary } });
  const deadline = Date.now() + 20_000;
  while (!existsSync(begun) && Date.now() < deadline) await delay(20);
  const name = readdirSync(temporary).find((each) => each !== 'begun') ?? '';
  launcher.process.kill(signal);
  expect((await launcher.ended).signal).toBe(signal);
  await untilGone(path.join(temporary, name));
});

describe('stopping', () => {
  it.each([
    ['in daemon mode', []],
    ['in embedded mode', ['--embedded-mode']],
    ['in debug mode', ['--debug-mode']],
  ])(
    'lets the application finish what it is doing %s, and run its exit functions',
    async (_name, options) => {
      const cwd = project();
      writeFileSync(
        path.join(cwd, 'working.wsgi'),
        `import atexit, sys, time
atexit.register(lambda: print("exit functions ran", file=sys.stderr, flush=True))
def application(environ, start_response):
    print("begun", file=sys.stderr, flush=True)
    time.sleep(1)
    print("finished", file=sys.stderr, flush=True)
    start_response("200 OK", [])
    return [b""]
`,
      );
      const server = await serve(['working.wsgi', ...options], { cwd });
      const request = server.get('/').catch(() => undefined);
      await server.until(/begun/, 'stderr');
      expect(await server.stop()).toBe(0);
      expect(server.stderr).toMatch(/finished[\s\S]*exit functions ran/);
      await request;
    },
  );

  it('finishes the request that is running', async () => {
    const server = await serve(['plain.wsgi', '--debug-mode'], { cwd: project() });
    const response = server.get('/sleep');
    await delay(200);
    server.process.kill('SIGTERM');
    expect((await response).status).toBe(200);
    expect((await server.ended).status).toBe(0);
  });

  it('ends at once at the second signal', async () => {
    const server = await serve(['failing.wsgi', '--enable-debugger'], { cwd: project() });
    const response = server.get('/call').catch(() => 'cut off');
    await server.until(/\(Pdb\) $/);
    // Code that does not listen: the debugger runs an endless loop.
    server.type('while True: pass');
    await delay(300);
    const start = Date.now();
    server.process.kill('SIGINT');
    await delay(300);
    server.process.kill('SIGINT');
    await server.ended;
    expect(Date.now() - start).toBeLessThan(2000);
    expect(await response).toBe('cut off');
    await untilGone(server.serverRoot);
  });

  it('uses force after five seconds', async () => {
    const server = await serve(['failing.wsgi', '--enable-debugger'], { cwd: project() });
    const response = server.get('/call').catch(() => 'cut off');
    await server.until(/\(Pdb\) $/);
    server.type('while True: pass');
    await delay(300);
    expect(await server.stop()).toBe(0);
    expect(server.stderr).toContain('Waiting for a request to finish');
    expect(await response).toBe('cut off');
    await untilGone(server.serverRoot);
  });
});
