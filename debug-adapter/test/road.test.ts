import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Session } from './client';
import { EXAMPLES_PYTHON, RUNTIMES } from './runtimes';
import { markedLine, Workspace } from './workspace';

/** Each application fails at its `# raises here`, in a function whose locals say why. */
const EXAMPLES = [
  {
    name: 'flask',
    program: 'app.py',
    raises: { file: 'app.py', function: 'price_of', locals: { article: "'durian'" } },
    exception: 'KeyError',
    ran: 'amount += quantity * price_of(article)',
    missed: 'greeting = "Hello',
  },
  {
    name: 'django',
    program: 'bookshop/wsgi.py',
    raises: { file: 'bookshop/orders.py', function: 'total', locals: { prices: '[9.5, 7.25]' } },
    exception: 'TypeError',
    ran: '# raises here',
    missed: undefined,
  },
  {
    name: 'plain',
    program: 'app.wsgi',
    raises: { file: 'app.wsgi', function: 'average', locals: { reading: "'n/a'", position: '2' } },
    exception: 'ValueError',
    ran: '# raises here',
    missed: 'length = int(',
  },
] as const;

let workspace: Workspace;

beforeEach(() => {
  workspace = new Workspace();
});

afterEach(async () => {
  expect(await workspace.close()).toEqual([]);
});

describe.each(RUNTIMES)('with the runtime $name', ({ attributes, missing }) => {
  it.for(EXAMPLES)(
    '$name: F5, request, post mortem, continue, 500, stop, coverage',
    async (example, context) => {
      if (missing) context.skip(missing);
      const folder = workspace.example(example.name);
      const session = await Session.begin(workspace);
      await session.launch({
        ...attributes,
        python: EXAMPLES_PYTHON,
        program: path.join(folder, example.program),
        coverage: true,
      });
      expect((await session.get('/')).status).toBe(200);

      const { stop, answer } = await session.getAndStop('/fail');
      expect(stop.reason).toBe('exception');
      expect(stop.text).toContain(`${example.exception}: `);
      const ofLauncher = stop.frames.filter(({ source }) => source?.path?.startsWith(workspace.temporary));
      expect(ofLauncher, 'frames of what runs the application are hidden').toEqual([]);
      const raising = path.join(folder, example.raises.file);
      const frame = Session.focused(stop);
      expect({ name: frame.name, file: frame.source?.path, line: frame.line }).toEqual({
        name: example.raises.function,
        file: raising,
        line: markedLine(raising, '# raises here'),
      });
      const locals = await session.locals(frame);
      for (const [name, value] of Object.entries(example.raises.locals)) {
        expect(locals[name]?.value, name).toBe(value);
      }
      const { body: exception } = await session.client.exceptionInfoRequest({ threadId: stop.threadId });
      expect(exception.exceptionId).toBe(example.exception);
      const { body: threads } = await session.client.threadsRequest();
      expect(threads.threads).toEqual([{ id: stop.threadId, name: 'GET /fail' }]);

      await session.continue(stop);
      expect((await answer)?.status).toBe(500);
      expect((await session.get('/')).status).toBe(200);

      await session.stop();
      const lines = session.coverage?.[raising];
      expect(lines?.executed).toContain(markedLine(raising, example.ran));
      if (example.missed) expect(lines?.missing).toContain(markedLine(raising, example.missed));
    },
  );
});
