import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheRoot } from '../../common/src/cache';
import type { AttachAttributes } from '../../common/src/launch-attributes';
import { freePort } from '../../common/src/ports';
import { Session, type Stop } from './client';
import {
  copyAgent,
  copyDebugpy,
  folderOfServer,
  RunningServer,
  type RunningServerOptions,
} from './running-server';
import { DISTRIBUTION_MODULE, EXAMPLES_PYTHON, unless } from './runtimes';
import { markedLine, Workspace } from './workspace';

let workspace: Workspace;
let server: RunningServer | undefined;

beforeEach(() => {
  workspace = new Workspace();
  server = undefined;
});

afterEach(async () => {
  await server?.stop();
  expect(await workspace.close()).toEqual([]);
});

/** What the debugger may touch in a process shows in `/state`. */
const APPLICATION = `
import os, pdb, sys, threading

def total(prices):
    amount = 0
    for price in prices:
        amount += price  # in loop
    return amount

def state():
    monitoring = getattr(sys, "monitoring", None)
    tools = [monitoring.get_tool(number) for number in range(6)] if monitoring else []
    return repr((application, type(application).__mro__, sys.gettrace(), pdb.Pdb, pdb.set_trace, sys.breakpointhook,
                 getattr(threading, "_trace_hook", None), tools, threading.current_thread().name.startswith("GET")))

def numbers():
    yield b"1"
    raise LookupError("no second number")  # in iterable

class Application:
    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if path == "/fail":
            raise ValueError("no price")  # in call
        start_response("200 OK", [("Content-Type", "text/plain")])
        if path == "/iterate":
            return numbers()
        if path == "/breakpoint":
            breakpoint()
            path = "/after"  # after breakpoint
        if path == "/exit":
            os._exit(0)
        if path == "/pid":
            return [str(os.getpid()).encode()]
        if path == "/token":
            return [str("MOD_WSGI_DEBUG_TOKEN" in os.environ).encode()]
        if path == "/state":
            return [state().encode()]
        return [str(total([3, 4, 5])).encode()]

application = Application()
`;

interface Where {
  readonly program: string;
  readonly sockets: string;
}

/** Write the application with its line for the debugger. */
const prepare = async (listen: (sockets: string) => string): Promise<Where> => {
  const agent = copyAgent(workspace);
  const sockets = path.join(await folderOfServer(workspace, 'run'), 'debug');
  const line = `import sys; sys.path.append(${JSON.stringify(agent)}); import mod_wsgi_debug; ${listen(sockets)}`;
  return { sockets, program: workspace.write('site/app.wsgi', `${line}\n${APPLICATION}`) };
};

const byFolder = (sockets: string): string => `mod_wsgi_debug.listen(${JSON.stringify(sockets)})`;

/** Served by daemon processes. */
const DAEMONS = (
  program: string,
  { processes = 3, group = '%{RESOURCE}' } = {},
): Pick<RunningServerOptions, 'configuration'> => ({
  configuration: (home) => `
WSGIDaemonProcess shop processes=${processes} threads=1 python-home=${home}
WSGIScriptAlias / ${program} process-group=shop application-group=${group}`,
});

const breakAt = (session: Session, file: string, ...marks: string[]): Promise<DebugProtocol.Breakpoint[]> =>
  session.client
    .setBreakpointsRequest({
      source: { path: file },
      breakpoints: marks.map((mark) => ({ line: markedLine(file, mark) })),
    })
    .then(({ body }) => body.breakpoints);

const threadName = async (session: Session, { threadId }: Stop): Promise<string | undefined> => {
  const { body } = await session.client.threadsRequest();
  return body.threads.find(({ id }) => id === threadId)?.name;
};

interface ServerCase {
  readonly name: string;
  readonly module: string;
  readonly python: string;
  /** The application group. */
  readonly group: string;
  readonly missing: string | undefined;
}

const SERVERS: readonly ServerCase[] = [
  {
    name: "the distribution's module, an interpreter for the application",
    module: DISTRIBUTION_MODULE,
    python: EXAMPLES_PYTHON,
    group: '%{RESOURCE}',
    missing: unless(DISTRIBUTION_MODULE, "the distribution's mod_wsgi"),
  },
  {
    name: "this project's module, the main interpreter",
    module: 'native',
    python: EXAMPLES_PYTHON,
    group: '%{GLOBAL}',
    missing: undefined,
  },
];

describe.each(SERVERS)('three daemon processes: $name', ({ module, python, group, missing }) => {
  it('are one session: breakpoints, exceptions, processes that come and go; detached, all is as it was', async (context) => {
    if (missing) context.skip(missing);
    const { program, sockets } = await prepare(byFolder);
    server = await RunningServer.start(workspace, { module, python, ...DAEMONS(program, { group }) });
    const pids = await server.wake(3);
    const before = await server.get('/state');

    const session = await Session.begin(workspace);
    await session.attach({ socketFolder: sockets }, server.url, () => breakAt(session, program, '# in loop'));
    for (const pid of pids) expect(session.text('console')).toContain(`Attached to process ${pid} (daemon`);

    const { stop, answer } = await session.getAndStop('/total');
    expect(stop.frames.map(({ name }) => name)).toEqual(['total', '__call__']);
    expect(stop.frames[0]).toMatchObject({
      line: markedLine(program, '# in loop'),
      source: { path: program },
    });
    expect(await threadName(session, stop)).toMatch(/^process \d+ · GET \/total$/);
    expect(await session.evaluate('price, amount', Session.focused(stop))).toBe('(3, 0)');
    const second = await session.step('next', stop);
    expect(await session.evaluate('amount', Session.focused(second))).toBe('3');

    // A second request is stopped in another process meanwhile.
    const other = await session.getAndStop('/total');
    const [one, two] = [await threadName(session, second), await threadName(session, other.stop)];
    expect(one).not.toBe(two);
    expect(await session.evaluate('amount', Session.focused(other.stop))).toBe('0');
    expect(await session.evaluate('amount', Session.focused(second))).toBe('3');
    expect(await breakAt(session, program)).toEqual([]);
    await session.continue(second);
    await session.continue(other.stop);
    expect([await answer, await other.answer].map((got) => got?.text)).toEqual(['12', '12']);

    const failed = await session.getAndStop('/fail');
    expect(failed.stop).toMatchObject({ reason: 'exception', text: 'ValueError: no price' });
    expect(Session.focused(failed.stop).line).toBe(markedLine(program, '# in call'));
    await session.continue(failed.stop);
    expect((await failed.answer)?.status).toBe(500);
    const iterated = await session.getAndStop('/iterate');
    expect(Session.focused(iterated.stop).line).toBe(markedLine(program, '# in iterable'));
    await session.continue(iterated.stop);
    await iterated.answer;

    await session.get('/exit').catch(() => undefined);
    await expect.poll(() => session.text('console'), { timeout: 10_000 }).toMatch(/Process \d+ has ended/);
    await server.wake(3);
    await expect
      .poll(() => session.text('console').match(/Attached to process/g)?.length, { timeout: 20_000 })
      .toBe(4);
    await breakAt(session, program, '# in loop');
    const last = await session.getAndStop('/total');
    await session.disconnect();
    expect((await last.answer)?.text).toBe('12');
    expect(await server.get('/total')).toBe('12');
    await server.wake(3);
    const after = await Promise.all(Array.from({ length: 6 }, () => server?.get('/state')));
    const address = / at 0x[0-9a-f]+/g;
    for (const state of after) expect(state?.replace(address, '')).toBe(before.replace(address, ''));

    const again = await Session.begin(workspace);
    await again.attach({ socketFolder: sockets }, server.url, () => breakAt(again, program, '# in loop'));
    const held = await again.getAndStop('/total');
    again.adapter.kill('SIGKILL');
    await again.exit();
    expect((await held.answer)?.text).toBe('12');
    expect(await server.get('/total')).toBe('12');
  });
});

const TOKEN = 'a-token-of-more-than-16-characters';

/** TCP ports on which a process listens, as the kernel has them. */
const listensOn = (pid: string): number[] => {
  const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    } catch {
      return undefined; // closed meanwhile
    }
  });
  const LISTEN = '0A';
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === LISTEN && sockets.includes(inode))
      .map(([, local]) => Number.parseInt(local?.split(':')[1] ?? '', 16)),
  );
};

describe('two daemon processes behind one port', () => {
  it('ask for the token; whoever holds the port may end; paths are mapped', async (context) => {
    const missing = unless(DISTRIBUTION_MODULE, "the distribution's mod_wsgi");
    if (missing) context.skip(missing);
    const port = await freePort();
    const { program } = await prepare(
      (sockets) => `mod_wsgi_debug.listen(${JSON.stringify(sockets)}, port=${port})`,
    );
    const local = workspace.write('here/app.wsgi', readFileSync(program, 'utf8'));
    server = await RunningServer.start(workspace, {
      module: DISTRIBUTION_MODULE,
      python: EXAMPLES_PYTHON,
      env: { MOD_WSGI_DEBUG_TOKEN: TOKEN },
      ...DAEMONS(program, { processes: 2 }),
    });
    const pids = await server.wake(2);
    expect(await server.get('/token')).toBe('False');
    expect(server.log()).not.toContain(TOKEN);

    const refusal = async (attributes: AttachAttributes): Promise<string> => {
      const session = await Session.begin(workspace);
      const message = await session.attachError(attributes);
      await session.hangUp();
      return message;
    };
    expect(await refusal({ port })).toContain(`127.0.0.1:${port} asks for a token`);
    expect(await refusal({ port, token: `${TOKEN}!` })).toContain('The token is not that of');
    const webPort = Number(new URL(server.url).port);
    expect(await refusal({ port: webPort, token: TOKEN })).toContain('is no mod_wsgi_debug');
    expect(await refusal({ port: await freePort() })).toContain('nothing listens there');

    const session = await Session.begin(workspace);
    const pathMappings = [{ localRoot: path.dirname(local), remoteRoot: path.dirname(program) }];
    await session.attach({ port, token: TOKEN, pathMappings }, server.url, () =>
      breakAt(session, local, '# in loop'),
    );
    const { stop, answer } = await session.getAndStop('/total');
    expect(stop.frames[0]).toMatchObject({ name: 'total', source: { path: local } });
    // debugpy has come over the port that is there: it listens on none of its own.
    expect(pids.flatMap(listensOn)).toEqual([port]);
    const [changed] = await breakAt(session, local, '# in loop');
    expect(changed).toMatchObject({ verified: true, source: { path: local } });
    const more = await session.step('continue', stop);
    await breakAt(session, local);
    await session.continue(more);
    expect((await answer)?.text).toBe('12');
    const failed = await session.getAndStop('/fail');
    const { body } = await session.client.exceptionInfoRequest({ threadId: failed.stop.threadId });
    expect(body.details?.stackTrace).toContain(`File "${local}"`);
    const { threadId } = failed.stop;
    const ignored = await session.client.customRequest('modWsgi/ignoreException', { threadId });
    expect(ignored.body).toMatchObject({ line: markedLine(local, '# in call') });
    await failed.answer;
    expect((await session.get('/fail')).status).toBe(500);
    await session.client.customRequest('modWsgi/forgetIgnoredExceptions', {});
    const first = await session.getAndStop('/fail');
    const replayed = await session.resume(() =>
      session.client.customRequest('modWsgi/replayRequest', { threadId: first.stop.threadId }),
    );
    expect((await first.answer)?.status).toBe(500);
    await session.continue(replayed);
    await expect.poll(() => session.text('console')).toMatch(/GET \/fail again: 500/);

    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
    const fresh = await server.wake(2);
    for (const pid of fresh)
      await expect
        .poll(() => session.text('console'), { timeout: 20_000 })
        .toContain(`Attached to process ${pid} `);
    await breakAt(session, local, '# in loop');
    const again = await session.getAndStop('/total');
    expect(again.stop.frames[0]?.source?.path).toBe(local);
    await session.disconnect();
    expect((await again.answer)?.text).toBe('12');
  });
});

describe('another Python, embedded in prefork, its script left as it is', () => {
  it('is debugged where Apache imports listen.wsgi', async (context) => {
    const python = path.join(cacheRoot(), 'pythons', '3.13', 'bin', 'python');
    const missing = unless(python, 'Python 3.13');
    if (missing) context.skip(missing);
    const agent = copyAgent(workspace);
    const hasDebugpy = copyDebugpy(workspace);
    const sockets = path.join(await folderOfServer(workspace, 'run'), 'debug');
    const program = workspace.write('site/app.wsgi', APPLICATION);
    server = await RunningServer.start(workspace, {
      module: 'native',
      python,
      mpm: 'prefork',
      env: { MOD_WSGI_DEBUG_SOCKET_FOLDER: sockets },
      configuration: (home) => `
StartServers 1
MinSpareServers 1
MaxRequestWorkers 1
WSGIPythonHome ${home}
WSGIScriptAlias / ${program} process-group=%{GLOBAL} application-group=%{GLOBAL}
WSGIImportScript ${agent}/mod_wsgi_debug/listen.wsgi process-group=%{GLOBAL} application-group=%{GLOBAL}`,
    });
    await server.wake(1);
    const before = await server.get('/state');
    const session = await Session.begin(workspace);
    await session.attach({ socketFolder: sockets }, server.url, () => breakAt(session, program, '# in loop'));
    expect(session.text('console')).toMatch(/Attached to process \d+ \(one of Apache's own, Python 3\.13/);
    if (hasDebugpy) {
      const { stop, answer } = await session.getAndStop('/total');
      expect(await threadName(session, stop)).toBe('GET /total');
      await breakAt(session, program);
      await session.continue(stop);
      expect((await answer)?.text).toBe('12');
    }
    const { stop, answer } = await session.getAndStop('/iterate');
    expect(Session.focused(stop).line).toBe(markedLine(program, '# in iterable'));
    await session.continue(stop);
    await answer;
    await session.disconnect();
    expect(await server.get('/state')).toBe(before);
  });
});

describe('without debugpy, and as strangers', () => {
  it('exceptions and breakpoint() stop; nobody else gets in', async (context) => {
    const missing = unless(DISTRIBUTION_MODULE, "the distribution's mod_wsgi");
    if (missing) context.skip(missing);
    const { program, sockets } = await prepare(byFolder);
    const local = workspace.write('here/app.wsgi', readFileSync(program, 'utf8'));
    server = await RunningServer.start(workspace, {
      module: DISTRIBUTION_MODULE,
      python: '/usr/bin/python3',
      ...DAEMONS(program, { processes: 1 }),
    });
    const early = await Session.begin(workspace);
    expect(await early.attachError({ socketFolder: sockets })).toContain('there is no such folder');
    await early.hangUp();
    const [pid] = await server.wake(1);
    const before = await server.get('/state');

    const session = await Session.begin(workspace);
    const pathMappings = [{ localRoot: path.dirname(local), remoteRoot: path.dirname(program) }];
    await session.attach({ socketFolder: sockets, pathMappings }, server.url, () =>
      breakAt(session, local, '# in loop'),
    );
    expect(session.text('important')).toContain('pip install debugpy');
    const { stop, answer } = await session.getAndStop('/fail');
    expect(Session.focused(stop)).toMatchObject({
      source: { path: local },
      line: markedLine(local, '# in call'),
    });
    const second = await Session.begin(workspace);
    expect(await second.attachError({ socketFolder: sockets })).toContain('being debugged by somebody else');
    await second.hangUp();
    await session.continue(stop);
    expect((await answer)?.status).toBe(500);
    const paused = await session.getAndStop('/breakpoint');
    expect(Session.focused(paused.stop).line).toBe(markedLine(local, '# after breakpoint'));
    await session.disconnect();
    expect((await paused.answer)?.text).toBe('12');
    expect(await server.get('/state')).toBe(before);

    if (process.getuid?.() !== 0) return; // only root can be somebody else
    const asNobody = (program: string, ...args: string[]): string =>
      execFileSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', program, ...args], {
        encoding: 'utf8',
      });
    const socket = path.join(sockets, readdirSync(sockets).find((name) => name.startsWith(`${pid}`)) ?? '');
    const knock = `import socket\ntry: socket.socket(socket.AF_UNIX).connect(${JSON.stringify(socket)})\nexcept OSError as error: print(error)`;
    expect(asNobody('/usr/bin/python3', '-c', knock)).toContain('Permission denied');
  });
});

describe('a program that is no server', () => {
  it('is told apart: an agent of another version, one that knows no token, one that is silent', async () => {
    const answers = async (greeting: string): Promise<string> => {
      const impostor = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.write(greeting);
        socket.on('data', () => socket.write('{"ok": true, "proof": "guessed"}\n'));
      });
      await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
      const { port } = impostor.address() as { port: number };
      const session = await Session.begin(workspace);
      const message = await session.attachError({ port, token: TOKEN });
      await session.hangUp();
      impostor.close();
      return message;
    };
    const greeting = { agent: 'mod_wsgi_debug', protocol: 1, nonce: '00' };
    expect(await answers(`${JSON.stringify({ ...greeting, protocol: 0 })}\n`)).toContain('is older than');
    expect(await answers(`${JSON.stringify(greeting)}\n`)).toContain('does not know the token');
    expect(await answers('220 smtp.example.org\r\n')).toContain('is no mod_wsgi_debug');
  });
});
