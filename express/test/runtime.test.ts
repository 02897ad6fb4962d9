import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UserError } from '../../common/src/errors';
import { findHttpd } from '../../common/src/runtime/httpd';
import { moduleLibpython } from '../../common/src/runtime/installed-module';
import { buildError, ensureNativeModule, nativeModulePath } from '../../common/src/runtime/native-module';
import { findPython, inspectPython } from '../../common/src/runtime/python';
import { resolveRuntime } from '../../common/src/runtime/resolve';
import { hasEnvironment, httpd, moduleRows, python } from './support/machine';
import { scratchFolder } from './support/scratch';

afterEach(() => vi.unstubAllEnvs());

const rowOf = (name: string) => moduleRows.find((row) => row.name === name);
const canBuild = rowOf('bundled')?.module !== undefined;
const why = canBuild ? '' : ` (left out: ${rowOf('bundled')?.missing})`;

/** A cache of its own for one test. */
const freshCache = (): string => {
  const folder = scratchFolder();
  vi.stubEnv('MOD_WSGI_CACHE', folder);
  return folder;
};

const rejected = async (promise: Promise<unknown>): Promise<UserError> =>
  promise.then(
    () => {
      throw new Error('was accepted');
    },
    (error: UserError) => error,
  );

describe('Python', () => {
  it('describes itself', async () => {
    expect(python.version).toMatch(/^3\.\d+\.\d+$/);
    expect(python.soabi).toContain('cpython-3');
    expect(existsSync(path.join(python.standardLibrary, 'os.py'))).toBe(true);
    expect(python.hasHeaders).toBe(existsSync(path.join(python.includeDirectory, 'Python.h')));
  });

  it.skipIf(!hasEnvironment)('is found in an environment: given, active, or in the folder', async () => {
    vi.stubEnv('VIRTUAL_ENV', '');
    const cwd = scratchFolder();
    expect((await findPython({ cwd, python: python.prefix })).prefix).toBe(python.prefix);
    expect((await findPython({ cwd })).prefix).not.toBe(python.prefix);
    vi.stubEnv('VIRTUAL_ENV', python.prefix);
    expect((await findPython({ cwd })).prefix).toBe(python.prefix);
    vi.stubEnv('VIRTUAL_ENV', '');
    const environment = path.join(cwd, '.venv');
    await execa(python.executable, ['-m', 'venv', '--without-pip', environment]);
    expect((await findPython({ cwd })).prefix).toBe(environment);
  });

  it('has the library that the module of the same installation is linked to', async () => {
    const module = rowOf('distribution')?.module ?? rowOf('bundled')?.module;
    if (!module) return;
    expect((await moduleLibpython(module))?.file).toBe((await inspectPython(python.executable)).libpython);
  });
});

describe('Apache', () => {
  it('is found with its modules', async () => {
    expect(httpd.version).toMatch(/^2\.4\.\d+$/);
    expect(httpd.staticModules).toContain('mod_so.c');
    expect(existsSync(path.join(httpd.modulesDirectory ?? '', 'mod_authz_core.so'))).toBe(true);
    expect((await findHttpd({ httpd: httpd.executable })).apxs).toBe(httpd.apxs);
  });
});

describe(`the bundled module${why}`, () => {
  it.skipIf(!canBuild)('is built once for two who want it at the same time', async () => {
    const cache = freshCache();
    let output = '';
    const build = () => ensureNativeModule(python, httpd, (text) => (output += text));
    const [first, second] = await Promise.all([build(), build()]);
    expect(first).toBe(second);
    expect(first.startsWith(cache)).toBe(true);
    expect(output.split('\n').filter((line) => line === '  CC  src/config.c')).toHaveLength(1);
    // Neither the lock nor the folder of the build is left.
    expect(readdirSync(path.dirname(path.dirname(first)))).toEqual([path.basename(path.dirname(first))]);
    expect(readdirSync(path.dirname(first))).toEqual(['mod_wsgi.so']);
    const { mtimeMs } = statSync(first);
    await build();
    expect(statSync(first).mtimeMs).toBe(mtimeMs);
  });

  it.skipIf(!canBuild).each([
    ['whose holder has died', '2147483646'],
    ['that is empty', ''],
    ['that is not readable as a number', 'garbage'],
  ])('is built in spite of a lock %s', async (_name, content) => {
    freshCache();
    const module = nativeModulePath(python, httpd);
    mkdirSync(path.dirname(module), { recursive: true });
    writeFileSync(`${path.dirname(module)}.lock`, content);
    mkdirSync(path.join(path.dirname(module), 'build-2147483646'));
    expect(await ensureNativeModule(python, httpd)).toBe(module);
    expect(existsSync(`${path.dirname(module)}.lock`)).toBe(false);
    expect(readdirSync(path.dirname(module))).toEqual(['mod_wsgi.so']);
  });

  it('belongs to one library, one Apache and one apxs', () => {
    const module = nativeModulePath(python, httpd);
    expect(nativeModulePath({ ...python, libpython: '/other/libpython3.11.so.1.0' }, httpd)).not.toBe(module);
    expect(nativeModulePath({ ...python, version: '3.0.0' }, httpd)).not.toBe(module);
    expect(nativeModulePath(python, { ...httpd, version: '2.4.0' })).not.toBe(module);
    expect(nativeModulePath(python, { ...httpd, apxs: '/other/apxs' })).not.toBe(module);
    // A virtual environment shares the module of the installation it was made from.
    expect(nativeModulePath({ ...python, executable: '/venv/bin/python', prefix: '/venv' }, httpd)).toBe(
      module,
    );
  });

  it('needs apxs: names the package', async () => {
    freshCache();
    for (const apxs of [undefined, '/nowhere/apxs']) {
      const error = await rejected(ensureNativeModule(python, { ...httpd, apxs }));
      expect(error.code).toBe('no-apxs');
      expect(error.toText()).toMatch(/apxs was not found[\s\S]*Install \S+/);
    }
  });

  it.each([
    ['no-python-h', /Python\.h was not found.*\nInstall \S+, or choose another interpreter with --python\./],
    ['no-shared-libpython', /has no shared library.*\nInstall \S+, or rebuild Python with --enable-shared/],
    ['something-else', /\[native-build-failed\]/],
  ])('explains %s', (code, text) => {
    expect(buildError(code, 'a sentence.').toText()).toMatch(text);
  });
});

describe('the runtime', () => {
  const cwd = '/';

  it('is bundled by itself', async () => {
    if (!canBuild) return;
    const runtime = await resolveRuntime({ runtime: 'auto', cwd, python: python.executable });
    expect(runtime).toMatchObject({ kind: 'bundled', module: nativeModulePath(python, httpd) });
    expect(runtime.launcher.command).toBe(process.execPath);
    expect(runtime.launcher.args[0]).toMatch(/dist\/mod-wsgi-express\.js$/);
    expect(runtime.launcherOptions).toEqual([
      `--python=${python.executable}`,
      `--module-path=${runtime.module}`,
    ]);
  });

  it.skipIf(!rowOf('pip')?.module)("is pip's launcher where one is installed", async () => {
    const runtime = await resolveRuntime({ runtime: 'installed', cwd, python: python.executable });
    expect(runtime).toMatchObject({ kind: 'installed', module: rowOf('pip')?.module, launcherOptions: [] });
    expect(runtime.launcher).toEqual({
      command: path.join(python.prefix, 'bin', 'mod_wsgi-express'),
      args: [],
    });
    expect(runtime.summary).toContain(python.version);
  });

  it.skipIf(!rowOf('distribution')?.module)(
    "is our launcher with the distribution's module otherwise",
    async () => {
      const base = path.join(
        python.basePrefix,
        'bin',
        `python${python.version.split('.').slice(0, 2).join('.')}`,
      );
      const runtime = await resolveRuntime({ runtime: 'installed', cwd, python: base });
      expect(runtime).toMatchObject({ kind: 'installed', module: rowOf('distribution')?.module });
      expect(runtime.launcher.args[0]).toMatch(/mod-wsgi-express\.js$/);
    },
  );

  it('falls back to an installed module where the bundled one cannot be built, and says why', async () => {
    if (!rowOf('pip')?.module && !rowOf('distribution')?.module) return;
    freshCache();
    const runtime = await resolveRuntime({
      runtime: 'auto',
      cwd,
      python: python.executable,
      apxs: '/nowhere/apxs',
    });
    expect(runtime.kind).toBe('installed');
    expect(runtime.summary).toContain('the bundled module could not be built');
    const error = await rejected(
      resolveRuntime({ runtime: 'bundled', cwd, python: python.executable, apxs: '/nowhere/apxs' }),
    );
    expect(error.code).toBe('no-apxs');
  });

  it('is what is named', async () => {
    const missing = { runtime: 'auto', cwd, python: python.executable } as const;
    expect((await rejected(resolveRuntime({ ...missing, modulePath: '/nowhere.so' }))).code).toBe(
      'module-missing',
    );
    expect((await rejected(resolveRuntime({ ...missing, expressPath: '/nowhere' }))).code).toBe(
      'launcher-missing',
    );
    const given = await resolveRuntime({ ...missing, expressPath: '/bin/true' });
    expect(given).toMatchObject({ launcher: { command: '/bin/true', args: [] }, module: undefined });
  });

  it('lists where it has looked when nothing is installed', async () => {
    const folder = scratchFolder();
    await execa(python.executable, ['-m', 'venv', '--without-pip', path.join(folder, 'venv')]);
    // An Apache in a prefix of its own, whose folder of modules has no mod_wsgi.
    for (const name of ['bin', 'modules']) mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, 'modules', 'mod_authz_core.so'), '');
    const program = path.join(folder, 'bin', 'httpd');
    writeFileSync(program, `#!/bin/sh\nexec ${httpd.executable} "$@"\n`, { mode: 0o755 });
    const error = await rejected(
      resolveRuntime({ runtime: 'installed', cwd: folder, python: 'venv', httpd: program }),
    );
    expect(error.code).toBe('module-missing');
    for (const place of ['venv/bin/mod_wsgi-express', 'mod_wsgi/server/mod_wsgi*.so', 'modules/mod_wsgi.so'])
      expect(error.message).toContain(place);
    expect(error.command).toBe(`${folder}/venv/bin/python -m pip install --no-cache-dir mod_wsgi`);
  });
});
