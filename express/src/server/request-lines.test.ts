import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasColour, RequestLines } from './request-lines';

describe('RequestLines', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('counts what comes too fast to be read, and begins anew with the next second', () => {
    const output = new PassThrough();
    const lines = new RequestLines(output, false);
    for (let count = 0; count < 120; count += 1) lines.add(`14:09:31\t200\t1\t1000\tGET /${count} HTTP/1.1`);
    vi.advanceTimersByTime(1000);
    lines.add('14:09:32\t200\t1\t1000\tGET /next HTTP/1.1');
    const shown = String(output.read()).trimEnd().split('\n');
    expect(shown).toHaveLength(52);
    expect(shown[49]).toMatch(/ {2}\/49$/);
    expect(shown[50]).toBe('         … and 70 more requests');
    expect(shown[51]).toMatch(/ {2}\/next$/);
    lines.end();
    expect(output.read()).toBeNull();
  });
});

describe('hasColour', () => {
  it('heeds NO_COLOR and terminals that know none', () => {
    expect(hasColour({ TERM: 'xterm' })).toBe(true);
    expect(hasColour({ TERM: 'xterm', NO_COLOR: '1' })).toBe(false);
    expect(hasColour({ TERM: 'xterm', NO_COLOR: '' })).toBe(true);
    expect(hasColour({ TERM: 'dumb' })).toBe(false);
  });
});
