import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchAttributes } from '../../common/src/launch-attributes';
import { Session } from './client';
import { EXAMPLES_PYTHON } from './runtimes';
import { markedLine, Workspace } from './workspace';

const WAIT = { timeout: 30_000 };

let workspace: Workspace;

beforeEach(() => {
  workspace = new Workspace();
});

afterEach(async () => {
  expect(await workspace.close()).toEqual([]);
});

const APPLICATION = `\
import time
entry = 1  # entry

def app(environ, start_response):
    start_response("200 OK", [])
    if environ["PATH_INFO"] == "/long":
        print("working")
        long()  # call
        return [b"long"]
    return [b"short"]  # short

def long():
    for step in range(600):
        time.sleep(0.1)
`;

const bundled: LaunchAttributes = { runtime: 'bundled', python: EXAMPLES_PYTHON };

const begin = async (
  attributes: LaunchAttributes = {},
  configure: (session: Session, program: string) => Promise<unknown> = async () => undefined,
): Promise<{ session: Session; program: string }> => {
  const program = workspace.write('app.py', APPLICATION);
  const session = await Session.begin(workspace);
  await session.launch({ ...bundled, program, ...attributes }, () => configure(session, program));
  return { session, program };
};

const breakAt = (mark: string) => (session: Session, program: string) =>
  session.client.setBreakpointsRequest({
    source: { path: program },
    breakpoints: [{ line: markedLine(program, mark) }],
  });

/** Ask for a page that takes a minute, and wait until the application works on it. */
const beginLongRequest = async (session: Session): Promise<void> => {
  session.get('/long').catch(() => undefined);
  await expect.poll(() => session.text('stdout'), WAIT).toContain('working');
};

/** Every state in which an editor may part from a program. */
const STATES: readonly { name: string; reach: () => Promise<Session> }[] = [
  {
    name: 'the application is idle',
    reach: async () => (await begin()).session,
  },
  {
    name: 'a request runs',
    reach: async () => {
      const { session } = await begin();
      await beginLongRequest(session);
      return session;
    },
  },
  {
    name: 'a step is under way',
    reach: async () => {
      const { session } = await begin({}, breakAt('# call'));
      const { stop } = await session.getAndStop('/long');
      await session.client.nextRequest({ threadId: stop.threadId });
      return session;
    },
  },
  {
    name: 'it is stopped while the application is loaded',
    reach: async () => {
      const { session, program } = await begin({}, breakAt('# entry'));
      const { body } = await session.client.threadsRequest();
      const { body: stack } = await session.client.stackTraceRequest({ threadId: body.threads[0]?.id ?? 0 });
      expect(stack.stackFrames[0]?.line).toBe(markedLine(program, '# entry'));
      return session;
    },
  },
  {
    name: 'a request is stopped at a breakpoint',
    reach: async () => {
      const { session } = await begin({}, breakAt('# short'));
      await session.getAndStop('/');
      return session;
    },
  },
  {
    name: 'a request is paused',
    reach: async () => {
      const { session } = await begin({}, breakAt('# short'));
      await beginLongRequest(session);
      const { body } = await session.client.threadsRequest();
      const thread = body.threads.find(({ name }) => name === 'GET /long');
      const stopped = session.nextStop();
      await session.client.pauseRequest({ threadId: thread?.id ?? 0 });
      expect((await stopped).reason).toBe('pause');
      return session;
    },
  },
];

describe('disconnect leaves nothing while', () => {
  it.for(STATES)('$name', async ({ reach }) => {
    const session = await reach();
    await session.disconnect();
  });
});

describe('Stop', () => {
  it('lets a profile be written', async () => {
    const profiles = path.join(workspace.root, 'profiles');
    const { session } = await begin({ options: { 'enable-profiler': true, 'profiler-directory': profiles } });
    await session.get('/');
    await session.stop();
    expect(readdirSync(profiles)).not.toEqual([]);
  });

  it('pressed a second time does not wait for a request that goes on', { retry: 2 }, async () => {
    const { session } = await begin();
    await beginLongRequest(session);
    const first = Date.now();
    const terminated = session.client.send('terminate', {});
    await session.disconnect();
    await terminated;
    // In an orderly way Apache gets three seconds.
    expect(Date.now() - first).toBeLessThan(2_900);
  });

  it('while the application is being loaded ends the start, and nobody is told of an error', async () => {
    const program = workspace.write('app.py', 'import time\nprint("loading")\ntime.sleep(60)\n');
    const session = await Session.begin(workspace);
    const failure = session.launchError({ ...bundled, program });
    await expect.poll(() => session.text('stdout'), WAIT).toContain('loading');
    await session.client.send('terminate', {});
    expect(await failure).toBe('The start was cancelled.');
    await session.terminated;
    await session.disconnect();
  });
});

describe('while the Apache module is built', () => {
  /** A cache of its own, so that there is something to build. */
  const beginBuild = async (): Promise<{
    session: Session;
    failure: Promise<string>;
    built: () => string[];
  }> => {
    const cache = path.join(workspace.root, 'cache');
    mkdirSync(cache);
    const session = await Session.begin(workspace, { MOD_WSGI_CACHE: cache });
    const failure = session.launchError({ ...bundled, program: workspace.write('app.py', APPLICATION) });
    failure.catch(() => undefined);
    await expect.poll(() => session.text('console'), WAIT).toMatch(/\S/);
    return {
      session,
      failure,
      built: () =>
        readdirSync(path.join(cache, 'modules'), { recursive: true })
          .map(String)
          .filter((name) => /build-|\.lock$|\.so$/.test(name)),
    };
  };

  it('Stop gives the build up', async () => {
    const { session, failure, built } = await beginBuild();
    await session.client.send('terminate', {});
    expect(await failure).toBe('The start was cancelled.');
    await session.terminated;
    await session.disconnect();
    expect(built()).toEqual([]);
  });

  it('SIGTERM ends the build and its files', async () => {
    const { session, built } = await beginBuild();
    session.adapter.kill('SIGTERM');
    await session.exit();
    await expect.poll(built, WAIT).toEqual([]);
  });

  it('SIGKILL ends the build; what it had written goes', async () => {
    const { session, built } = await beginBuild();
    session.adapter.kill('SIGKILL');
    await session.exit();
    // The lock names a process that is gone: the next build takes it over.
    await expect.poll(() => built().filter((name) => !name.endsWith('.lock')), WAIT).toEqual([]);
  });
});

describe('nothing is left where', () => {
  it('the editor is killed', async () => {
    const editor = `
      const adapter = require('node:child_process').spawn(process.execPath, [process.argv[1]], { stdio: ['pipe', 'pipe', 'inherit'] });
      process.stdin.pipe(adapter.stdin);
      adapter.stdout.pipe(process.stdout);`;
    const program = workspace.write('app.py', APPLICATION);
    const session = await Session.begin(workspace, {}, { editor: ['-e', editor] });
    await session.launch({ ...bundled, program }, () => breakAt('# short')(session, program));
    await session.getAndStop('/');
    session.adapter.kill('SIGKILL');
    await session.exit();
  });

  it('the adapter is killed before the application is there', async () => {
    const session = await Session.begin(workspace);
    session
      .launchError({ ...bundled, program: workspace.write('app.py', APPLICATION) })
      .catch(() => undefined);
    await expect.poll(() => session.text('console'), WAIT).toContain('Runs with');
    session.adapter.kill('SIGKILL');
    await session.exit();
  });

  it('the launcher is killed: the session says that Apache has ended', async () => {
    const { session } = await begin();
    const launcher = workspace.processesOf('mod-wsgi-express.js');
    expect(launcher).toHaveLength(1);
    process.kill(launcher[0] ?? 0, 'SIGKILL');
    await session.terminated;
    expect(session.text('important')).toContain('Apache has ended');
    await session.disconnect();
  });

  it('Apache is killed while a request is stopped', async () => {
    const { session } = await begin({}, breakAt('# short'));
    await session.getAndStop('/');
    const [apache] = workspace.processesOf('httpd.conf');
    process.kill(apache ?? 0, 'SIGKILL');
    await session.terminated;
    expect(session.text('important')).toContain('Apache has ended');
    await session.disconnect();
  });
});

it('a module of the application that hides one of Python: the message says what to do', async () => {
  const program = workspace.write('app.py', APPLICATION);
  workspace.write('socket.py', '');
  const session = await Session.begin(workspace);
  const message = await session.launchError({ ...bundled, program });
  expect(message).toContain("module 'socket' has no attribute 'socket'");
  expect(message).toContain('rename it');
  await session.terminated;
  await session.disconnect();
});

it('Restart takes a script that has been mended', async () => {
  const program = workspace.write('app.py', 'def app(environ, start_response:\n');
  const session = await Session.begin(workspace);
  await session.launch({ ...bundled, program });
  expect(session.text('important')).toContain('SyntaxError');
  workspace.write('app.py', APPLICATION);
  await session.client.customRequest('restart', {});
  expect((await session.get('/')).text).toBe('short');
  expect(existsSync(program)).toBe(true);
  await session.stop();
});
