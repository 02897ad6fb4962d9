import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../../common/src/executables';
import { inspectPython } from '../../../common/src/runtime/python';
import { bundledLauncher } from '../support/bundle';
import { anyModule, httpd, moduleRows, python } from '../support/machine';
import { scratchFolder } from '../support/scratch';
import { launcher, run } from './support/command';

/** The Python on PATH, where it is another than the one that the module is linked to. */
const onPath = await inspectPython(findProgram('python3') ?? '').catch(() => undefined);
const foreign = onPath?.libpython && onPath.libpython !== python.libpython ? onPath : undefined;

const given = [`--python=${python.executable}`];

describe('doctor', () => {
  it('says on one page what was found, and how to begin', async () => {
    const { status, stdout, stderr } = await launcher(['doctor', ...given], { cwd: '/' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^mod_wsgi-express \d+\.\d+\.\d+ on \S/);
    expect(stdout).toContain(`ok Apache            ${httpd.version}, ${httpd.executable}`);
    expect(stdout).toContain(`ok Python            ${python.version}, ${python.executable}`);
    expect(stdout).toMatch(
      /An application can be served, with the .* module:\n {2}node \S+\/mod-wsgi-express\.js start-server/,
    );
    expect(stdout.split('\n').length).toBeLessThan(40);
  });

  it('says the same as JSON', async () => {
    const { status, stdout } = await launcher(['doctor', '--json', ...given], { cwd: '/' });
    const diagnosis = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(diagnosis).toMatchObject({ canServe: true, advice: [] });
    expect(diagnosis.findings.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining([
        'httpd',
        'apxs',
        'compiler',
        'make',
        'python',
        'python-library',
        'python-headers',
      ]),
    );
    const states = new Map(
      diagnosis.modules.map(({ origin, state }: { origin: string; state: string }) => [origin, state]),
    );
    for (const { name, module } of moduleRows) if (module) expect(states.get(name)).toBe('fits');
  });

  it.skipIf(!foreign)(
    `tells a module of another Python from one that fits${foreign ? '' : ' (left out: there is one Python only)'}`,
    async () => {
      const words = [`--python=${foreign?.executable}`, `--module-path=${anyModule}`];
      const { status, stdout } = await launcher(['doctor', ...words], { cwd: '/' });
      expect(status).toBe(1);
      expect(stdout).toContain("!! given             linked to another Python's library");
      expect(stdout).toContain(`linked to ${python.libpython}`);
    },
  );

  it('names what is missing, and ends with 1', async () => {
    const { status, stdout } = await launcher(['doctor', '--python=/nonexistent/python'], { cwd: '/' });
    expect(status).toBe(1);
    expect(stdout).toContain('!! Python            There is no program /nonexistent/python.');
    expect(stdout).toContain('No application can be served yet.\nName the interpreter of the application');
  });

  it('names the package that brings Apache, and the command that installs it', async () => {
    const { status, stdout } = await launcher(['doctor', '--httpd-executable=/nonexistent/httpd', ...given], {
      cwd: '/',
    });
    expect(status).toBe(1);
    expect(stdout).toContain('!! Apache            There is no program /nonexistent/httpd.');
    expect(stdout).toMatch(/Install what is missing \(Apache.*\): \S+/);
  });

  it('refuses what it does not take', async () => {
    expect(await launcher(['doctor', '--port=8000'], { cwd: '/' })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        'The command doctor does not take the option --port. [argument-superfluous]',
      ),
    });
    expect((await launcher(['doctor', 'app.wsgi'], { cwd: '/' })).status).toBe(2);
    expect((await launcher(['doctor', '--help'], { cwd: '/' })).stdout).toContain('--json');
  });

  it('is found when its name is mistyped', async () => {
    expect(await launcher(['docter'], { cwd: '/' })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Did you mean doctor?'),
    });
  });

  it('runs where nothing but Node is on the path', async () => {
    const folder = path.join(scratchFolder(), 'bin');
    mkdirSync(folder);
    symlinkSync(process.execPath, path.join(folder, 'node'));
    const { status } = await run(process.execPath, [await bundledLauncher(), 'doctor', ...given], {
      cwd: '/',
      environment: { PATH: folder },
    });
    expect(status).toBe(0);
  });
});
