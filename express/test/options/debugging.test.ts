import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { launch, serve } from '../support/launcher';
import { facts, project } from './support';

it('keeps profiles and recordings where they are wanted', async () => {
  const cwd = project();
  for (const name of ['profiles', 'requests', 'last']) {
    mkdirSync(path.join(cwd, name));
    chmodSync(path.join(cwd, name), 0o777);
  }
  const server = await serve(
    [
      ...[
        'app.wsgi',
        '--enable-profiler',
        '--profiler-directory=profiles',
        '--profiler-output-file=last/pstats.dat',
      ],
      ...['--enable-recorder', '--recorder-directory=requests'],
    ],
    { cwd },
  );
  await facts(server.port, '/recorded');
  await server.stop();
  const endings = (name: string) => readdirSync(path.join(cwd, name)).map((file) => path.extname(file));
  expect(endings('profiles')).toEqual(['.pstats']);
  expect(endings('last')).toEqual(['.dat']);
  expect(endings('requests').sort()).toEqual(['.icontent', '.iheaders', '.ocontent', '.oheaders']);
});

it('opens the debugger before the first request with --debugger-startup', async () => {
  const words = ['app.wsgi', '--debugger-startup', '--host=127.0.0.1', '--port=0'];
  const server = await launch(words, { cwd: project() });
  await server.until(/\(Pdb\) $/);
  server.type('p "it is " + "open"');
  await server.until(/it is open/);
  server.type('c');
  await server.until(/^Listening on /m);
  expect((await facts(server.port)).group).toBe('');
});
