import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Session } from './client';
import { EXAMPLES_PYTHON } from './runtimes';
import { Workspace } from './workspace';

let workspace: Workspace;

beforeEach(() => {
  workspace = new Workspace();
});

afterEach(async () => {
  expect(await workspace.close()).toEqual([]);
});

const APPLICATION = `\
import datetime
import time

from flask import Flask, request

app = Flask(__name__)
touched = []

class Sleepy:
    def __repr__(self):
        time.sleep(4)
        return "awake"

class Busy:
    def __repr__(self):
        while True:
            pass

class Broken:
    def __repr__(self):
        raise ValueError("no text for me")

class Order:
    def __init__(self):
        self.amount = 3
        self.articles = {"apple": 1}

    @property
    def total(self):
        touched.append("total")
        return self.amount * 2

@app.route("/")
def index():
    order = Order()
    breakpoint()
    amount = order.amount
    return "%d %r" % (amount, touched)

@app.route("/large")
def large():
    numbers = list(range(1_000_000))
    squares = {n: n * n for n in range(1_000_000)}
    some = {"a": 1, "b": [1, 2]}
    blob = b"\\x89PNG" * 50
    opened = datetime.datetime(2026, 5, 1, 9, 30)
    text = "x" * 5000
    breakpoint()
    return str(some)

@app.route("/slow")
def slow():
    broken = Broken()
    busy = Busy()
    fine = 1
    sleepy = Sleepy()
    breakpoint()
    return "done"
`;

const MAX_PAGE_MS = 3_500;

describe.each([
  { engine: 'debugpy', attributes: {} },
  { engine: 'the agent alone', attributes: { live: false } },
])('values, shown by $engine', ({ attributes }) => {
  it('are paged, bounded in time, and looked at without running code', async () => {
    const program = workspace.write('app.py', APPLICATION);
    const session = await Session.begin(workspace);
    await session.launch({ python: EXAMPLES_PYTHON, program, ...attributes });
    const { client } = session;

    const page = async (
      variablesReference: number,
      start: number,
      count: number,
    ): Promise<DebugProtocol.Variable[]> =>
      (await client.variablesRequest({ variablesReference, filter: 'indexed', start, count })).body.variables;

    const { stop: large, answer: largeAnswer } = await session.getAndStop('/large');
    const frame = Session.focused(large);
    const found = await session.locals(frame);
    const { numbers, squares, some, blob, opened, text } = found as Record<string, DebugProtocol.Variable>;
    expect(numbers).toMatchObject({ type: 'list', indexedVariables: 1_000_000, evaluateName: 'numbers' });
    expect(numbers?.value).toMatch(/^\[0, 1, 2, .*…/);
    expect((await page(numbers?.variablesReference ?? 0, 999_900, 100)).at(-1)).toMatchObject({
      name: '[999999]',
      value: '999999',
      evaluateName: 'numbers[999999]',
    });
    expect(squares).toMatchObject({ indexedVariables: 1_000_000 });
    expect(await page(squares?.variablesReference ?? 0, 500, 1)).toMatchObject([
      { name: '500', value: '250000', evaluateName: 'squares[500]' },
    ]);
    expect(some).toMatchObject({ value: "{'a': 1, 'b': [1, 2]}", namedVariables: 2 });
    expect(blob?.value).toMatch(/^b'\\x89PNG.*\(200 bytes\)$/);
    expect(opened?.value).toBe('2026-05-01 09:30:00 (Friday)');
    expect(text?.value.length).toBeLessThan(1_100);
    // What is copied is whole, and is Python again.
    expect(await session.evaluate('text', frame, 'clipboard')).toBe(`'${'x'.repeat(5_000)}'`);
    expect(await session.evaluate('opened', frame, 'clipboard')).toBe('datetime.datetime(2026, 5, 1, 9, 30)');
    const { body: changed } = await client.setVariableRequest({
      variablesReference: some?.variablesReference ?? 0,
      name: "'a'",
      value: 'len(numbers)',
    });
    expect(changed.value).toBe('1000000');
    await session.continue(large);
    expect((await largeAnswer)?.text).toBe("{'a': 1000000, 'b': [1, 2]}");

    const { stop: slow, answer: slowAnswer } = await session.getAndStop('/slow');
    const before = Date.now();
    const bounded = await session.locals(Session.focused(slow));
    expect(Date.now() - before).toBeLessThan(MAX_PAGE_MS);
    expect(bounded.broken?.value).toContain('Broken: repr() raised ValueError: no text for me>');
    expect(bounded.busy?.value).toContain('repr() takes longer than 0.5 s');
    expect(bounded.fine?.value).toBe('1');
    expect(bounded.sleepy?.value).toContain('take longer than 2 s');
    await session.continue(slow);
    expect((await slowAnswer)?.text).toBe('done');

    const { stop, answer } = await session.getAndStop('/?max=3');
    const here = Session.focused(stop);
    const hover = (expression: string) => session.evaluate(expression, here, 'hover');
    expect(await hover('order.articles["apple"]')).toBe('1');
    expect(await hover('request')).toBe('GET /?max=3');
    await expect(hover('order.total')).rejects.toThrow('would run code');
    await expect(hover('touched.append(1)')).rejects.toThrow('would run code');
    const order = (await session.locals(here)).order;
    expect(Object.keys(await session.children(order?.variablesReference ?? 0))).toEqual([
      'amount',
      'articles',
    ]);
    const completions = async (typed: string): Promise<string[]> => {
      const { body } = await client.customRequest('completions', {
        frameId: here.id,
        text: typed,
        column: typed.length + 1,
      });
      return body.targets.map(({ label }: DebugProtocol.CompletionItem) => label);
    };
    expect(await completions('x = order.')).toEqual(expect.arrayContaining(['amount', 'articles', 'total']));
    expect(await completions('ord')).toEqual(expect.arrayContaining(['ord', 'order']));
    expect(await session.evaluate('order.amount = 7', here)).toBe('');
    // The same names at the next stop: that is by what an editor keeps its tree open.
    const again = await session.step('next', stop);
    expect((await session.locals(Session.focused(again))).order).toMatchObject({ evaluateName: 'order' });
    await session.continue(again);
    expect((await answer)?.text).toBe('7 []');
    await session.stop();
  });
});
