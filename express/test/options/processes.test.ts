import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { lookupGroup } from '../../../common/src/access';
import { findProgram } from '../../../common/src/executables';
import { readModuleFeatures } from '../../../common/src/runtime/module-features';
import { type Launcher, serve } from '../support/launcher';
import { httpd } from '../support/machine';
import { processesNaming } from '../support/processes';
import { ask, describeWithBoth, facts, project } from './support';

const isRoot = process.getuid?.() === 0;

/** What makes a process of the application be replaced by another one. */
interface Replacement {
  readonly words: readonly string[];
  /** What is asked until another process answers. */
  readonly url?: string;
  readonly provoke?: (server: Launcher, pid: number) => unknown;
}

const quietly = (request: Promise<unknown>): Promise<unknown> => request.catch(() => undefined);

const signalDuring = async (
  request: Promise<unknown>,
  pid: number,
  signal: NodeJS.Signals,
): Promise<void> => {
  await delay(300);
  process.kill(pid, signal);
  await quietly(request);
};

const REPLACEMENTS: readonly Replacement[] = [
  { words: ['--restart-interval=1'] },
  { words: ['--inactivity-timeout=1', '--ignore-activity=/ping'], url: '/ping' },
  { words: ['--cpu-time-limit=1'], provoke: ({ port }) => ask(port, '/burn') },
  {
    words: ['--request-timeout=1', '--threads=1', '--shutdown-timeout=1'],
    provoke: ({ port }) => quietly(ask(port, '/slow')),
  },
  {
    words: ['--deadlock-timeout=1', '--shutdown-timeout=1'],
    provoke: ({ port }) => quietly(ask(port, '/hold')),
  },
  {
    words: ['--shutdown-timeout=1'],
    provoke: ({ port }, pid) => signalDuring(ask(port, '/slow'), pid, 'SIGTERM'),
  },
  {
    words: ['--eviction-timeout=1', '--graceful-timeout=30', '--shutdown-timeout=1'],
    provoke: ({ port }, pid) => signalDuring(ask(port, '/slow'), pid, 'SIGUSR1'),
  },
];

/** How long it takes until another process answers, in milliseconds; infinite where none does in eight seconds. */
const replaced = async ({ words, url = '/', provoke }: Replacement, module: string): Promise<number> => {
  const server = await serve(['app.wsgi', ...words], { cwd: project(), module });
  const { pid } = await facts(server.port);
  const begun = Date.now();
  const provoked = provoke?.(server, pid);
  while (Date.now() - begun < 8_000) {
    await delay(100);
    const now = await facts(server.port, url).catch(() => undefined);
    if (!now || now.pid === pid) continue;
    const took = Date.now() - begun;
    await provoked;
    return took;
  }
  return Number.POSITIVE_INFINITY;
};

/** Writes a request and reads nothing, or whatever comes until the connection ends. */
const talk = (port: number, text: string, pauseMs = 0): Promise<{ answer: string; tookMs: number }> =>
  new Promise((resolve) => {
    const begun = Date.now();
    const chunks: Buffer[] = [];
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    if (pauseMs > 0) {
      socket.pause();
      setTimeout(() => socket.resume(), pauseMs);
    }
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () =>
      resolve({ answer: Buffer.concat(chunks).toString('latin1'), tookMs: Date.now() - begun }),
    );
  });

describeWithBoth('processes of the application', (using) => {
  it('are replaced for every reason that an option names', async () => {
    const took = await Promise.all(
      REPLACEMENTS.map(async (replacement) => [
        replacement.words[0],
        await replaced(replacement, using.module),
      ]),
    );
    // Without its option none of them would be replaced so soon: the defaults are a minute, or never.
    expect(took.filter(([, milliseconds]) => Number(milliseconds) > 4_500)).toEqual([]);
  });

  it('are replaced when the application is not loaded in time', async () => {
    const cwd = project();
    writeFileSync(
      path.join(cwd, 'late.wsgi'),
      `import os, time
if not os.path.exists("out/begun"):
    open("out/begun", "w").close()
    time.sleep(30)
exec(open("app.wsgi").read())
`,
    );
    mkdirSync(path.join(cwd, 'out'));
    execFileSync('chmod', ['777', path.join(cwd, 'out')]);
    // Upstream's modules watch only what a request loads.
    const words = [
      ...['late.wsgi', '--startup-timeout=1', '--shutdown-timeout=1', '--graceful-timeout=1'],
      '--application-group=%{HOST}',
    ];
    const server = await serve(words, { cwd, ...using });
    const begun = Date.now();
    await quietly(ask(server.port, '/'));
    expect((await facts(server.port)).cwd).toBe(cwd);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });

  it('talk through buffers of any size', async () => {
    const features = await readModuleFeatures(using.module);
    const words = [
      ...['--send-buffer-size=4096', '--receive-buffer-size=4096', '--header-buffer-size=8192'],
      ...[
        '--response-buffer-size=65536',
        '--daemon-backlog=7',
        '--server-backlog=9',
        '--limit-request-body=0',
      ],
      ...(features.knows('response-flush-delay') ? ['--response-flush-delay=50'] : []),
      ...['--response-socket-timeout=1', '--header-min-rate=1', '--body-min-rate=1', '--body-max-timeout=20'],
    ];
    const { port } = await serve(['app.wsgi', ...words], { cwd: project(), ...using });
    const body = randomBytes(3_000_000).toString('hex');
    const sent = await facts(port, '/', { method: 'POST', body });
    expect(sent).toMatchObject({
      length: 6_000_000,
      digest: createHash('sha256').update(body).digest('hex'),
    });
    expect((await ask(port, '/big')).body).toHaveLength(30_000_000);
    // A header that is larger than its buffer.
    expect((await ask(port, '/header')).status).toBe(500);
    // Whoever does not read for longer than a second is cut off.
    const late = await talk(port, 'GET /big HTTP/1.0\r\n\r\n', 3_000);
    expect(late.answer.length).toBeLessThan(30_000_000);
    if (!findProgram('ss')) return;
    const listening = execFileSync('ss', ['-ltnH', `sport = :${port}`], { encoding: 'utf8' });
    expect(listening.trim().split(/\s+/)[2]).toBe('9');
  });

  it('wait for a client as long as is asked', async () => {
    const words = ['--socket-timeout=1', '--body-timeout=0', '--header-timeout=0'];
    const { port } = await serve(['app.wsgi', ...words], { cwd: project(), ...using });
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100\r\n\r\n';
    const { tookMs } = await talk(port, `${head}0123456789`);
    expect(tookMs).toBeGreaterThan(900);
    expect(tookMs).toBeLessThan(5_000);
  });

  it('stand behind as many of those of Apache as are asked for', async () => {
    const words = [
      ...['--server-mpm=prefork', '--max-clients=8', '--initial-workers=0.5', '--minimum-spare-workers=0.25'],
      ...['--maximum-spare-workers=0.5', `--httpd-executable=${httpd.executable}`],
      ...(httpd.modulesDirectory ? [`--modules-directory=${httpd.modulesDirectory}`] : []),
    ];
    const server = await serve(['app.wsgi', ...words], { cwd: project(), ...using });
    await facts(server.port);
    // The first process, and half of eight; with our module also the one that keeps watch over the application's.
    const ofApache = () => processesNaming(`${httpd.executable}\0-f\0${server.serverRoot}/`).length;
    await expect.poll(ofApache, { timeout: 5_000 }).toBeOneOf([5, 6]);
  });

  it('have the Python that is asked for', async () => {
    const features = await readModuleFeatures(using.module);
    const knowsInterval = features.knows('WSGISwitchInterval');
    const gid = isRoot ? await lookupGroup('nogroup') : undefined;
    const cwd = project({ 'eggs/x': '' });
    const server = await serve(
      [
        ...['app.wsgi', '--python-eggs=eggs', '--python-warnings=ignore::ResourceWarning', '--lang=C.UTF-8'],
        ...(knowsInterval ? ['--switch-interval=0.02', '--interrupt-timeout=1', '--request-timeout=30'] : []),
        ...(gid === undefined ? [] : ['--group=nogroup']),
        ...['--orphan-interpreter', '--embedded-mode'],
      ],
      { cwd, ...using },
    );
    const got = await facts(server.port);
    expect(got.warnings).toContain('ignore::ResourceWarning');
    expect(got.variables).toMatchObject({ LC_ALL: 'C.UTF-8', PYTHON_EGG_CACHE: path.join(cwd, 'eggs') });
    if (gid !== undefined) expect(got.gid).toBe(gid);
    if (knowsInterval) expect(got.switchInterval).toBeCloseTo(0.02);
    await server.stop();
    expect(server.stderr).not.toContain('exit functions ran');
  });
});
