import {
  appendFileSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lookupUser } from '../../../common/src/access';
import { findProgram } from '../../../common/src/executables';
import { freePort } from '../../../common/src/ports';
import { supportsDaemonMode } from '../../../common/src/runtime/module-features';
import { rememberOptions } from '../support/exercised';
import { copyInstallation } from '../support/installation';
import { anyModule, identityOptions, moduleRows, python } from '../support/machine';
import { areBatch, processesNaming } from '../support/processes';
import { scratchFolder } from '../support/scratch';
import { type CommandOptions, type CommandResult, launcher, run } from './support/command';

const nobody = await lookupUser('nobody');

const bash = findProgram('bash');

/** The programs that `apachectl` may use: there is no Node among them. */
const toolsFolder = (more: readonly string[] = []): string => {
  const folder = scratchFolder();
  for (const tool of ['cat', 'id', 'mkfifo', 'rm', 'sleep', ...more])
    symlinkSync(findProgram(tool) ?? tool, path.join(folder, tool));
  return folder;
};

interface SetUp {
  readonly serverRoot: string;
  readonly port: number;
  readonly result: CommandResult;
  readonly apachectl: (...words: string[]) => Promise<CommandResult>;
  readonly get: (urlPath: string) => Promise<Response>;
}

interface SetUpOptions extends Partial<CommandOptions> {
  readonly module?: string;
  readonly identity?: readonly string[];
  readonly words?: readonly string[];
  readonly command?: 'setup-server' | 'start-server';
  /** More programs that apachectl finds. */
  readonly tools?: readonly string[];
  readonly folderName?: string;
  readonly prepare?: (serverRoot: string) => void;
}

/** Sets up a server for plain.wsgi in a folder of its own; the end of the test stops it. */
const setUp = async (options: SetUpOptions = {}): Promise<SetUp> => {
  const project = path.join(scratchFolder(), options.folderName ?? 'project');
  mkdirSync(project);
  copyFileSync(path.join(__dirname, '../applications/plain.wsgi'), path.join(project, 'plain.wsgi'));
  if (options.uid !== undefined) chownSync(project, options.uid, options.gid ?? options.uid);
  const serverRoot = path.join(project, 'server');
  options.prepare?.(serverRoot);
  const port = await freePort();
  const result = await launcher(
    [
      options.command ?? 'setup-server',
      'plain.wsgi',
      '--host=127.0.0.1',
      `--port=${port}`,
      '--server-root=server',
      `--python=${python.executable}`,
      `--module-path=${options.module ?? anyModule}`,
      ...(options.identity ?? identityOptions),
      ...(options.words ?? []),
    ],
    { cwd: project, ...options },
  );
  const environment = { PATH: toolsFolder(options.tools) };
  let hasStarted = false;
  const apachectl = async (...words: string[]) => {
    const control = path.join(serverRoot, 'apachectl');
    const ended = await run(control, words, { ...options, cwd: '/', environment }, false);
    hasStarted ||= words[0] === 'start' && ended.status === 0;
    return ended;
  };
  rememberOptions(options.words ?? [], options.module ?? anyModule, () => hasStarted);
  onTestFinished(async () => {
    if (existsSync(path.join(serverRoot, 'httpd.pid'))) await apachectl('stop');
    expect(processesNaming(serverRoot)).toEqual([]);
  });
  return {
    serverRoot,
    port,
    result,
    apachectl,
    get: (urlPath) => fetch(`http://127.0.0.1:${port}${urlPath}`, { headers: { connection: 'close' } }),
  };
};

/** Makes plain.wsgi answer with the environment of its process. */
const TELLS_ENVIRONMENT = `
def facts(environ):
    return dict(os.environ)
`;

const errorLog = (serverRoot: string): string => readFileSync(path.join(serverRoot, 'error_log'), 'utf8');

for (const { name, module, missing } of moduleRows) {
  describe(`a server that was set up with the ${name} module`, () => {
    it.skipIf(!module)(
      `is started, restarted and stopped by apachectl without Node${module ? '' : ` (left out: ${missing})`}`,
      async () => {
        const { result, serverRoot, apachectl, get, port } = await setUp({ module: module ?? '' });
        expect(result).toMatchObject({ status: 0, stderr: '' });
        expect(result.stdout).toContain(`Control           : ${serverRoot}/apachectl start|`);
        expect(existsSync(path.join(serverRoot, 'httpd.pid'))).toBe(false);

        expect(await apachectl('configtest')).toMatchObject({ status: 0, stderr: 'Syntax OK' });
        expect(await apachectl('status')).toMatchObject({ status: 3, stdout: 'Apache is not running.' });
        expect(await apachectl('start')).toEqual({ status: 0, stdout: '', stderr: '' });
        expect(await (await get('/here')).json()).toMatchObject({
          cwd: path.dirname(serverRoot),
          prefix: python.prefix,
          pathInfo: '/here',
        });
        expect((await apachectl('status')).stdout).toMatch(
          new RegExp(`^Apache is running as process \\d+: http://127\\.0\\.0\\.1:${port}/$`),
        );

        const slow = get('/sleep');
        await delay(200);
        expect(await apachectl('graceful')).toEqual({ status: 0, stdout: '', stderr: '' });
        expect((await slow).status).toBe(200);
        expect((await get('/')).status).toBe(200);
        expect((await apachectl('restart')).status).toBe(0);
        await delay(1000);
        expect((await get('/')).status).toBe(200);

        expect(await apachectl('stop')).toMatchObject({ status: 0, stderr: '' });
        expect(processesNaming(serverRoot)).toEqual([]);
        await expect(get('/')).rejects.toThrow();
        expect(errorLog(serverRoot)).not.toMatch(/\berror\b.*Traceback/i);
      },
    );

    it.skipIf(!module || !bash)(
      'is set up by start-server too, for a shell and under a name of choice',
      async () => {
        const { serverRoot, apachectl, get } = await setUp({
          module: module ?? '',
          command: 'start-server',
          words: ['--setup-only', `--shell-executable=${bash}`, '--process-name=my server', '--startup-log'],
        });
        expect(await apachectl('start')).toEqual({ status: 0, stdout: '', stderr: '' });
        expect((await get('/')).status).toBe(200);
        const pid = readFileSync(path.join(serverRoot, 'httpd.pid'), 'utf8').trim();
        expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toMatch(/^my server\0/);
        expect(existsSync(path.join(serverRoot, 'startup_log'))).toBe(true);
      },
    );
  });
}

const hasDaemonMode = anyModule !== undefined && (await supportsDaemonMode(anyModule));

describe('apachectl', () => {
  it('passes anything else on to httpd, and says what it takes', async () => {
    const { apachectl } = await setUp();
    expect((await apachectl('-t', '-D', 'DUMP_MODULES')).stdout).toContain('wsgi_module');
    expect(await apachectl()).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^Usage: apachectl/),
    });
  });

  it('says what to do after its directory was moved', async () => {
    const { serverRoot } = await setUp();
    renameSync(serverRoot, `${serverRoot}-moved`);
    expect(await run(`${serverRoot}-moved/apachectl`, ['start'], { cwd: '/' })).toMatchObject({
      status: 1,
      stderr: `apachectl: ${serverRoot}/envvars cannot be read; a directory that was moved has to be set up again`,
    });
  });

  it('reads envvars, which setup-server leaves alone, and gives the application its variables', async () => {
    const { serverRoot, apachectl, get, result } = await setUp({
      prepare: (folder) => {
        mkdirSync(folder);
        writeFileSync(path.join(folder, 'envvars'), 'export SHOP=/from/envvars\n[ -f /none ] && SHOP=\n');
        appendFileSync(path.join(folder, '../plain.wsgi'), TELLS_ENVIRONMENT);
        writeFileSync(path.join(folder, 'httpd.conf'), 'left over from before\n');
      },
    });
    expect(result.status).toBe(0);
    expect(readFileSync(path.join(serverRoot, 'envvars'), 'utf8')).toContain('/from/envvars');
    expect(readFileSync(path.join(serverRoot, 'httpd.conf'), 'utf8')).not.toContain('left over');
    await apachectl('start');
    expect(await (await get('/')).json()).toMatchObject({
      SHOP: '/from/envvars',
      MOD_WSGI_SERVER_ROOT: serverRoot,
      MOD_WSGI_WORKING_DIRECTORY: path.dirname(serverRoot),
      MOD_WSGI_DEBUG_MODE: 'false',
    });
  });

  it.skipIf(!hasDaemonMode)(
    'loads a script anew that has changed, where the application has a process of its own',
    async () => {
      const { serverRoot, apachectl, get } = await setUp();
      await apachectl('start');
      expect(await (await get('/')).json()).not.toHaveProperty('SHOP');
      appendFileSync(path.join(serverRoot, '../plain.wsgi'), 'facts = lambda environ: {"SHOP": "changed"}\n');
      const deadline = Date.now() + 10_000;
      while (!(await (await get('/')).text()).includes('changed') && Date.now() < deadline) await delay(100);
      expect(await (await get('/')).json()).toEqual({ SHOP: 'changed' });
    },
  );

  it.skipIf(!findProgram('chrt'))('lets Apache run as batch work (skipped without chrt)', async () => {
    const { apachectl, get, serverRoot } = await setUp({ tools: ['chrt'] });
    await apachectl('start');
    expect((await get('/')).status).toBe(200);
    const batch = areBatch(`${serverRoot}/httpd.conf`);
    expect(batch.length).toBeGreaterThan(1);
    expect(batch).not.toContain(false);
  });

  it('may be set up again while the server runs, and a graceful restart takes it over', async () => {
    const { serverRoot, apachectl, get, port } = await setUp();
    await apachectl('start');
    const again = await launcher(
      [
        ...['setup-server', 'plain.wsgi', '--host=127.0.0.1', `--port=${port}`, '--server-root=server'],
        ...[`--python=${python.executable}`, `--module-path=${anyModule}`, ...identityOptions],
        '--callable-object=named_differently',
      ],
      { cwd: path.dirname(serverRoot) },
    );
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect((await apachectl('graceful')).status).toBe(0);
    expect((await get('/')).status).toBe(200);
    expect(readFileSync(path.join(serverRoot, 'handler', 'settings.py'), 'utf8')).toContain(
      'named_differently',
    );
  });

  it('works from a folder whose name is full of what shells and Apache take for syntax', async () => {
    const { apachectl, get, result } = await setUp({ folderName: `it's "a" $HOME \${PATH} %{x} \\ ü;` });
    expect(result.stderr).toBe('');
    expect(await apachectl('start')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await get('/')).status).toBe(200);
  });

  it('writes the logs where it was started from, with --log-to-terminal', async () => {
    const { serverRoot, apachectl, get } = await setUp({ words: ['--log-to-terminal', '--access-log'] });
    const output = apachectl('start', '-DFOREGROUND');
    for (let attempt = 0; attempt < 100 && !existsSync(path.join(serverRoot, 'httpd.pid')); attempt += 1)
      await delay(50);
    expect((await get('/log')).status).toBe(200);
    await apachectl('stop');
    const { stdout, stderr } = await output;
    expect(stderr).toContain('a line for the error log');
    expect(stdout).toContain('"GET /log HTTP/1.1" 200');
  });

  it.skipIf(process.getuid?.() !== 0)('tells an ordinary user that root set the server up', async () => {
    const { serverRoot } = await setUp();
    const { status, stderr } = await run(path.join(serverRoot, 'apachectl'), ['start'], {
      cwd: '/',
      uid: nobody?.uid ?? 65_534,
      gid: nobody?.gid ?? 65_534,
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^apachectl: this server was set up by root to run as \S+: repeat the command with sudo\.$/,
    );
  });
});

describe('setup-server', () => {
  it('takes a folder in the temporary one by default, unless somebody else has made it', async () => {
    const cwd = scratchFolder();
    const temporary = scratchFolder();
    copyFileSync(path.join(__dirname, '../applications/plain.wsgi'), path.join(cwd, 'plain.wsgi'));
    const words = [
      ...['setup-server', 'plain.wsgi', '--port=8765', `--python=${python.executable}`],
      ...[`--module-path=${anyModule}`, ...identityOptions],
    ];
    const environment = { TMPDIR: temporary };
    const folder = path.join(temporary, `mod_wsgi-localhost:8765:${process.getuid?.()}`);
    expect((await launcher(words, { cwd, environment })).stdout).toContain(`Server root       : ${folder}\n`);
    if (process.getuid?.() !== 0 || !nobody) return;
    chownSync(folder, nobody.uid, nobody.gid);
    expect(await launcher(words, { cwd, environment })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('[server-root-foreign]'),
    });
  });

  it('keeps a copy of a bundled module, which the cache may lose', async () => {
    const cwd = scratchFolder();
    copyFileSync(path.join(__dirname, '../applications/plain.wsgi'), path.join(cwd, 'plain.wsgi'));
    const { status } = await launcher(
      [
        ...['setup-server', 'plain.wsgi', `--server-root=${cwd}/server`, `--python=${python.executable}`],
        ...identityOptions,
      ],
      { cwd },
    );
    expect(status).toBe(0);
    const configuration = readFileSync(path.join(cwd, 'server', 'httpd.conf'), 'utf8');
    if (moduleRows[0]?.module)
      expect(configuration).toContain(`LoadModule wsgi_module "${cwd}/server/modules/mod_wsgi.so"`);
    expect(configuration).not.toContain('.pipe"');
  });
});

describe.skipIf(process.getuid?.() !== 0 || !nobody)('a server that an ordinary user sets up', () => {
  it('runs as that user, and root is told so', async () => {
    const folder = scratchFolder();
    const bundle = await copyInstallation(path.join(folder, 'installation'));
    const { apachectl, get, serverRoot } = await setUp({
      bundle,
      identity: [],
      ...(nobody ? { uid: nobody.uid, gid: nobody.gid } : {}),
    });
    expect(await apachectl('start')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await (await get('/')).json()).toMatchObject({ uid: nobody?.uid });
    expect((await apachectl('stop')).status).toBe(0);
    const { stderr } = await run(path.join(serverRoot, 'apachectl'), ['start'], { cwd: '/' });
    expect(stderr).toBe(
      'apachectl: this server was set up by nobody: run it as that user, or set it up again as root with --user.',
    );
  });
});
