import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { make, testPython, withScratchFolder } from './build';

/** What the editor's problem matcher takes from the output. */
const problem = /^mod_wsgi-build: error: ([a-z-]+): (.*)$/gm;

const problems = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await make(...args);
  expect(exitCode).not.toBe(0);
  return [...`${stdout}${stderr}`.matchAll(problem)].map(([, code, text]) => ({ code, text }));
};

/** An executable file with that text. */
const program = async (file: string, text: string): Promise<string> => {
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
};

/** The same Python installed elsewhere: its executable copied, its library linked, its headers left out. */
const withoutHeaders = async (folder: string): Promise<string> => {
  const executable = await realpath(testPython);
  const prefix = execFileSync(testPython, ['-c', 'import sys; print(sys.base_prefix)'], { encoding: 'utf8' });
  await mkdir(path.join(folder, 'bin'));
  await cp(executable, path.join(folder, 'bin', path.basename(executable)));
  await symlink(path.join(prefix.trim(), 'lib'), path.join(folder, 'lib'));
  return path.join(folder, 'bin', path.basename(executable));
};

/** The same Python with the build facts of one that was made without a shared library. */
const withoutSharedLibrary = async (folder: string): Promise<string> => {
  const facts = `import json, sysconfig
values = dict(sysconfig.get_config_vars(), Py_ENABLE_SHARED=0, LDLIBRARY="libpython.a")
print("build_time_vars = " + repr({name: value for name, value in values.items() if isinstance(value, (str, int))}))`;
  await writeFile(path.join(folder, '_static_facts.py'), execFileSync(testPython, ['-c', facts]));
  return program(
    path.join(folder, 'python'),
    `#!/bin/sh\nexport PYTHONPATH='${folder}' _PYTHON_SYSCONFIGDATA_NAME=_static_facts\nexec ${testPython} "$@"\n`,
  );
};

describe('one line says what is missing', () => {
  const expectOne = async (code: string, text: RegExp, ...args: string[]) =>
    withScratchFolder(async (build) => {
      const found = await problems(`BUILD=${build}/build`, ...args);
      expect(found).toEqual([{ code, text: expect.stringMatching(text) }]);
    });

  const debianAndFedora = /apache2-dev \(Debian\/Ubuntu\).*httpd-devel \(Fedora\)/;

  it('another system than Linux', () =>
    withScratchFolder(async (folder) => {
      await program(path.join(folder, 'uname'), '#!/bin/sh\necho Darwin\n');
      const found = `PATH=${folder}:${process.env.PATH}`;
      await expectOne(
        'no-linux',
        /is for Linux, and here is Darwin; use the module/,
        `PYTHON=${testPython}`,
        found,
      );
    }));

  it('no apxs under that name', () =>
    expectOne('no-apxs', debianAndFedora, `PYTHON=${testPython}`, 'APXS=/nonexistent/apxs'));

  it('no apxs on PATH', () =>
    withScratchFolder(async (folder) => {
      for (const name of ['sh', 'mkdir', 'dirname', 'tr', 'cat', 'cmp', 'mv', 'rm', 'cc'])
        await symlink(execFileSync('which', [name], { encoding: 'utf8' }).trim(), path.join(folder, name));
      await expectOne(
        'no-apxs',
        /neither apxs nor apxs2 is on PATH/,
        `PYTHON=${testPython}`,
        `PATH=${folder}`,
      );
    }));

  it('a program that is no apxs', () =>
    expectOne('no-apxs', debianAndFedora, `PYTHON=${testPython}`, 'APXS=/bin/true'));

  it('no Python.h', () =>
    withScratchFolder(async (folder) => {
      const python = await withoutHeaders(folder);
      await expectOne('no-python-h', /has no Python\.h in '\S+'; install/, `PYTHON=${python}`);
    }));

  it('no shared libpython', () =>
    withScratchFolder(async (folder) => {
      const python = await withoutSharedLibrary(folder);
      await expectOne(
        'no-shared-libpython',
        /has no shared library libpython3\.\d+\.so; /,
        `PYTHON=${python}`,
      );
    }));

  it('no Python at all', () => expectOne('no-python', /set PYTHON/, 'PYTHON=/nonexistent/python'));

  it('a folder that cannot be made', () =>
    withScratchFolder(async (folder) => {
      await writeFile(path.join(folder, 'file'), '');
      const found = await problems(`BUILD=${folder}/file/build`, `PYTHON=${testPython}`);
      expect(found).toEqual([{ code: 'not-writable', text: expect.stringMatching(/set BUILD/) }]);
    }));

  it('no compiler', () =>
    expectOne('no-compiler', /install gcc/, `PYTHON=${testPython}`, 'CC=/nonexistent/cc'));
});

describe('make', () => {
  it('builds elsewhere, in parallel, without a warning, and nothing twice', () =>
    withScratchFolder(async (folder) => {
      const build = path.join(folder, 'build');
      const args = ['-j4', `BUILD=${build}`, `PYTHON=${testPython}`];
      const first = await make(...args);
      expect(first.exitCode).toBe(0);
      expect(`${first.stdout}${first.stderr}`).not.toMatch(/warning/i);
      const module = path.join(build, 'mod_wsgi.so');
      const { mtimeMs } = await stat(module);
      const second = await make(...args);
      expect(second.stdout).toMatch(/Nothing to be done|up to date/);
      expect((await stat(module)).mtimeMs).toBe(mtimeMs);

      const exported = execFileSync('nm', ['-D', '--defined-only', module], { encoding: 'utf8' });
      expect(exported.trim().split('\n')).toEqual([expect.stringMatching(/ D wsgi_module$/)]);
      expect(execFileSync('ldd', [module], { encoding: 'utf8' })).toMatch(/libpython3\.\d+\S* => \//);

      await make('clean', `BUILD=${build}`);
      await expect(readFile(module)).rejects.toThrow();
    }));
});
