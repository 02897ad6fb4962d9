import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Session } from './client';
import { EXAMPLES_PYTHON, serverAccountName } from './runtimes';
import { Workspace } from './workspace';

let workspace: Workspace;
let program: string;

beforeEach(() => {
  workspace = new Workspace();
  program = path.join(workspace.example('plain'), 'app.wsgi');
});

afterEach(async () => {
  expect(await workspace.close()).toEqual([]);
});

/** The message of a launch that is bound to fail; the session must end with it. */
const launchError = async (attributes: object, env: NodeJS.ProcessEnv = {}): Promise<string> => {
  const session = await Session.begin(workspace, env);
  const message = await session.launchError({ python: EXAMPLES_PYTHON, ...attributes });
  await session.terminated;
  await session.disconnect();
  return message;
};

it('a missing script', async () => {
  expect(await launchError({ program: '/nowhere/app.wsgi' })).toBe(
    'There is no WSGI script /nowhere/app.wsgi. [program-missing]\nCorrect "program" in launch.json.',
  );
});

it('a missing working directory', async () => {
  expect(await launchError({ program, cwd: '/nowhere' })).toContain(
    'There is no folder /nowhere to work in.',
  );
});

it('no application at all', async () => {
  expect(await launchError({})).toContain('names no application');
});

it('a wrong attribute', async () => {
  expect(await launchError({ program, port: 'eighty' })).toContain('"port" is "eighty"');
});

it('an unknown option, with the nearest name', async () => {
  const message = await launchError({ program, options: { thread: 3 } });
  expect(message).toContain('no option --thread');
  expect(message).toContain('--threads');
});

it('a port that is taken, with who holds it', async () => {
  const holder = createServer();
  const port = await new Promise<number>((resolve) =>
    holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port)),
  );
  try {
    const message = await launchError({ program, port });
    expect(message).toContain(`Port ${port} is in use already, by `);
    expect(message).toContain(`process ${process.pid}.`);
    expect(message).toContain('in launch.json: "port"');
  } finally {
    holder.close();
  }
});

it('a Python that is not there', async () => {
  expect(await launchError({ program, python: '/nowhere/python3' })).toContain('/nowhere/python3');
});

it('a module that is not there', async () => {
  expect(await launchError({ program, modulePath: '/nowhere/mod_wsgi.so' })).toContain(
    '/nowhere/mod_wsgi.so',
  );
});

it('an Apache that is not there', async () => {
  // A PATH without Apache's programs, and an apxs that is none.
  const message = await launchError(
    { program, options: { 'httpd-executable': '/nowhere/httpd' } },
    { APXS: '/nowhere/apxs' },
  );
  expect(message).toContain('/nowhere/httpd');
});

it('a script that the account of the server cannot reach', async (context) => {
  const account = serverAccountName();
  if (!account) context.skip('not root: the server runs as whoever runs the tests');
  chmodSync(path.dirname(program), 0o700);
  const message = await launchError({ program });
  expect(message).toContain(`The server runs as ${account}, who cannot read the WSGI script ${program}`);
  expect(message).toContain(`${path.dirname(program)} belongs to root and has mode 0700`);
  expect(message).toContain('start it as an ordinary user');
});

it('an unknown account', async (context) => {
  if (!serverAccountName()) context.skip('not root: no account can be chosen');
  expect(await launchError({ program, options: { user: 'nobody-here' } })).toContain(
    'There is no user "nobody-here" on this machine.',
  );
});

it('options that Apache refuses: what it said is in the message', async () => {
  const message = await launchError({ program, args: ['--server-mpm', 'nope'] });
  expect(message).toContain('nope');
});
