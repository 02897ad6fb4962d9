import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheRoot } from '../../common/src/cache';
import { Session } from './client';
import { type PythonCase, pythonCase } from './pythons';
import { EXAMPLES_PYTHON, RUNTIMES, type RuntimeCase } from './runtimes';
import { markedLine, Workspace } from './workspace';

let workspace: Workspace;

beforeEach(() => {
  workspace = new Workspace();
});

afterEach(async () => {
  expect(await workspace.close()).toEqual([]);
});

const APPLICATION = `\
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/pdb":
        breakpoint()
    result = double(21)  # call
    if path == "/fail":
        fail(result)
    start_response("200 OK", [])
    return [str(result).encode()]

def double(number):
    return number * 2  # in double

def fail(result):
    raise ValueError(result)  # raises here
`;

const EXAMPLES: PythonCase = { version: 'of the examples', python: EXAMPLES_PYTHON, missing: undefined };

/** The Pythons that set-up found, besides that of the examples. */
const others = (): PythonCase[] => {
  const file = path.join(cacheRoot(), 'state.json');
  const { pythons = {} } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return Object.keys(pythons).map(pythonCase);
};

interface Combination {
  readonly python: PythonCase;
  readonly runtime: RuntimeCase;
  readonly mpm: 'prefork' | 'event';
}

const BUNDLED = RUNTIMES.slice(0, 1);

/**
 * Each runtime with each MPM on the Python of the examples, and the bundled runtime with one MPM on every other: what
 * depends on the Python is ours. MATRIX=full runs the other MPM there, too.
 */
const combinations = (): Combination[] => {
  const cross = (python: PythonCase, runtimes: readonly RuntimeCase[], mpms: readonly Combination['mpm'][]) =>
    runtimes.flatMap((runtime) => mpms.map((mpm) => ({ python, runtime, mpm })));
  const mpms = process.env.MATRIX === 'full' ? (['prefork', 'event'] as const) : (['event'] as const);
  return [
    ...cross(EXAMPLES, RUNTIMES, ['prefork', 'event']),
    ...others().flatMap((python) => cross(python, BUNDLED, mpms)),
  ];
};

describe('a whole session', () => {
  it.for(combinations().map((each) => ({ ...each, title: titleOf(each) })))(
    '$title',
    async ({ python, runtime, mpm }, context) => {
      const missing = runtime.missing ?? python.missing;
      if (missing) context.skip(missing);
      const program = workspace.write('app.py', APPLICATION);
      const session = await Session.begin(workspace, {}, { python: python.python });
      const breakAt = (...marks: string[]) =>
        session.client.setBreakpointsRequest({
          source: { path: program },
          breakpoints: marks.map((mark) => ({ line: markedLine(program, mark) })),
        });
      await session.launch(
        { ...runtime.attributes, python: python.python, program, args: ['--server-mpm', mpm] },
        () => breakAt('# call'),
      );
      const isLive = !session.text('important').includes('Breakpoints of the editor need');

      if (isLive) {
        const { stop, answer } = await session.getAndStop('/');
        expect(stop.frames[0]?.line).toBe(markedLine(program, '# call'));
        const inside = await session.step('stepIn', stop);
        expect(inside.frames[0]?.line).toBe(markedLine(program, '# in double'));
        expect(await session.evaluate('number + 1', Session.focused(inside))).toBe('22');
        await session.continue(inside);
        expect((await answer)?.text).toBe('42');
        await breakAt();
      }

      const paused = await session.getAndStop('/pdb');
      expect(paused.stop.frames[0]?.name).toBe('app');
      await session.continue(paused.stop);
      expect((await paused.answer)?.text).toBe('42');

      const failed = await session.getAndStop('/fail');
      expect(failed.stop).toMatchObject({ reason: 'exception', text: 'ValueError: 42' });
      const frame = Session.focused(failed.stop);
      expect(frame.line).toBe(markedLine(program, '# raises here'));
      expect((await session.locals(frame)).result?.value).toBe('42');
      await session.continue(failed.stop);
      expect((await failed.answer)?.status).toBe(500);
      await session.stop();
    },
  );
});

function titleOf({ python, runtime, mpm }: Combination): string {
  return `Python ${python.version}, ${runtime.name}, ${mpm}`;
}
