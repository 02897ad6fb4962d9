import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lookupUser } from '../../../common/src/access';
import { copyInstallation } from '../support/installation';
import { anyModule, httpd, moduleRows, python } from '../support/machine';
import { scratchFolder } from '../support/scratch';
import { launcher, run } from './support/command';

const nobody = process.getuid?.() === 0 ? await lookupUser('nobody') : undefined;
const version = python.version.split('.').slice(0, 2).join('');

/** Checks a configuration of a few lines with the real Apache. */
const configtest = async (lines: string): Promise<string> => {
  const file = path.join(scratchFolder(), 'httpd.conf');
  const own = ['mpm_event', 'authz_core', 'unixd']
    .filter((name) => existsSync(path.join(httpd.modulesDirectory ?? '', `mod_${name}.so`)))
    .map((name) => `LoadModule ${name}_module ${httpd.modulesDirectory}/mod_${name}.so`);
  writeFileSync(
    file,
    `${[...own, 'ServerName localhost', 'Listen 127.0.0.1:1', 'ErrorLog /dev/null', lines].join('\n')}\n`,
  );
  return (await run(httpd.executable, ['-t', '-f', file], { cwd: '/' })).stderr;
};

const given = (module: string | undefined): string[] => [
  `--python=${python.executable}`,
  ...(module ? [`--module-path=${module}`] : []),
];

describe('module-config', () => {
  for (const { name, module, missing } of moduleRows)
    it.skipIf(!module)(
      `prints lines that Apache accepts, for the ${name} module${module ? '' : ` (left out: ${missing})`}`,
      async () => {
        const { status, stdout, stderr } = await launcher(['module-config', ...given(module)], { cwd: '/' });
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        expect(stdout).toBe(`LoadModule wsgi_module "${module}"\nWSGIPythonHome "${python.prefix}"`);
        expect(await configtest(stdout)).toBe('Syntax OK');
      },
    );
});

describe('module-location', () => {
  it('prints the path of the module, and nothing else', async () => {
    const { status, stdout } = await launcher(['module-location', ...given(anyModule)], { cwd: '/' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: anyModule });
  });

  it('explains itself where there is none', async () => {
    expect(await launcher(['module-location', ...given('/nonexistent.so')], { cwd: '/' })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('[module-missing]'),
    });
  });
});

describe('install-module', () => {
  it("copies the module beside Apache's own and prints the lines that load it", async () => {
    const folder = scratchFolder();
    const words = ['install-module', `--modules-directory=${folder}`, ...given(anyModule)];
    const { status, stdout, stderr } = await launcher(words, { cwd: '/' });
    const installed = path.join(folder, `mod_wsgi-py${version}.so`);
    expect(status).toBe(0);
    expect(stdout.split('\n')[0]).toBe(`LoadModule wsgi_module "${installed}"`);
    expect(stderr).toContain(`as ${installed}. Add these lines to Apache's configuration:`);
    expect(await configtest(stdout)).toBe('Syntax OK');
    // Once more, over the first.
    expect((await launcher(words, { cwd: '/' })).status).toBe(0);
    expect(readdirSync(folder)).toEqual([path.basename(installed)]);
  });

  it('says which directory does not exist', async () => {
    const words = ['install-module', '--modules-directory=/nonexistent/modules', ...given(anyModule)];
    expect(await launcher(words, { cwd: '/' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('/nonexistent does not exist. [directory-not-writable]'),
    });
  });

  it.skipIf(!nobody)('refuses where it must not write, and says how to go on', async () => {
    const folder = scratchFolder();
    const bundle = await copyInstallation(path.join(folder, 'installation'));
    const target = path.join(folder, 'modules');
    mkdirSync(target);
    const { status, stderr } = await launcher(
      ['install-module', `--modules-directory=${target}`, ...given(anyModule)],
      { cwd: '/', bundle, uid: nobody?.uid ?? 0, gid: nobody?.gid ?? 0 },
    );
    expect(status).toBe(1);
    expect(stderr).toContain(
      `cannot be installed into ${target}: ${target} belongs to root and has mode 0755.`,
    );
    expect(stderr).toContain(
      `  sudo ${process.execPath} ${bundle} install-module --python=${python.executable}`,
    );
    expect(readdirSync(target)).toEqual([]);
  });
});
