import { writeFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect } from 'vitest';
import { type Answer, Session, type Stop } from './client';
import { markedLine, type Workspace } from './workspace';

/** What the features are seen in: one application that stays the same session's from the first to the last. */
const APPLICATION = `\
import time

import prices

many = list(range(1000000))

class Missing(LookupError):
    code = 404

class Swallowed(Exception):
    pass

def app(environ, start_response):
    page = PAGES[environ["PATH_INFO"]]  # enters
    try:
        result = page()
    except Swallowed:
        start_response("500 Internal Server Error", [])
        return [b"an error page"]
    start_response("200 OK", [])
    return [str(result).encode()]

def price_of(article):
    return {"apple": 3, "pear": 5}[article]  # in price_of

def discounted(price):
    return price - 1  # in discounted

def total():
    articles = ["apple", "pear"]
    amount = 0  # in total
    for article in articles:
        amount += discounted(price_of(article))  # two calls
    return amount  # at the end

def stops():
    breakpoint()
    return "stopped"  # after breakpoint()

def handled():
    try:
        price_of("plum")
    except LookupError:
        return "handled"

def fails():
    article = "plum"
    raise Missing(article)  # raises

def swallows():
    reason = "none"
    raise Swallowed(reason)  # is swallowed

def waits():
    going = True
    while going:
        time.sleep(0.02)  # waits
    return "waited"

def renders():
    import jinja2

    loader = jinja2.FileSystemLoader(__file__.rpartition("/")[0])
    return jinja2.Environment(loader=loader).get_template("list.html").render(names=["Emma", "Dracula"])

def never():
    return "never"  # never

PAGES = {
    "/total": total, "/breakpoint": stops, "/handled": handled, "/fail": fails, "/swallowed": swallows,
    "/wait": waits, "/template": renders, "/price": prices.current,
}
`;

const TEMPLATE = '{% for name in names %}\n{{ name }}{# in loop #}\n{% endfor %}\n';

const PRICES = 'def current():\n    return 3\n';

type Mark = string | (Omit<DebugProtocol.SourceBreakpoint, 'line'> & { at: string });

/** A running session with the application, idle between two features. */
export class Scene {
  readonly program: string;
  readonly template: string;
  readonly prices: string;
  private stopCount = 0;

  constructor(
    readonly session: Session,
    workspace: Workspace,
    readonly minorVersion: number,
    readonly hasJinja: boolean,
  ) {
    this.program = workspace.write('app.py', APPLICATION);
    this.template = workspace.write('list.html', TEMPLATE);
    this.prices = workspace.write('prices.py', PRICES);
    session.client.on('stopped', () => this.stopCount++);
  }

  /** Set the breakpoints of a file, in place of those that it has. */
  async breakAt(marks: readonly Mark[], file = this.program): Promise<void> {
    const { body } = await this.session.client.setBreakpointsRequest({
      source: { path: file },
      breakpoints: marks.map((mark) => {
        const { at, ...rest } = typeof mark === 'string' ? { at: mark } : mark;
        return { ...rest, line: markedLine(file, at) };
      }),
    });
    // A template is compiled when it is first rendered, and can take none before.
    if (file === this.program) expect(body.breakpoints.filter(({ verified }) => !verified)).toEqual([]);
  }

  /** Where a thread has stopped: the function, and what stands in its line. */
  at(stop: Stop, mark: string, file = this.program): void {
    const [frame] = stop.frames;
    expect([frame?.source?.path, frame?.line]).toEqual([file, markedLine(file, mark)]);
  }

  /** A request in which nothing stops. */
  async passes(urlPath: string): Promise<Answer> {
    const before = this.stopCount;
    const answer = await this.session.get(urlPath);
    expect(this.stopCount, 'nothing stops').toBe(before);
    return answer;
  }

  /** Choose exceptions to stop at: names of filters, with conditions after a colon. */
  async stopAt(...filters: readonly string[]): Promise<void> {
    const { body } = await this.session.client.setExceptionBreakpointsRequest({
      filters: [],
      filterOptions: filters.map((filter) => {
        const [filterId = '', condition] = filter.split(': ');
        return { filterId, ...(condition && { condition }) };
      }),
    });
    expect(body?.breakpoints?.filter(({ verified }) => !verified)).toEqual([]);
  }

  async custom(command: string, args: object = {}): Promise<unknown> {
    return (await this.session.client.customRequest(command, args)).body;
  }
}

/** Something that the debugger can do, and how that is seen. */
export interface Feature {
  readonly name: string;
  /** Why it cannot be had with this Python, a sentence; undefined where it can. */
  readonly impossible?: (scene: Scene) => string | undefined;
  readonly show: (scene: Scene) => Promise<void>;
}

const USUAL = ['uncaught', 'swallowed'] as const;

/** In the order in which they are shown; each leaves the application idle, and nothing to stop at but exceptions. */
export const FEATURES: readonly Feature[] = [
  {
    name: 'a breakpoint, steps over, into a chosen call, and out',
    show: async (scene) => {
      const { session } = scene;
      await scene.breakAt(['# in total']);
      const { stop, answer } = await session.getAndStop('/total');
      scene.at(stop, '# in total');
      // debugpy tells them from 1.8.22 on.
      expect(stop.hitBreakpointIds ?? ['one']).toHaveLength(1);
      const loop = await session.step('next', stop);
      const line = await session.step('next', loop);
      scene.at(line, '# two calls');
      const frameId = line.frames[0]?.id;
      const { targets } = (await scene.custom('stepInTargets', {
        frameId,
      })) as DebugProtocol.StepInTargetsResponse['body'];
      const chosen = targets.find(({ label }) => label.startsWith('discounted'));
      const { threadId } = line;
      const inside = await session.resume(() =>
        session.client.stepInRequest({ threadId, targetId: chosen?.id ?? -1 }),
      );
      scene.at(inside, '# in discounted');
      const outside = await session.step('stepOut', inside);
      expect(outside.frames[0]?.name).toBe('total');
      await scene.breakAt([]);
      await session.continue(outside);
      expect((await answer)?.text).toBe('6');
    },
  },
  {
    name: 'a condition, a hit count, a log point',
    show: async (scene) => {
      const { session } = scene;
      await scene.breakAt([
        { at: '# two calls', condition: 'article == "pear"' },
        { at: '# at the end', logMessage: 'the total is {amount}' },
      ]);
      const { stop, answer } = await session.getAndStop('/total');
      expect(await session.evaluate('article, amount', Session.focused(stop))).toBe("('pear', 2)");
      await session.continue(stop);
      expect((await answer)?.text).toBe('6');
      await expect.poll(() => session.text()).toContain('the total is 6');
      await scene.breakAt([{ at: '# in discounted', hitCondition: '2' }]);
      const second = await session.getAndStop('/total');
      expect(await session.evaluate('price', Session.focused(second.stop))).toBe('5');
      await scene.breakAt([]);
      await session.continue(second.stop);
      await second.answer;
    },
  },
  {
    name: 'a function breakpoint',
    show: async ({ session }) => {
      await session.client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'discounted' }] });
      const { stop, answer } = await session.getAndStop('/total');
      expect(stop.frames[0]?.name).toBe('discounted');
      await session.client.setFunctionBreakpointsRequest({ breakpoints: [] });
      await session.continue(stop);
      expect((await answer)?.text).toBe('6');
    },
  },
  {
    name: 'values: scopes, a page of a long list, hover, console, completions',
    show: async (scene) => {
      const { session } = scene;
      await scene.breakAt(['# at the end']);
      const { stop, answer } = await session.getAndStop('/total');
      const frame = Session.focused(stop);
      const { locals = {}, request = {} } = await session.scopes(frame.id);
      expect(locals).toMatchObject({ amount: { value: '6' }, articles: { value: "['apple', 'pear']" } });
      expect(request).toMatchObject({ method: { value: "'GET'" }, path: { value: "'/total'" } });
      const { body: long } = await session.client.evaluateRequest({ expression: 'many', frameId: frame.id });
      const { body: page } = await session.client.variablesRequest({
        variablesReference: long.variablesReference,
        filter: 'indexed',
        start: 999_990,
        count: 5,
      });
      expect(page.variables.map(({ value }) => value)).toEqual([
        '999990',
        '999991',
        '999992',
        '999993',
        '999994',
      ]);
      expect(await session.evaluate('articles[1]', frame, 'hover')).toBe("'pear'");
      await expect(session.evaluate('price_of("pear")', frame, 'hover')).rejects.toThrow('would run code');
      expect(await session.evaluate('price_of("pear")', frame)).toBe('5');
      const { body: completions } = await session.client.completionsRequest({
        frameId: frame.id,
        text: 'artic',
        column: 6,
      });
      expect(completions.targets.map(({ label }) => label)).toContain('articles');
      const { body: threads } = await session.client.threadsRequest();
      expect(threads.threads.find(({ id }) => id === stop.threadId)?.name).toBe('GET /total');
      await scene.breakAt([]);
      await session.continue(stop);
      await answer;
    },
  },
  {
    name: 'a variable and an expression are set; the next statement is chosen',
    show: async (scene) => {
      const { session } = scene;
      await scene.breakAt(['# at the end']);
      const { stop, answer } = await session.getAndStop('/total');
      const { threadId } = stop;
      const frameId = stop.frames[0]?.id ?? 0;
      await scene.custom('setExpression', { frameId, expression: 'articles[0]', value: '"pear"' });
      const { targets } = (await scene.custom('gotoTargets', {
        source: { path: scene.program },
        line: markedLine(scene.program, '# in total'),
      })) as DebugProtocol.GotoTargetsResponse['body'];
      const jumped = await session.resume(() => scene.custom('goto', { threadId, targetId: targets[0]?.id }));
      scene.at(jumped, '# in total');
      const end = await session.step('continue', jumped);
      const { body } = await session.client.scopesRequest({ frameId: end.frames[0]?.id ?? 0 });
      const locals = body.scopes[0]?.variablesReference ?? 0;
      expect(await session.children(locals)).toMatchObject({ amount: { value: '8' } });
      await session.client.setVariableRequest({
        variablesReference: locals,
        name: 'amount',
        value: '40 + 2',
      });
      await scene.breakAt([]);
      await session.continue(end);
      expect((await answer)?.text).toBe('42');
    },
  },
  {
    name: 'pause',
    show: async (scene) => {
      const { session } = scene;
      await scene.breakAt(['# never']);
      const answer = session.get('/wait');
      const threadOf = async () => {
        const { body } = await session.client.threadsRequest();
        return body.threads.find(({ name }) => name === 'GET /wait')?.id;
      };
      await expect.poll(threadOf).toBeDefined();
      const threadId = (await threadOf()) ?? 0;
      const stop = await session.resume(() => session.client.pauseRequest({ threadId }));
      expect(stop.reason).toBe('pause');
      expect(Session.focused(stop).name).toBe('waits');
      await session.evaluate('going = False', Session.focused(stop));
      await scene.breakAt([]);
      await session.continue(stop);
      expect((await answer).text).toBe('waited');
    },
  },
  {
    name: 'breakpoint() in the code',
    show: async (scene) => {
      const { session } = scene;
      const { stop, answer } = await session.getAndStop('/breakpoint');
      scene.at(stop, '# after breakpoint()');
      await session.continue(stop);
      expect((await answer)?.text).toBe('stopped');
    },
  },
  {
    name: 'an exception that leaves the application',
    show: async (scene) => {
      const { session } = scene;
      const { stop, answer } = await session.getAndStop('/fail');
      expect(stop.text).toMatch(/Missing: plum$/);
      scene.at(stop, '# raises');
      expect((await session.locals(Session.focused(stop))).article?.value).toBe("'plum'");
      const { threadId } = stop;
      const { body } = await session.client.exceptionInfoRequest({ threadId });
      expect(body.description).toContain('GET /fail');
      await expect(session.client.nextRequest({ threadId })).rejects.toThrow('no next line');
      expect(await session.evaluate('where', Session.focused(stop))).toContain('raise Missing(article)');
      await session.continue(stop);
      expect((await answer)?.status).toBe(500);
    },
  },
  {
    name: 'an exception that becomes an error page',
    show: async (scene) => {
      const { session } = scene;
      const { stop, answer } = await session.getAndStop('/swallowed');
      scene.at(stop, '# is swallowed');
      const { exception = {} } = await session.scopes(Session.focused(stop).id);
      expect(exception.message?.value).toBe("'none'");
      await session.continue(stop);
      expect(await answer).toEqual({ status: 500, text: 'an error page' });
    },
  },
  {
    name: 'an exception that is raised and handled',
    show: async (scene) => {
      const { session } = scene;
      expect((await scene.passes('/handled')).text).toBe('handled');
      await scene.stopAt('raised: KeyError');
      const { stop, answer } = await session.getAndStop('/handled');
      scene.at(stop, '# in price_of');
      await scene.stopAt(...USUAL);
      await session.continue(stop);
      expect((await answer)?.text).toBe('handled');
    },
  },
  {
    name: 'filters of exceptions with conditions',
    show: async (scene) => {
      const { session } = scene;
      for (const condition of ['OSError', '!Missing', 'exception.code == 500']) {
        await scene.stopAt(`uncaught: ${condition}`);
        expect((await scene.passes('/fail')).status).toBe(500);
      }
      await scene.stopAt('uncaught: exception.code == 404 and article == "plum"');
      const { stop, answer } = await session.getAndStop('/fail');
      await scene.stopAt(...USUAL);
      await session.continue(stop);
      await answer;
    },
  },
  {
    name: 'an exception is ignored',
    show: async (scene) => {
      const { session } = scene;
      const { stop, answer } = await session.getAndStop('/fail');
      await scene.custom('modWsgi/ignoreException', { threadId: stop.threadId });
      expect((await answer)?.status).toBe(500);
      expect((await scene.passes('/fail')).status).toBe(500);
      expect(await scene.custom('modWsgi/forgetIgnoredExceptions')).toEqual({ forgotten: 1 });
    },
  },
  {
    name: 'a request is replayed',
    show: async (scene) => {
      const { session } = scene;
      const { stop, answer } = await session.getAndStop('/fail');
      const again = await session.resume(() =>
        scene.custom('modWsgi/replayRequest', { threadId: stop.threadId }),
      );
      expect((await answer)?.status).toBe(500);
      scene.at(again, '# raises');
      await session.continue(again);
      await expect.poll(() => session.text('console')).toMatch(/GET \/fail again: 500/);
    },
  },
  {
    name: 'only some requests stop',
    show: async (scene) => {
      const { session } = scene;
      await scene.custom('modWsgi/requestFilter', { patterns: ['/swal*'] });
      expect((await scene.passes('/fail')).status).toBe(500);
      expect((await scene.passes('/breakpoint')).text).toBe('stopped');
      const { stop, answer } = await session.getAndStop('/swallowed');
      await scene.custom('modWsgi/requestFilter', { patterns: [] });
      await session.continue(stop);
      await answer;
    },
  },
  {
    name: 'run to the next request',
    show: async (scene) => {
      const { session } = scene;
      const failed = await session.getAndStop('/fail');
      await scene.custom('modWsgi/runToNextRequest');
      expect((await failed.answer)?.status).toBe(500);
      const { stop, answer } = await session.getAndStop('/total');
      scene.at(stop, '# enters');
      await session.continue(stop);
      expect((await answer)?.text).toBe('6');
    },
  },
  {
    name: 'a breakpoint in a template',
    impossible: ({ hasJinja }) => (hasJinja ? undefined : 'this Python has no Jinja'),
    show: async (scene) => {
      const { session, template } = scene;
      await scene.breakAt(['{# in loop #}'], template);
      const { stop, answer } = await session.getAndStop('/template');
      scene.at(stop, '{# in loop #}', template);
      expect(await session.evaluate('name', Session.focused(stop))).toBe("'Emma'");
      await scene.breakAt([], template);
      await session.continue(stop);
      expect((await answer)?.text).toContain('Dracula');
    },
  },
  {
    name: 'a module that changes while the server runs',
    show: async (scene) => {
      expect((await scene.passes('/price')).text).toBe('3');
      await expect
        .poll(
          async () => {
            writeFileSync(scene.prices, `def current():\n    return 4  # ${Date.now()}\n`);
            return (await scene.session.get('/price')).text;
          },
          { timeout: 30_000, interval: 1_000 },
        )
        .toBe('4');
    },
  },
  {
    name: 'coverage, and the end of the session',
    impossible: ({ minorVersion }) =>
      sharesLines(minorVersion)
        ? undefined
        : `Python 3.${minorVersion} lets one program trace the lines: coverage has sessions of its own (road.test.ts)`,
    show: async ({ session, program }) => {
      await session.stop();
      const lines = session.coverage?.[program];
      expect(lines?.executed).toEqual(
        expect.arrayContaining(
          ['# enters', '# in discounted', '# raises', '# waits'].map((mark) => markedLine(program, mark)),
        ),
      );
      expect(lines?.missing).toContain(markedLine(program, '# never'));
    },
  },
];

/** Whether coverage is measured while breakpoints stop. */
export const sharesLines = (minorVersion: number): boolean => minorVersion >= 12;
