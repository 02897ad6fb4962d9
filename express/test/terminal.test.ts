import { copyFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { freePort } from '../../common/src/ports';
import { bundledLauncher } from './support/bundle';
import { anyModule, identityOptions, python } from './support/machine';
import { processesNaming } from './support/processes';
import { scratchFolder } from './support/scratch';

type Action =
  | string
  | { readonly resize: readonly [number, number] }
  | { readonly get: string }
  | { readonly hang_up: string };

const CTRL_C = '\u0003';

/** Starts a debugged server on a terminal and plays the dialogue with it. */
const onTerminal = async (
  steps: (url: string) => readonly (readonly [string, Action])[],
  {
    wrapper = [],
    options = ['--enable-debugger'],
  }: { wrapper?: readonly string[]; options?: readonly string[] } = {},
) => {
  const cwd = scratchFolder();
  copyFileSync(path.join(__dirname, 'applications', 'failing.wsgi'), path.join(cwd, 'failing.wsgi'));
  const port = await freePort();
  const { stdout } = await execa(
    python.executable,
    [
      path.join(__dirname, 'support', 'terminal.py'),
      JSON.stringify(steps(`http://127.0.0.1:${port}`)),
      ...[...wrapper, process.execPath, await bundledLauncher(), 'start-server', 'failing.wsgi', ...options],
      ...[
        '--host=127.0.0.1',
        `--port=${port}`,
        `--python=${python.executable}`,
        `--module-path=${anyModule}`,
      ],
      ...identityOptions,
    ],
    { cwd },
  );
  const serverRoot = /Server root\s*: (\S+)/.exec(JSON.parse(stdout).output)?.[1] ?? '';
  expect(serverRoot).not.toBe('');
  expect(processesNaming(serverRoot)).toEqual([]);
  return JSON.parse(stdout) as { status: number; output: string; pages: (number | string)[] };
};

it('pdb owns the terminal; a resized window stops nothing; Ctrl-C stops the server', async () => {
  const { status, output, pages } = await onTerminal((url) => [
    ['Listening on', { get: `${url}/call` }],
    ['(Pdb) ', 'p x + 1\r'],
    ['43', { resize: [40, 120] }],
    ['(Pdb) ', 'q\r'],
    ['in the call', { get: `${url}/call` }],
    ['(Pdb) ', 'q\r'],
    ['in the call', CTRL_C],
  ]);
  expect(output).toContain('-> raise ValueError("in the call")');
  expect(pages).toEqual([500, 500]);
  expect(output).toContain('exit functions ran');
  expect(status).toBe(0);
});

it('a second Ctrl-C ends a server that waits in pdb', async () => {
  const { status, output } = await onTerminal((url) => [
    ['Listening on', { get: `${url}/call` }],
    ['(Pdb) ', CTRL_C],
    ['Waiting for a request to finish', CTRL_C],
  ]);
  expect(output).toContain('Ctrl-C again ends the server at once');
  expect(status).toBe(0);
});

it('ends when its terminal has gone, although no signal says so', async () => {
  // The kernel tells the leader of the session alone; this one, as su is, keeps it to itself.
  const wrapper = ['/bin/sh', '-c', 'trap : HUP; "$@"; exit $?', 'sh'];
  const { status, pages } = await onTerminal((url) => [['Listening on', { hang_up: `${url}/` }]], {
    wrapper,
    options: [],
  });
  expect(pages).toEqual([200]);
  expect(status).toBe(128 + os.constants.signals.SIGHUP);
});
