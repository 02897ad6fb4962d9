import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { run } from './process.mjs';

const shell = (script, options) => run('/bin/sh', ['-c', script], options);

it('keeps what both streams say, and the exit code', async () => {
  const { code, output } = await shell('echo out; echo err >&2; exit 3');
  expect(code).toBe(3);
  expect(output).toContain('out\n');
  expect(output).toContain('err\n');
});

it('gives 127 for a program that does not exist', async () => {
  expect((await run('/nonexistent/program', [])).code).toBe(127);
});

it.each([
  ['in a group of its own', {}],
  ['in our group, where it may ask', { mayAsk: true }],
])('ends what takes too long, %s', async (_name, options) => {
  const began = Date.now();
  const { timedOut } = await shell('exec sleep 60', { timeoutMs: 100, ...options });
  expect(timedOut).toBe(true);
  expect(Date.now() - began).toBeLessThan(5_000);
});

it('ends the children of what takes too long too', async () => {
  const { output } = await shell('sleep 60 & echo $!; wait', { timeoutMs: 300 });
  await vi.waitFor(() => expect(stateOf(Number(output))).toBe('ended'));
});

/** Whether a process runs. One that has ended stays in /proc until its parent, here the system's first process, looks at it. */
const stateOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z') ? 'ended' : 'runs';
  } catch {
    return 'ended';
  }
};
