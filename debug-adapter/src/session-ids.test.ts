import { describe, expect, it } from 'vitest';
import { RemoteSources } from './remote-sources';
import { argumentsToProcess, bodyToSession, MOST_PROCESSES, placeAskedFor, toSession } from './session-ids';

describe('numbers of a session of several processes', () => {
  it('tell the processes apart and are theirs again on the way back', () => {
    const frame = { id: 3, name: 'total', line: 10, source: { path: '/a.py', sourceReference: 0 } };
    const body = bodyToSession(2, { stackFrames: [frame], totalFrames: 1 }) as {
      stackFrames: { id: number; line: number; source: unknown }[];
    };
    const [shown] = body.stackFrames;
    expect(shown).toEqual({ ...frame, id: toSession(2, 3) });
    expect(placeAskedFor({ frameId: shown?.id, expression: 'x' })).toBe(2);
    expect(argumentsToProcess({ frameId: shown?.id, expression: 'x' })).toEqual({
      frameId: 3,
      expression: 'x',
    });
  });

  it('leave the first process as it is, and 0 as none', () => {
    const body = {
      variables: [
        { name: 'x', variablesReference: 0 },
        { name: 'y', variablesReference: 7 },
      ],
    };
    expect(bodyToSession(0, body)).toEqual(body);
    expect(bodyToSession(1, body)).toMatchObject({
      variables: [{ variablesReference: 0 }, { variablesReference: toSession(1, 7) }],
    });
  });

  it('name no process where a request is about none', () => {
    expect(placeAskedFor({ expression: '1 + 1' })).toBeUndefined();
    expect(placeAskedFor(undefined)).toBeUndefined();
  });

  it('have the 31 bits of the protocol', () => {
    expect(toSession(MOST_PROCESSES, 2 ** 22 - 1)).toBeLessThan(2 ** 31);
  });
});

describe('sources that are only on the server', () => {
  it('are offered by a number, which finds the file and its process again', () => {
    const sources = new RemoteSources((path) => path === '/here.py');
    const frames = ['/here.py', '/usr/lib/json.py', '<string>'].map((path) => ({ id: 1, source: { path } }));
    const { stackFrames } = sources.offer(3, { stackFrames: frames }, (path) => `/there${path}`) as {
      stackFrames: { source: { sourceReference?: number } }[];
    };
    expect(stackFrames.map(({ source }) => source.sourceReference === undefined)).toEqual([
      true,
      false,
      true,
    ]);
    const sourceReference = stackFrames[1]?.source.sourceReference;
    expect(sources.find({ source: { sourceReference }, sourceReference })).toEqual({
      place: 3,
      path: '/there/usr/lib/json.py',
    });
    expect(sources.find({ sourceReference: 99 })).toBeUndefined();
  });
});
