import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
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

const APPLICATION = `\
import pdb

def total(prices):
    amount = 0  # in total
    for price in prices:
        amount += price  # in loop
    return amount

def app(environ, start_response):
    start_response("200 OK", [])
    prices = [3, 4, 5]
    if environ["PATH_INFO"] == "/pdb":
        pdb.set_trace()
    before = 1  # before
    result = total(prices)  # call
    return [str(result).encode()]  # after
`;

/** Set line breakpoints by their markers; returns what the adapter answers. */
const setBreakpoints = async (
  session: Session,
  program: string,
  marks: readonly (Partial<DebugProtocol.SourceBreakpoint> & { at: string })[],
): Promise<DebugProtocol.Breakpoint[]> => {
  const { body } = await session.client.setBreakpointsRequest({
    source: { path: program },
    breakpoints: marks.map(({ at, ...rest }) => ({ ...rest, line: markedLine(program, at) })),
  });
  return body.breakpoints;
};

/** The line of a stop, by the marker that stands on it. */
const at = (program: string, stop: { frames: DebugProtocol.StackFrame[] }): string => {
  const marks = ['# in total', '# in loop', '# before', '# call', '# after'];
  return (
    marks.find((mark) => markedLine(program, mark) === stop.frames[0]?.line) ?? `line ${stop.frames[0]?.line}`
  );
};

describe.each(RUNTIMES)('with the runtime $name', ({ attributes, missing }) => {
  const begin = async (
    source: string,
    prepare: (session: Session, program: string) => Promise<unknown> = async () => undefined,
  ): Promise<{ session: Session; program: string }> => {
    const program = workspace.write('app.py', source);
    const session = await Session.begin(workspace);
    const launch: LaunchAttributes = { ...attributes, python: EXAMPLES_PYTHON, program };
    await session.launch(launch, () => prepare(session, program));
    return { session, program };
  };

  beforeEach((context) => {
    if (missing) context.skip(missing);
  });

  it('a breakpoint set before the start stops; step in, out and over; continue', async () => {
    const changed: DebugProtocol.Breakpoint[] = [];
    const { session, program } = await begin(APPLICATION, async (session, program) => {
      session.client.on('breakpoint', ({ body }) => changed.push(body.breakpoint));
      const [pending] = await setBreakpoints(session, program, [{ at: '# call' }]);
      expect(pending).toMatchObject({
        id: 1,
        verified: false,
        message: 'The application is not loaded yet.',
      });
    });
    expect(changed).toEqual([expect.objectContaining({ id: 1, verified: true })]);
    const { stop, answer } = await session.getAndStop('/');
    expect(stop.reason).toBe('breakpoint');
    expect(at(program, stop)).toBe('# call');
    expect(stop.hitBreakpointIds).toEqual([1]);
    expect(stop.frames.map(({ name }) => name)).toEqual(['app']);
    const { body: threads } = await session.client.threadsRequest();
    expect(threads.threads.find(({ id }) => id === stop.threadId)?.name).toBe('GET /');

    const inside = await session.step('stepIn', stop);
    expect(at(program, inside)).toBe('# in total');
    expect(inside.frames.map(({ name }) => name)).toEqual(['total', 'app']);
    const outside = await session.step('stepOut', inside);
    expect(['# call', '# after']).toContain(at(program, outside));
    await session.continue(outside);
    expect((await answer)?.text).toBe('12');
    await session.stop();
  });

  it('a condition, a hit count and a log point', async () => {
    const { session, program } = await begin(APPLICATION, (session, program) =>
      setBreakpoints(session, program, [
        { at: '# in loop', condition: 'price == 4' },
        { at: '# before', logMessage: 'about to sum {prices}' },
      ]),
    );
    const { stop, answer } = await session.getAndStop('/');
    expect(at(program, stop)).toBe('# in loop');
    const frame = Session.focused(stop);
    expect(await session.evaluate('price, amount', frame)).toBe('(4, 3)');
    await expect.poll(() => session.text()).toContain('about to sum [3, 4, 5]');
    await setBreakpoints(session, program, [{ at: '# in loop', hitCondition: '3' }]);
    await session.continue(stop);
    await answer;
    const second = await session.getAndStop('/');
    // The first hit was the last turn of the first request's loop.
    expect(await session.evaluate('price', Session.focused(second.stop))).toBe('4');
    await session.continue(second.stop);
    expect((await second.answer)?.text).toBe('12');
    await session.stop();
  });

  it('a variable can be set, and a breakpoint removed while the server runs', async () => {
    const { session, program } = await begin(APPLICATION, (session, program) =>
      setBreakpoints(session, program, [{ at: '# after' }]),
    );
    const { stop, answer } = await session.getAndStop('/');
    const { body } = await session.client.scopesRequest({ frameId: Session.focused(stop).id });
    await session.client.setVariableRequest({
      variablesReference: body.scopes[0]?.variablesReference ?? 0,
      name: 'result',
      value: '40 + 2',
    });
    await setBreakpoints(session, program, []);
    await session.continue(stop);
    expect((await answer)?.text).toBe('42');
    expect((await session.get('/')).text).toBe('12');
    await session.stop();
  });

  it('pdb.set_trace() in the code is a stop like any other', async () => {
    const { session, program } = await begin(APPLICATION);
    const { stop, answer } = await session.getAndStop('/pdb');
    expect(at(program, stop)).toBe('# before');
    const next = await session.step('next', stop);
    expect(at(program, next)).toBe('# call');
    await session.continue(next);
    expect((await answer)?.text).toBe('12');
    await session.stop();
  });

  it('a breakpoint, then the post mortem, in one session and one request', async () => {
    const folder = workspace.example('flask');
    const program = path.join(folder, 'app.py');
    const session = await Session.begin(workspace);
    await session.launch({ ...attributes, python: EXAMPLES_PYTHON, program }, async () => {
      const line = markedLine(program, 'amount = total(cart)');
      await session.client.setBreakpointsRequest({ source: { path: program }, breakpoints: [{ line }] });
    });
    const { stop, answer } = await session.getAndStop('/fail');
    expect(stop.reason).toBe('breakpoint');
    const failed = await session.step('continue', stop);
    expect(failed).toMatchObject({ reason: 'exception', text: "KeyError: 'durian'" });
    const frame = Session.focused(failed);
    expect([frame.name, frame.line]).toEqual(['price_of', markedLine(program, '# raises here')]);
    expect((await session.locals(frame)).article?.value).toBe("'durian'");
    const { body } = await session.client.exceptionInfoRequest({ threadId: failed.threadId });
    expect(body.description).toContain('(GET /fail: turned into an error page by Flask)');
    await expect(session.client.nextRequest({ threadId: failed.threadId })).rejects.toThrow('no next line');
    await session.continue(failed);
    expect((await answer)?.status).toBe(500);
    await session.stop();
  });

  it('stop while a breakpoint holds a request leaves nothing', async () => {
    const { session } = await begin(APPLICATION, (session, program) =>
      setBreakpoints(session, program, [{ at: '# in loop' }]),
    );
    const { answer } = await session.getAndStop('/');
    await session.stop();
    expect((await answer)?.text).toBe('12');
  });

  it('an adapter that is killed while a breakpoint holds a request leaves nothing', async () => {
    const { session } = await begin(APPLICATION, (session, program) =>
      setBreakpoints(session, program, [{ at: '# in loop' }]),
    );
    await session.getAndStop('/');
    session.adapter.kill('SIGKILL');
    await session.exit();
  });
});

describe('exception filters', () => {
  const begin = async (filters: string[]): Promise<Session> => {
    const session = await Session.begin(workspace);
    const program = path.join(workspace.example('flask'), 'app.py');
    await session.launch({ python: EXAMPLES_PYTHON, program }, () =>
      session.client.setExceptionBreakpointsRequest({ filters }),
    );
    return session;
  };

  it('none: nothing stops', async () => {
    const session = await begin([]);
    expect((await session.get('/fail')).status).toBe(500);
    await session.stop();
  });

  it('raised: stops where it is raised, although it is handled', async () => {
    const session = await begin(['raised']);
    const { stop, answer } = await session.getAndStop('/fail');
    expect(stop).toMatchObject({ reason: 'exception' });
    expect(Session.focused(stop).name).toBe('price_of');
    await session.client.setExceptionBreakpointsRequest({ filters: [] });
    await session.continue(stop);
    expect((await answer)?.status).toBe(500);
    await session.stop();
  });
});

describe('a Python without debugpy', () => {
  it('gets the copy of the extension', async () => {
    const program = workspace.write('app.py', APPLICATION);
    const session = await Session.begin(workspace);
    await session.launch({ python: '/usr/bin/python3', program }, () =>
      setBreakpoints(session, program, [{ at: '# call' }]),
    );
    const { stop, answer } = await session.getAndStop('/');
    expect(at(program, stop)).toBe('# call');
    expect(await session.evaluate('__import__("debugpy").__file__', Session.focused(stop))).not.toContain(
      '-packages',
    );
    await session.continue(stop);
    expect((await answer)?.text).toBe('12');
    await session.stop();
  });

  it('takes one from the folder that launch.json names, as the Python Debugger extension has one', async () => {
    const installed = spawnSync(EXAMPLES_PYTHON, [
      '-c',
      'import debugpy; print(debugpy.__version__); print(debugpy.__path__[0])',
    ]);
    const [version, folder] = installed.stdout.toString().trim().split('\n') as [string, string];
    const debugpyPath = path.join(workspace.root, 'libs');
    cpSync(folder, path.join(debugpyPath, 'debugpy'), { recursive: true });
    const program = workspace.write('app.py', APPLICATION);
    const session = await Session.begin(workspace);
    await session.launch({ python: '/usr/bin/python3', program, debugpyPath }, () =>
      setBreakpoints(session, program, [{ at: '# call' }]),
    );
    const { stop, answer } = await session.getAndStop('/');
    const frame = Session.focused(stop);
    expect(await session.evaluate('__import__("debugpy").__version__', frame)).toBe(`'${version}'`);
    expect(await session.evaluate('__import__("debugpy").__file__', frame)).not.toContain('-packages');
    await session.continue(stop);
    expect((await answer)?.text).toBe('12');
    await session.stop();
  });

  it('is told when the folder that launch.json names has no debugpy', async () => {
    const program = workspace.write('app.py', APPLICATION);
    const session = await Session.begin(workspace);
    const error = await session.launchError({
      python: EXAMPLES_PYTHON,
      program,
      debugpyPath: workspace.root,
    });
    expect(error).toContain(`There is no package debugpy in ${workspace.root}.`);
    expect(error).toContain('Correct "debugpyPath" in launch.json');
    await session.disconnect();
  });
});

describe('"live": false', () => {
  it('says what does not stop; post mortems work all the same', async () => {
    const program = path.join(workspace.example('plain'), 'app.wsgi');
    const session = await Session.begin(workspace);
    await session.launch({ python: EXAMPLES_PYTHON, program, live: false }, async () => {
      await session.client.setBreakpointsRequest({ source: { path: program }, breakpoints: [{ line: 1 }] });
    });
    expect(session.text('important')).toContain('breakpoints of the editor do not stop');
    const { body } = await session.client.setBreakpointsRequest({
      source: { path: program },
      breakpoints: [{ line: 3 }],
    });
    expect(body.breakpoints[0]).toMatchObject({
      verified: false,
      message: expect.stringContaining('"live": false'),
    });
    await expect(session.client.customRequest('pause', { threadId: 1 })).rejects.toThrow('"live": false');
    const { stop, answer } = await session.getAndStop('/fail');
    expect(stop.text).toContain('ValueError');
    await session.continue(stop);
    expect((await answer)?.status).toBe(500);
    await session.stop();
  });
});
