import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DebugRequestName, DebugRequests } from '../../common/src/debug-requests';
import type { LaunchAttributes } from '../../common/src/launch-attributes';
import { Session, type Stop } from './client';
import { pythonCase } from './pythons';
import { EXAMPLES_PYTHON, RUNTIMES } from './runtimes';
import { markedLine, Workspace } from './workspace';

let workspace: Workspace;

beforeEach(() => {
  workspace = new Workspace();
});

afterEach(async () => {
  expect(await workspace.close()).toEqual([]);
});

/** Both engines have to do the same. */
const ENGINES = [
  { engine: 'debugpy', live: true },
  { engine: 'the agent alone', live: false },
] as const;

const SHOP = `\
import pdb

PRICES = {"tea": 3, "cake": 5}

class Missing(LookupError):
    code = 404

def price_of(article):
    try:
        return PRICES[article]
    except KeyError as error:
        raise Missing("no price for " + article) from error  # no price

def total(cart, *, discount=0):
    amount = 0
    for article in cart:
        amount += price_of(article)  # sums up
    return amount - discount

def slowly(text):
    yield text
    raise ValueError("in the iteration")  # iterates

class Closing(list):
    def __iter__(self):
        return super().__iter__()
    def close(self):
        raise OSError("in close")  # closes

def app(environ, start_response):
    path = environ["PATH_INFO"]  # enters
    if path == "/body":
        size = int(environ["wsgi.input"].read(1))
        raise RuntimeError("body %d" % size)  # body
    if path == "/pdb":
        try:
            {}["held"]
        except KeyError as error:
            held = error.__traceback__  # held
        pdb.post_mortem(held)
    if path == "/group":
        group = ExceptionGroup("several", [KeyError("first"), ValueError("second")])
        group.add_note("look at both")
        raise group  # group
    n = 3
    if path in ("/fail", "/other"):
        n = total(["tea", "pie"])  # calls
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/iterate":
        return slowly(b"begun")
    if path == "/close":
        return Closing([b"done"])
    return [str(n).encode()]  # answers
`;

const MARKS = [
  '# no price',
  '# sums up',
  '# iterates',
  '# closes',
  '# enters',
  '# body',
  '# held',
  '# group',
  '# calls',
];

/** The line that an editor shows for a stop, by the marker that stands on it. */
const at = (program: string, stop: Stop): string => {
  const { line } = Session.focused(stop);
  return MARKS.find((mark) => markedLine(program, mark) === line) ?? `line ${line}`;
};

const begin = async (
  source: string,
  attributes: LaunchAttributes,
): Promise<{ session: Session; program: string }> => {
  const program = workspace.write('app.py', source);
  const session = await Session.begin(workspace);
  await session.launch({ python: EXAMPLES_PYTHON, program, ...attributes });
  return { session, program };
};

/** Begin a session in which the application stops while it is being loaded. */
const beginAndStop = async (
  source: string,
  attributes: LaunchAttributes,
): Promise<{ session: Session; program: string; stop: Stop }> => {
  const program = workspace.write('app.py', source);
  const session = await Session.begin(workspace);
  const stopped = session.nextStop();
  await session.launch({ python: EXAMPLES_PYTHON, program, ...attributes });
  return { session, program, stop: await stopped };
};

const custom = async <Name extends DebugRequestName>(
  session: Session,
  name: Name,
  args: DebugRequests[Name]['arguments'],
): Promise<DebugRequests[Name]['body']> => {
  const { body } = await session.client.customRequest(name, args);
  return body;
};

const scope = async (session: Session, stop: Stop, name: string) => {
  const { body } = await session.client.scopesRequest({ frameId: Session.focused(stop).id });
  const found = body.scopes.find((one) => one.name === name);
  if (!found) throw new Error(`no scope ${name} among ${body.scopes.map((one) => one.name)}`);
  return session.children(found.variablesReference);
};

/** A request that must not stop. */
const passes = async (session: Session, path: string, status: number): Promise<void> => {
  let stops = 0;
  const count = () => {
    stops++;
  };
  session.client.on('stopped', count);
  expect((await session.get(path)).status).toBe(status);
  session.client.off('stopped', count);
  expect(stops, path).toBe(0);
};

describe.each(RUNTIMES)('with the runtime $name', ({ attributes, missing }) => {
  beforeEach((context) => {
    if (missing) context.skip(missing);
  });

  it.each(ENGINES)(
    '$engine: an exception with all that belongs to it, wherever it is raised',
    async ({ live }) => {
      const { session, program } = await begin(SHOP, { ...attributes, live });
      const descriptions: (string | undefined)[] = [];
      session.client.on('stopped', ({ body }) => descriptions.push(body.description));

      const { stop, answer } = await session.getAndStop('/fail?full=1');
      expect(at(program, stop)).toBe('# no price');
      expect(descriptions).toEqual(['Paused on exception in GET /fail?full=1']);
      const { body: info } = await session.client.exceptionInfoRequest({ threadId: stop.threadId });
      expect(info.exceptionId).toMatch(/Missing$/);
      expect(info.description).toBe('no price for pie\n(GET /fail?full=1: left the application)');
      expect(info.details?.innerException?.[0]).toMatchObject({ typeName: 'KeyError', message: "'pie'" });
      expect(info.details?.stackTrace).toContain('direct cause of the following exception');
      const exception = await scope(session, stop, 'Exception');
      expect(Object.keys(exception).sort()).toEqual(
        ['cause', 'chain', 'exception', 'message', 'raised_at', 'type'].sort(),
      );
      expect(exception.message?.value).toBe("'no price for pie'");
      expect(exception.cause?.value).toContain("KeyError('pie')");
      const chain = Object.values(await session.children(exception.chain?.variablesReference ?? 0));
      expect(chain.map(({ value }) => value).join()).toContain("KeyError: 'pie' (cause), app.py:");
      const request = await scope(session, stop, 'Request');
      expect(request).toMatchObject({
        method: { value: "'GET'" },
        path: { value: "'/fail'" },
        query: { value: "'full=1'" },
        client: { value: expect.stringMatching(/^'127\.0\.0\.1:\d+'$/) },
        started: { value: expect.stringMatching(/^'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}'$/) },
      });
      const headers = await session.children(request.headers?.variablesReference ?? 0);
      expect(headers["'Host'"]?.value).toBe(`'${new URL(session.url).host}'`);
      const { body: threads } = await session.client.threadsRequest();
      expect(threads.threads.find(({ id }) => id === stop.threadId)?.name).toBe('GET /fail?full=1');
      await expect(session.client.nextRequest({ threadId: stop.threadId })).rejects.toThrow('no next line');
      await expect(session.client.stepInRequest({ threadId: stop.threadId })).rejects.toThrow('no next line');
      await session.continue(stop);
      expect((await answer)?.status).toBe(500);

      for (const [path, mark] of [
        ['/iterate', '# iterates'],
        ['/close', '# closes'],
        ['/pdb', '# held'],
      ] as const) {
        const other = await session.getAndStop(path);
        expect(other.stop.reason, path).toBe('exception');
        if (path === '/pdb') {
          const { body } = await session.client.exceptionInfoRequest({ threadId: other.stop.threadId });
          expect(body.description).toContain('pdb was given a traceback without its exception');
        } else expect(at(program, other.stop)).toBe(mark);
        await session.continue(other.stop);
        await other.answer;
      }

      const grouped = await session.getAndStop('/group');
      expect(at(program, grouped.stop)).toBe('# group');
      const { body: group } = await session.client.exceptionInfoRequest({ threadId: grouped.stop.threadId });
      expect(group.details?.innerException?.map(({ typeName }) => typeName)).toEqual([
        'KeyError',
        'ValueError',
      ]);
      expect(group.details?.stackTrace).toContain('look at both');
      expect(await scope(session, grouped.stop, 'Exception')).toMatchObject({ notes: {}, exceptions: {} });
      await session.continue(grouped.stop);
      await grouped.answer;

      expect(session.text('console').split('While a request is stopped the others wait').length - 1).toBe(1);
      await session.stop();
    },
  );

  it.each(ENGINES)(
    '$engine: which exceptions and requests stop is changed while it runs',
    async ({ live }) => {
      const { session, program } = await begin(SHOP, { ...attributes, live, requestFilter: ['!/other'] });
      await passes(session, '/other', 500);

      const first = await session.getAndStop('/fail');
      const ignored = await custom(session, 'modWsgi/ignoreException', { threadId: first.stop.threadId });
      expect(ignored).toEqual({
        type: expect.stringMatching(/Missing$/),
        path: program,
        line: markedLine(program, '# no price'),
      });
      expect((await first.answer)?.status).toBe(500);
      await passes(session, '/fail', 500);
      expect((await custom(session, 'modWsgi/ignoredExceptions', {})).ignored).toEqual([ignored]);
      expect(await custom(session, 'modWsgi/forgetIgnoredExceptions', {})).toEqual({ forgotten: 1 });

      await custom(session, 'modWsgi/requestFilter', { patterns: ['POST /**', '/o*'] });
      await passes(session, '/fail', 500);
      const second = await session.getAndStop('/other');
      await session.continue(second.stop);
      await second.answer;
      await expect(custom(session, 'modWsgi/requestFilter', { patterns: ['cart'] })).rejects.toThrow(
        '"cart" is no pattern for requests',
      );
      expect(await custom(session, 'modWsgi/requestFilter', { patterns: [] })).toEqual({ patterns: [] });

      const { body } = await session.client.setExceptionBreakpointsRequest({
        filters: [],
        filterOptions: [{ filterId: 'uncaught', condition: 'KeyError, !OSError' }],
      });
      expect(body?.breakpoints).toEqual([{ verified: true }]);
      await passes(session, '/fail', 500);
      for (const condition of ['LookupError', 'exception.code == 404 and article == "pie"']) {
        await session.client.setExceptionBreakpointsRequest({
          filters: [],
          filterOptions: [{ filterId: 'uncaught', condition }],
        });
        const { stop, answer } = await session.getAndStop('/fail');
        await session.continue(stop);
        await answer;
      }
      const { body: wrong } = await session.client.setExceptionBreakpointsRequest({
        filters: [],
        filterOptions: [{ filterId: 'uncaught', condition: 'a b' }],
      });
      expect(wrong?.breakpoints?.[0]).toMatchObject({
        verified: false,
        message: expect.stringContaining('neither class names nor a Python expression'),
      });
      await session.client.setExceptionBreakpointsRequest({
        filters: [],
        filterOptions: [{ filterId: 'uncaught', condition: 'nowhere.to_be_found' }],
      });
      await passes(session, '/fail', 500);
      await expect
        .poll(() => session.text('important'))
        .toContain("NameError: name 'nowhere' is not defined");
      await session.stop();
    },
  );

  it.each(ENGINES)('$engine: a request is sent again as it came; run to the next one', async ({ live }) => {
    const { session, program } = await begin(SHOP, { ...attributes, live });
    await expect(custom(session, 'modWsgi/replayRequest', {})).rejects.toThrow('no request yet');
    const stopped = session.nextStop();
    const posted = fetch(new URL('/body?x=%20y', session.url), {
      method: 'POST',
      headers: { 'X-Mark': 'kept' },
      body: '7 pieces',
    });
    const stop = await stopped;
    expect(stop.text).toBe('RuntimeError: body 7');

    let again = await session.resume(() =>
      custom(session, 'modWsgi/replayRequest', { threadId: stop.threadId }).then((answer) =>
        expect(answer).toEqual({ request: 'POST /body?x=%20y' }),
      ),
    );
    expect((await posted).status).toBe(500);
    expect(at(program, again)).toBe('# body');
    const request = await scope(session, again, 'Request');
    expect(request).toMatchObject({ method: { value: "'POST'" }, query: { value: "'x=%20y'" } });
    const headers = await session.children(request.headers?.variablesReference ?? 0);
    expect(headers).toMatchObject({ "'X-Mark'": { value: "'kept'" }, "'Content-Length'": { value: "'8'" } });

    const restartable = again.frames.filter(({ canRestart }) => canRestart);
    expect(restartable).toEqual([again.frames.at(-1)]);
    const frameId = restartable[0]?.id;
    again = await session.resume(() => session.client.customRequest('restartFrame', { frameId }));
    await session.continue(again);
    await expect
      .poll(() => session.text('console'))
      .toMatch(/POST \/body\?x=%20y again: 500 .*, after \d+ ms/);

    const { stop: failed, answer } = await session.getAndStop('/fail');
    await custom(session, 'modWsgi/runToNextRequest', {});
    expect((await answer)?.status).toBe(500);
    const next = await session.getAndStop('/ok');
    expect([next.stop.reason === 'exception', at(program, next.stop)]).toEqual([false, '# enters']);
    expect(failed.threadId).toBe(next.stop.threadId);
    await session.continue(next.stop);
    expect((await next.answer)?.text).toBe('3');
    await session.stop();
  });
});

describe.each(ENGINES)("pdb's commands in the debug console, with $engine", ({ live }) => {
  const enter = (session: Session, stop: Stop) => (entry: string) =>
    session.evaluate(entry, Session.focused(stop));

  it('look around, move, print, interact; Python comes first where the frame knows the name', async () => {
    const { session, program } = await begin(SHOP, { live });
    const { stop, answer } = await session.getAndStop('/fail');
    const type = enter(session, stop);
    expect(await type('where')).toMatch(
      /^ {2}.*app\.py\(\d+\)app\(\)\n-> n = total.*\n {2}.*total\(\)\n-> .*\n> .*price_of\(\)\n-> raise Missing/,
    );
    expect(await type('args')).toBe("article = 'pie'");
    expect(await type('up')).toBe(
      `> ${program}(${markedLine(program, '# sums up')})total()\n-> amount += price_of(article)  # sums up`,
    );
    expect(await type('amount')).toBe('3');
    expect(await type('a')).toBe("cart = ['tea', 'pie']\ndiscount = 0");
    expect(await type('p amount + 1')).toBe('4');
    expect(await type('pp {"cart": cart * 20}')).toContain("'pie',\n");
    expect(await type('ll')).toContain(`${markedLine(program, '# sums up')}  ->\t        amount += price_of`);
    expect(await type('ll')).toMatch(/^ *\d+ {4}\tdef total\(cart/);
    expect((await type('l')).split('\n')).toHaveLength(11);
    expect(await type('list 1, 2')).toMatch(/^ {3}1 .*import pdb\n {3}2/);
    expect(await type('whatis total')).toBe('Function total');
    expect(await type('source Missing')).toContain('code = 404');
    expect(await type('exceptions')).toContain("KeyError: 'pie'");
    await expect(type('up 2')).resolves.toContain('app()');
    await expect(type('up')).rejects.toThrow('oldest frame');
    expect(await type('n')).toBe('3');
    expect(await type('n == 3')).toBe('True');
    expect(await type('!n + 1')).toBe('4');
    expect(await type('u = 5')).toBe('');
    expect(await type('u')).toBe('5');
    await expect(type('pp nowhere')).rejects.toThrow('NameError');
    await expect(type('b 12')).rejects.toThrow("editor's margin");
    expect(await type('down 9')).toContain('price_of()');

    expect(await type('interact')).toContain('exit() returns to the debug console');
    expect(await type('w = article')).toBe('');
    expect(await type('w * 2')).toBe("'piepie'");
    expect(await type('for letter in w:\n    print(letter)')).toBe('p\ni\ne');
    expect(await type('1 / 0')).toContain('ZeroDivisionError');
    expect(await type('exit()')).toBe('Back in the debug console.');
    await expect(type('nonsense_of_mine')).rejects.toThrow('NameError');

    expect(await type('help')).toMatch(/where, w, bt .*\n.*up, u/s);
    expect(await type('help ll')).toContain('The whole function');
    const { body } = await session.client.completionsRequest({
      text: 'wh',
      column: 3,
      frameId: Session.focused(stop).id,
    });
    expect(body.targets.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['where', 'whatis', 'while']),
    );
    await expect(type('next')).rejects.toThrow('no next line');
    await type('continue');
    expect((await answer)?.status).toBe(500);
    await session.stop();
  });

  it('go on, step, send again, quit', async () => {
    const { session, program, stop: entry } = await beginAndStop(SHOP, { live, stopOnEntry: true });
    expect(Session.focused(entry)).toMatchObject({ name: '<module>', source: { path: program } });
    await enter(session, entry)('c');
    await expect.poll(() => session.text()).toContain('The application is loaded');

    await custom(session, 'modWsgi/runToNextRequest', {});
    const { stop, answer } = await session.getAndStop('/fail');
    expect(at(program, stop)).toBe('# enters');
    const next = await session.resume(() => enter(session, stop)('next'));
    expect(next.reason).toBe('step');
    const failed = await session.resume(() => enter(session, next)('c'));
    expect(at(program, failed)).toBe('# no price');
    const again = await session.resume(() => enter(session, failed)('restart'));
    expect((await answer)?.status).toBe(500);
    expect(at(program, again)).toBe('# no price');
    await enter(session, again)('q');
    await expect.poll(() => session.text('console')).toContain('GET /fail again: 500');
    await session.stop();
  });
});

/** Python 3.13 is watched by its own monitoring, the others by a tracer. */
const TRACED = [
  pythonCase('3.8'),
  { version: '3.11', python: EXAMPLES_PYTHON, missing: undefined },
  pythonCase('3.13'),
];

const TRACED_SHOP = `\
def guess(text):
    try:
        return int(text)
    except ValueError:
        raise KeyError(text)  # raises

def app(environ, start_response):
    path = environ["PATH_INFO"]  # enters
    breakpoint()
    try:  # after breakpoint()
        guess(path)
    except KeyError:
        pass
    start_response("200 OK", [])
    return [path.encode()]  # answers
`;

describe.each(TRACED)('what debugpy sees on Python $version', ({ python, missing }) => {
  beforeEach((context) => {
    if (missing) context.skip(missing);
  });

  it('stops only in the requests and at the exceptions that are wanted', async () => {
    const program = workspace.write('app.py', TRACED_SHOP);
    const session = await Session.begin(workspace, {}, { python });
    const { client } = session;
    const breakAt = (...markers: string[]) =>
      client.setBreakpointsRequest({
        source: { path: program },
        breakpoints: markers.map((marker) => ({ line: markedLine(program, marker) })),
      });
    const marks = ['# raises', '# enters', '# after breakpoint()', '# answers'];
    const mark = ({ frames: [frame] }: Stop) =>
      marks.find((marker) => markedLine(program, marker) === frame?.line) ?? `line ${frame?.line}`;
    await session.launch({ python, program, requestFilter: ['/a*'] }, () => breakAt('# answers'));
    await passes(session, '/b', 200);

    await client.setExceptionBreakpointsRequest({
      filters: [],
      filterOptions: [{ filterId: 'raised', condition: 'KeyError' }],
    });
    const { stop: called, answer } = await session.getAndStop('/a');
    expect(mark(called)).toBe('# after breakpoint()');
    const raised = await session.step('continue', called);
    expect([raised.text, mark(raised)]).toEqual(["KeyError: '/a'", '# raises']);
    const { body } = await client.exceptionInfoRequest({ threadId: raised.threadId });
    expect(body.breakMode).toBe('always');
    expect(await scope(session, raised, 'Exception')).toMatchObject({ context: {} });
    const ended = await session.resume(() =>
      custom(session, 'modWsgi/ignoreException', { threadId: raised.threadId }),
    );
    expect(mark(ended)).toBe('# answers');
    await session.continue(ended);
    expect((await answer)?.text).toBe('/a');

    const { stop: again, answer: second } = await session.getAndStop('/a2');
    await custom(session, 'modWsgi/runToNextRequest', {});
    expect((await second)?.text).toBe('/a2');
    await passes(session, '/b', 200);
    const { stop: next, answer: third } = await session.getAndStop('/a3');
    expect([mark(again), mark(next)]).toEqual(['# after breakpoint()', '# enters']);
    await breakAt();
    const last = await session.step('continue', next);
    expect(mark(last)).toBe('# after breakpoint()');
    await session.continue(last);
    expect((await third)?.text).toBe('/a3');
    await session.stop();
  });
});

describe.each(ENGINES)(
  'an application that cannot be read stops at the mistake, with $engine',
  ({ live }) => {
    it.each([
      { where: 'the script', source: 'def app(environ, start_response:\n    pass\n', imported: '' },
      {
        where: 'a module',
        source: 'import broken  # imports\napp = broken.app\n',
        imported: 'x = 1\ny = = 2\n',
      },
    ])('in $where', async ({ source, imported }) => {
      const file = imported ? workspace.write('broken.py', imported) : undefined;
      const { session, program, stop } = await beginAndStop(source, { live });
      expect(stop.frames[0]).toMatchObject({ line: file ? 2 : 1, source: { path: file ?? program } });
      if (file) expect(stop.frames[1]).toMatchObject({ line: 1, source: { path: program } });
      const { body } = await session.client.exceptionInfoRequest({ threadId: stop.threadId });
      expect(body.exceptionId).toBe('SyntaxError');
      await session.continue(stop);
      await session.stop();
    });
  },
);
