import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installRoot } from '../../common/src/install-root';
import { findApxs } from '../../common/src/runtime/httpd';
import { problemsIn } from './problem-matchers';

const native = path.join(installRoot(), 'native');

let scratch: string;

beforeEach(() => {
  scratch = mkdtempSync(path.join(os.tmpdir(), 'mod-wsgi-build-'));
});

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** What the task runs; returns everything it prints. */
const make = async (folder: string, ...variables: string[]): Promise<string> => {
  const { all } = await execa('make', ['-C', folder, `BUILD=${path.join(scratch, 'build')}`, ...variables], {
    all: true,
    reject: false,
    env: { LC_ALL: 'C' },
  });
  return all;
};

/** The one problem of a build that could not begin, which must lead to a line of the README about it. */
const lackOf = (output: string): { code: string; message: string } => {
  const problems = problemsIn(output, 'mod_wsgi-build');
  expect(problems).toHaveLength(1);
  const { file, line, code, message } = problems[0] ?? {};
  expect(file).toBe(path.join(native, 'README.md'));
  expect(readFileSync(file ?? '', 'utf8').split('\n')[Number(line) - 1]).toContain('What the build needs');
  return { code: code ?? '', message: message ?? '' };
};

it('no apxs: the package is named', async () => {
  const { code, message } = lackOf(await make(native, 'APXS=/nowhere/apxs'));
  expect(code).toBe('no-apxs');
  expect(message).toContain('apache2-dev (Debian/Ubuntu)');
});

/** The distribution's Python, with other answers to what the build asks about it. */
const changedPython = (changes: string): string => {
  const file = path.join(scratch, 'python3');
  const program = `import sys, sysconfig\n${changes}\nexec(sys.stdin.read())\n`;
  writeFileSync(path.join(scratch, 'changed.py'), program);
  writeFileSync(file, `#!/bin/sh\nexec /usr/bin/python3 '${path.join(scratch, 'changed.py')}'\n`, {
    mode: 0o755,
  });
  return file;
};

it('no Python.h: the package is named', async () => {
  const python = changedPython(
    `original = sysconfig.get_path\nsysconfig.get_path = lambda name, *rest: '/nowhere' if 'include' in name else original(name, *rest)`,
  );
  const { code, message } = lackOf(await make(native, `PYTHON=${python}`));
  expect(code).toBe('no-python-h');
  expect(message).toContain('python3-dev');
});

it('a Python without a shared library: the package is named', async () => {
  const python = changedPython(
    `original = sysconfig.get_config_var\nsysconfig.get_config_var = lambda name: 0 if name == 'Py_ENABLE_SHARED' else original(name)`,
  );
  const { code, message } = lackOf(await make(native, `PYTHON=${python}`));
  expect(code).toBe('no-shared-libpython');
  expect(message).toContain('libpython3');
});

it("the compiler's errors and warnings become problems at their lines", async (context) => {
  if (!findApxs()) context.skip('apxs (package apache2-dev) is not installed here');
  const copy = path.join(scratch, 'native');
  cpSync(native, copy, { recursive: true, filter: (file) => !file.includes(`${path.sep}build`) });
  const source = path.join(copy, 'src', 'broken.c');
  writeFileSync(source, 'int broken(void)\n{\n    int unused;\n    return missing;\n}\n');
  const problems = problemsIn(await make(copy, 'PYTHON=/usr/bin/python3'), 'mod_wsgi-gcc');
  expect(problems).toContainEqual(
    expect.objectContaining({
      file: path.join(copy, 'src', 'broken.c'),
      line: '4',
      severity: 'error',
      message: expect.stringContaining('missing'),
    }),
  );
  expect(existsSync(path.join(scratch, 'build', 'mod_wsgi.so'))).toBe(false);
});
