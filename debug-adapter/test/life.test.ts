import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchAttributes } from '../../common/src/launch-attributes';
import { Session } from './client';
import { EXAMPLES_PYTHON, RUNTIMES } from './runtimes';
import { markedLine, Workspace } from './workspace';

let workspace: Workspace;

beforeEach(() => {
  workspace = new Workspace();
});

afterEach(async () => {
  expect(await workspace.close()).toEqual([]);
});

const begin = async (attributes: LaunchAttributes): Promise<Session> => {
  const session = await Session.begin(workspace);
  await session.launch({ python: EXAMPLES_PYTHON, ...attributes });
  return session;
};

/** The process in which the application runs, found by what it has open. */
const apacheProcess = (): number => {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const isApache = /(apache2|httpd)/.test(command[0] ?? '');
        return isApache && command.some((word) => word.startsWith(workspace.temporary));
      } catch {
        return false;
      }
    });
  if (!found) throw new Error('no Apache of this test is running');
  return Number(found);
};

describe.each(RUNTIMES.slice(0, 2))('with the runtime $name', ({ attributes, missing }) => {
  const plain = (): LaunchAttributes => ({
    ...attributes,
    program: path.join(workspace.example('plain'), 'app.wsgi'),
  });

  beforeEach((context) => {
    if (missing) context.skip(missing);
  });

  it('stop while a request is stopped answers it and leaves nothing', async () => {
    const session = await begin(plain());
    const { answer } = await session.getAndStop('/fail');
    await session.stop();
    expect((await answer)?.status).toBe(500);
  });

  it('disconnect while a request is stopped leaves nothing', async () => {
    const session = await begin(plain());
    await session.getAndStop('/fail');
    await session.disconnect();
  });

  it('a client that hangs up ends the server', async () => {
    const session = await begin(plain());
    await session.getAndStop('/fail');
    await session.hangUp();
  });

  it('restart serves again, on the same session', async () => {
    const session = await begin({ ...plain(), openBrowser: false });
    const { stop, answer } = await session.getAndStop('/fail');
    expect(stop.reason).toBe('exception');
    await session.client.customRequest('restart', {});
    await answer;
    expect((await session.get('/')).status).toBe(200);
    const again = await session.getAndStop('/fail');
    await session.continue(again.stop);
    expect((await again.answer)?.status).toBe(500);
    await session.stop();
  });

  it('an adapter that is killed takes the server along, stopped or not', async () => {
    const session = await begin(plain());
    await session.getAndStop('/fail');
    session.adapter.kill('SIGKILL');
    await session.exit();
  });

  it('an Apache that is killed ends the session and says so', async () => {
    const session = await begin(plain());
    await session.get('/');
    process.kill(apacheProcess(), 'SIGKILL');
    await session.terminated;
    expect(session.text('important')).toContain('Apache has ended');
    await session.disconnect();
  });

  it('an application that ends its own process ends the session', async () => {
    const program = workspace.write(
      'exit.py',
      'import os\ndef application(environ, start_response):\n    os._exit(3)\n',
    );
    const session = await begin({ ...attributes, program });
    await session.get('/').catch(() => undefined);
    await session.terminated;
    expect(session.text('important')).toContain('Apache has ended');
    await session.disconnect();
  });

  it('a script that cannot be loaded stops at the line; its requests are answered with 500', async () => {
    const program = workspace.write(
      'broken.py',
      'import os\nraise RuntimeError("no settings")  # raises here\n',
    );
    const session = await Session.begin(workspace);
    const stopped = session.nextStop();
    const launched = session.launch({ ...attributes, python: EXAMPLES_PYTHON, program });
    const stop = await stopped;
    await launched;
    expect(stop.text).toBe('RuntimeError: no settings');
    expect(Session.focused(stop).line).toBe(markedLine(program, '# raises here'));
    const { body } = await session.client.threadsRequest();
    expect(body.threads[0]?.name).toBe('Loading the application');
    await session.continue(stop);
    await expect.poll(() => session.get('/').then(({ status }) => status), { timeout: 10_000 }).toBe(500);
    const link = session.output.find((line) => line.source === program);
    expect(link?.line).toBe(2);
    await session.stop();
  });

  it('a syntax error in the script is shown with its place', async () => {
    const program = workspace.write('syntax.py', 'def application(environ, start_response:\n    pass\n');
    const session = await begin({ ...attributes, program });
    expect(session.text('important')).toContain('SyntaxError');
    expect(session.output.find((line) => line.source === program)?.line).toBe(1);
    await session.stop();
  });
});

describe('what a launch configuration can say', () => {
  it('module, callable, cwd and env', async () => {
    workspace.write('shop/__init__.py', '');
    workspace.write(
      'shop/web.py',
      [
        'import os',
        'def make():',
        '    def web(environ, start_response):',
        '        start_response("200 OK", [])',
        '        return [repr((os.environ["GREETING"], os.environ.get("REMOVED"), os.getcwd())).encode()]',
        '    return web',
      ].join('\n'),
    );
    const session = await Session.begin(workspace, { REMOVED: 'by launch.json' });
    await session.launch({
      python: EXAMPLES_PYTHON,
      module: 'shop.web',
      callable: 'make()',
      cwd: workspace.root,
      env: { GREETING: 'hello', REMOVED: null },
    });
    expect((await session.get('/')).text).toBe(`('hello', None, '${workspace.root}')`);
    await session.stop();
  });

  it('breakpoint() in the code stops, evaluates and steps', async () => {
    const program = workspace.write(
      'app.py',
      [
        'def app(environ, start_response):',
        '    start_response("200 OK", [])',
        '    breakpoint()',
        '    first = 20  # first',
        '    second = first + 1  # second',
        '    return [str(second).encode()]',
      ].join('\n'),
    );
    const session = await begin({ program });
    const { stop, answer } = await session.getAndStop('/');
    expect(stop.reason).toBe('breakpoint');
    expect(stop.frames[0]?.line).toBe(markedLine(program, '# first'));
    const stepped = session.nextStop();
    await session.client.nextRequest({ threadId: stop.threadId });
    const next = await stepped;
    expect(next.frames[0]?.line).toBe(markedLine(program, '# second'));
    const frame = Session.focused(next);
    expect(await session.evaluate('first * 2', frame)).toBe('40');
    expect(await session.evaluate('first', frame, 'hover')).toBe('20');
    await session.continue(next);
    expect((await answer)?.text).toBe('21');
    await session.stop();
  });

  it('output of the application and tracebacks arrive, with links', async () => {
    const program = workspace.write(
      'app.py',
      [
        'import sys',
        'def app(environ, start_response):',
        '    print("to stdout")',
        '    print("to stderr", file=sys.stderr)',
        '    raise ValueError("seen in the log")  # raises here',
      ].join('\n'),
    );
    const session = await begin({ program });
    const { stop, answer } = await session.getAndStop('/');
    await session.continue(stop);
    await answer;
    await expect.poll(() => session.text('stdout')).toContain('to stdout');
    await expect.poll(() => session.text('stderr')).toContain('ValueError: seen in the log');
    expect(session.text('stderr')).toContain('to stderr');
    expect(session.output.find((line) => line.source === program)?.line).toBe(
      markedLine(program, '# raises here'),
    );
    await session.stop();
  });

  it('a request that nobody knows is refused', async () => {
    const session = await begin({ program: path.join(workspace.example('plain'), 'app.wsgi') });
    await expect(session.client.customRequest('disassembleEverything', {})).rejects.toThrow();
    await session.stop();
  });
});
