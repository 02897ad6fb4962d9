import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { serve } from '../support/launcher';
import { hasEnvironment, moduleRows, python } from '../support/machine';
import { scratchFolder } from '../support/scratch';

const project = (): string => {
  const folder = scratchFolder();
  copyFileSync(path.join(__dirname, '..', 'applications', 'failing.wsgi'), path.join(folder, 'failing.wsgi'));
  return folder;
};

/** Calls of the functions of a script, by name, from a profile. */
const callsIn = (profile: string, script: string): Record<string, number> =>
  JSON.parse(
    execFileSync(
      python.executable,
      [
        '-c',
        'import json, pstats, sys\n' +
          'stats = pstats.Stats(sys.argv[1]).stats\n' +
          'print(json.dumps({key[2]: row[1] for key, row in stats.items() if key[0].endswith(sys.argv[2])}))',
        profile,
        script,
      ],
      { encoding: 'utf8' },
    ),
  );

/** The lines that coverage's data file holds of a script, or of all of them where it has no such. */
const linesIn = (dataFile: string, script: string): number[] =>
  JSON.parse(
    execFileSync(
      python.executable,
      [
        '-c',
        'import coverage, json, sys\n' +
          'data = coverage.CoverageData(basename=sys.argv[1])\n' +
          'data.read()\n' +
          'print(json.dumps(sorted(data.lines(sys.argv[2]) or [])))',
        dataFile,
        script,
      ],
      { encoding: 'utf8' },
    ),
  );

const lineOf = (file: string, text: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

for (const { name, module, missing } of moduleRows) {
  describe(`what is measured with the ${name} module`, () => {
    if (!module) {
      it.skip(`left out: ${missing}`, () => {});
      return;
    }

    it.skipIf(!hasEnvironment).each(['prefork', 'worker', 'event'])(
      'profiles and covers what requests run, with the %s MPM',
      async (mpm) => {
        const cwd = project();
        const script = path.join(cwd, 'failing.wsgi');
        const server = await serve(
          [
            'failing.wsgi',
            '--enable-profiler',
            '--profiler-directory=profiles',
            '--profiler-output-file=last/pstats.dat',
            '--enable-coverage',
            '--coverage-directory=report',
            `--server-mpm=${mpm}`,
          ],
          { cwd, module },
        );
        for (const where of ['/', '/', '/iteration', '/close']) await server.get(where).catch(() => {});
        expect(await server.stop()).toBe(0);

        const names = readdirSync(path.join(cwd, 'profiles'));
        expect(names).toEqual([expect.stringMatching(/^\d{16}-\d+\.pstats$/)]);
        for (const profile of [`profiles/${names[0]}`, 'last/pstats.dat']) {
          const calls = callsIn(path.join(cwd, profile), 'failing.wsgi');
          expect(calls).toMatchObject({ application: 4, close: 1 });
          expect(calls.generate).toBeGreaterThan(0);
        }
        const lines = linesIn(path.join(cwd, 'report', '.coverage'), script);
        expect(lines).toContain(lineOf(script, 'raise KeyError'));
        expect(lines).not.toContain(lineOf(script, 'raise ValueError'));
        expect(existsSync(path.join(cwd, 'report', 'index.html'))).toBe(true);
      },
    );

    it('records what a request asks, and what it gets', async () => {
      const cwd = project();
      const server = await serve(['failing.wsgi', '--enable-recorder', '--recorder-directory=kept'], {
        cwd,
        module,
      });
      expect(await server.get('/')).toMatchObject({ status: 200, body: 'fine' });
      expect((await server.get('/call')).status).toBe(500);
      expect(await server.stop()).toBe(0);
      const kept = readdirSync(path.join(cwd, 'kept'));
      const text = (suffix: string) =>
        kept
          .filter((file) => file.endsWith(suffix))
          .map((file) => readFileSync(path.join(cwd, 'kept', file), 'utf8'))
          .join('\n');
      expect(text('.iheaders')).toContain("'PATH_INFO': '/call'");
      expect(text('.ocontent').trim()).toBe('fine');
      expect(text('.oheaders')).toContain('200 OK');
      expect(text('.oaexcept')).toContain('ValueError: in the call');
    });

    it.each(['prefork', 'worker', 'event'])(
      'stops requests at breakpoints that were set at start-up, with the %s MPM',
      async (mpm) => {
        const cwd = project();
        const server = await serve(['failing.wsgi', '--debugger-startup', `--server-mpm=${mpm}`], {
          cwd,
          module,
        });
        await server.until(/\(Pdb\) $/);
        const script = path.join(cwd, 'failing.wsgi');
        server.type(`b ${script}:${lineOf(script, 'where = environ')}`);
        await server.until(/Breakpoint 1 at /);
        server.type('c');
        const response = server.get('/');
        await server.until(/-> where = environ[^\n]*\n\(Pdb\) $/);
        server.type('p x');
        await server.until(/42\n\(Pdb\) $/);
        server.type('c');
        expect(await response).toMatchObject({ status: 200, body: 'fine' });
        expect(await server.stop()).toBe(0);
      },
    );

    it("starts New Relic's agent with the file and the section of the command line", async () => {
      const cwd = project();
      const agent = path.join(cwd, 'packages', 'newrelic');
      mkdirSync(agent, { recursive: true });
      writeFileSync(path.join(agent, '__init__.py'), '');
      writeFileSync(
        path.join(agent, 'agent.py'),
        [
          'import os',
          'def initialize(*arguments):',
          '    global seen',
          '    seen = repr((arguments, os.environ["NEW_RELIC_CONFIG_FILE"], os.environ["NEW_RELIC_ENVIRONMENT"]))',
          'def WSGIApplicationWrapper(application):',
          '    def wrapped(environ, start_response):',
          '        return list(application(environ, start_response)) + [seen.encode()]',
          '    return wrapped',
          '',
        ].join('\n'),
      );
      const file = path.join(cwd, 'newrelic.ini');
      writeFileSync(file, '[newrelic]\n');
      const environment = { NEW_RELIC_CONFIG_FILE: '/other.ini', NEW_RELIC_ENVIRONMENT: 'other' };
      const words = [
        ...['failing.wsgi', '--newrelic-config-file=newrelic.ini', '--newrelic-environment=staging'],
        ...['--with-newrelic', '--with-newrelic-agent'],
      ];
      const server = await serve([...words, '--python-path=packages'], { cwd, module, environment });
      expect((await server.get('/')).body).toBe(`fine(('${file}', 'staging'), '${file}', 'staging')`);
      await server.stop();
    });
  });
}

it("runs without New Relic's agent where it is not installed, and says so", async () => {
  const cwd = project();
  writeFileSync(path.join(cwd, 'newrelic.ini'), '[newrelic]\n');
  const server = await serve(['failing.wsgi', '--newrelic-config-file=newrelic.ini'], { cwd });
  expect(await server.get('/')).toMatchObject({ status: 200, body: 'fine' });
  await server.until(/without New Relic's agent[^\n]*-m pip install newrelic/, 'stderr');
});

it('ends at once at the second signal, without a report', async () => {
  const cwd = project();
  writeFileSync(
    path.join(cwd, 'slow.wsgi'),
    'import time\ndef application(environ, start_response):\n    print("asleep", flush=True)\n    time.sleep(30)\n',
  );
  const server = await serve(['slow.wsgi', '--enable-profiler', '--profiler-directory=profiles'], { cwd });
  const request = server.get('/').catch(() => {});
  await server.until(/asleep/);
  const began = Date.now();
  server.process.kill('SIGINT');
  await server.until(/Ctrl-C again/, 'stderr');
  server.process.kill('SIGINT');
  await server.ended;
  await request;
  expect(Date.now() - began).toBeLessThan(4_500);
});
