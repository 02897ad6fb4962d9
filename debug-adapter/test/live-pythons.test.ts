import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Session, type Stop } from './client';
import { pythonCase } from './pythons';
import { EXAMPLES_PYTHON } from './runtimes';
import { markedLine, Workspace } from './workspace';

let workspace: Workspace;

beforeEach(() => {
  workspace = new Workspace();
});

afterEach(async () => {
  expect(await workspace.close()).toEqual([]);
});

const APPLICATION = `\
import sys

def is_watched():
    monitoring = getattr(sys, "monitoring", None)
    return bool(sys.gettrace() or monitoring and monitoring.get_events(monitoring.DEBUGGER_ID))

def price_of(article):
    return {"apple": 3, "pear": 5}[article]  # in price_of

def discounted(price):
    return price - 1  # in discounted

def total(articles):
    amount = 0  # in total
    for article in articles:
        amount += discounted(price_of(article))  # two calls
    return amount  # at the end

def app(environ, start_response):
    articles = environ["QUERY_STRING"].split(",")
    result = is_watched() if articles == [""] else total(articles)
    start_response("200 OK", [])
    return [str(result).encode()]  # answer
`;

/** The oldest and the newest Python that are tested; the one between has a debugpy of its own, with compiled parts. */
const PYTHONS = [
  pythonCase('3.8'),
  { version: '3.11, with its own debugpy', python: EXAMPLES_PYTHON, missing: undefined },
  pythonCase('3.13'),
];

describe.each(PYTHONS)('live, on Python $version', ({ python, missing }) => {
  beforeEach((context) => {
    if (missing) context.skip(missing);
  });

  it('steps into a call that is chosen, jumps to a line, sets an expression, and looks at what was raised', async () => {
    const program = workspace.write('app.py', APPLICATION);
    const mark = (marker: string): number => markedLine(program, `# ${marker}`);
    const session = await Session.begin(workspace, {}, { python });
    const { client } = session;
    const breakAt = (...markers: string[]) =>
      client.setBreakpointsRequest({
        source: { path: program },
        breakpoints: markers.map((marker) => ({ line: mark(marker) })),
      });
    await session.launch({ python, program, port: 0 }, () => breakAt('two calls'));
    const top = ({ frames: [frame] }: Stop) => ({ name: frame?.name, line: frame?.line, id: frame?.id ?? 0 });

    const { stop, answer } = await session.getAndStop('/?apple,pear');
    const { threadId } = stop;
    expect(top(stop)).toMatchObject({ name: 'total', line: mark('two calls') });
    const { targets } = (await client.customRequest('stepInTargets', { frameId: top(stop).id })).body;
    const chosen = targets.find(({ label }: { label: string }) => label.startsWith('discounted'));
    expect(targets.map(({ label }: { label: string }) => label)).toEqual([
      expect.stringContaining('price_of'),
      expect.stringContaining('discounted'),
    ]);
    const inside = await session.resume(() => client.stepInRequest({ threadId, targetId: chosen.id }));
    expect(top(inside)).toMatchObject({ name: 'discounted', line: mark('in discounted') });

    const outside = await session.step('stepOut', inside);
    const total = outside.frames.find(({ name }) => name === 'total');
    expect(total).toBeDefined();
    await breakAt('at the end');
    const end = await session.step('continue', outside);
    expect(top(end)).toMatchObject({ name: 'total', line: mark('at the end') });
    const { locals = {} } = await session.scopes(top(end).id);
    expect(locals.amount?.value).toBe('6');
    expect(
      (
        await client.customRequest('setExpression', {
          frameId: top(end).id,
          expression: 'articles',
          value: '["pear"]',
        })
      ).body.value,
    ).toBe("['pear']");
    await breakAt();

    const goal = await client.customRequest('gotoTargets', {
      source: { path: program },
      line: mark('in total'),
    });
    const jumped = await session.resume(() =>
      client.customRequest('goto', { threadId, targetId: goal.body.targets[0].id }),
    );
    expect(top(jumped)).toMatchObject({ name: 'total', line: mark('in total') });
    await session.continue(jumped);
    expect((await answer)?.text).toBe('4');

    await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'discounted' }] });
    const called = await session.getAndStop('/?pear');
    expect(top(called.stop)).toMatchObject({ name: 'discounted' });
    await client.setFunctionBreakpointsRequest({ breakpoints: [] });
    await session.continue(called.stop);
    expect((await called.answer)?.text).toBe('4');

    const failed = await session.getAndStop('/?plum');
    expect(failed.stop).toMatchObject({ reason: 'exception', text: "KeyError: 'plum'" });
    expect(top(failed.stop)).toMatchObject({ name: 'price_of', line: mark('in price_of') });
    expect(await session.evaluate('article', Session.focused(failed.stop))).toBe("'plum'");
    await session.continue(failed.stop);
    expect((await failed.answer)?.status).toBe(500);

    // With nothing to stop at, a request runs at full speed again.
    expect((await session.get('/')).text).toBe('False');
    await breakAt('at the end');
    expect((await session.get('/')).text).toBe('True');
    await session.stop();
  });
});
