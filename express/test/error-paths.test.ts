import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { portHolder } from '../../common/src/ports';
import { runToEnd } from './support/launcher';
import { identityOptions, python as interpreterFacts, moduleRows } from './support/machine';
import { scratchFolder } from './support/scratch';

const isRoot = process.getuid?.() === 0;
const interpreter = interpreterFacts.executable;
const serverUser = identityOptions[0]?.split('=')[1] ?? '';

const project = (): string => {
  const folder = scratchFolder();
  copyFileSync(path.join(__dirname, 'applications', 'plain.wsgi'), path.join(folder, 'app.wsgi'));
  return folder;
};

/** A program that prints a text and ends with a status. */
const program = (folder: string, name: string, script: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
};

describe('a wrong command line ends with status 2', () => {
  it.each([
    [['--prot=80'], 'mod_wsgi-express has no option --prot. [option-unknown]\nDid you mean --port?'],
    [['--with-wdb'], 'mod_wsgi-express has no option --with-wdb. [option-unknown]'],
    [
      ['--port=http'],
      'The option --port does not accept "http". [option-value]\nIt takes a whole number from 0 to 65535.',
    ],
    [['--server-mpm', 'fork'], 'It takes one of event, worker, prefork.'],
    [
      ['--debug-mode=yes'],
      'The option --debug-mode does not accept "yes". [option-value]\nIt is a switch and takes no value.',
    ],
    [['--newrelic'], 'Write one of --newrelic-config-file, --newrelic-environment.'],
    [['second.wsgi'], '"second.wsgi" is one word too many'],
    [['--callable-object=a.b'], 'The option --callable-object does not accept "a.b".'],
  ])('%j', async (words, message) => {
    const result = await runToEnd(['app.wsgi', ...words], { cwd: project(), module: null, identity: null });
    expect(result.stderr).toContain(message);
    expect(result.status).toBe(2);
  });

  it('without an application', async () => {
    const { status, stderr } = await runToEnd([], { cwd: project(), module: null, identity: null });
    expect(status).toBe(2);
    expect(stderr).toContain('The command line names no application.');
  });
});

describe('what is wrong on the machine is said before Apache starts, with status 1', () => {
  const failing = async (words: readonly string[], options: Partial<Parameters<typeof runToEnd>[1]> = {}) => {
    // A port that somebody else has would be the first thing that is wrong.
    const port = words.some((word) => word.startsWith('--port=')) ? [] : ['--port=0'];
    const result = await runToEnd([...words, ...port], { cwd: project(), ...options });
    expect(result.stdout).toBe('');
    expect(result.status).toBe(1);
    return result.stderr;
  };

  it('the script is missing', async () => {
    expect(await failing(['nothing.wsgi'])).toMatch(
      /There is no WSGI script .*\/nothing\.wsgi\. \[script-missing\]/,
    );
  });

  it('no temporary folder can be made', async () => {
    const message = await failing(['app.wsgi'], { environment: { TMPDIR: '/nowhere' } });
    expect(message).toMatch(/No temporary folder can be made: ENOENT.*\. \[temporary-folder\]\n.*set TMPDIR/);
  });

  it('and leaves no temporary folder', async () => {
    const temporary = scratchFolder();
    await failing(['nothing.wsgi'], { environment: { TMPDIR: temporary } });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('httpd is missing', async () => {
    const message = await failing(['app.wsgi', '--httpd-executable=/nowhere/httpd']);
    expect(message).toContain('There is no program /nowhere/httpd. [httpd-missing]');
    expect(message).toMatch(/Install Apache \(package \S+\), or name its program with --httpd-executable\./);
  });

  it('a program that is not httpd', async () => {
    expect(await failing(['app.wsgi', '--httpd-executable=/bin/true'])).toContain(
      '/bin/true does not answer like Apache httpd: no output',
    );
  });

  it('the module is missing', async () => {
    const message = await failing(['app.wsgi'], { module: '/nowhere/mod_wsgi.so' });
    expect(message).toContain('There is no mod_wsgi module /nowhere/mod_wsgi.so. [module-missing]');
    expect(message).toContain('Correct --module-path');
  });

  const distribution = moduleRows.find(({ name }) => name === 'distribution')?.module;
  it.skipIf(!distribution)('the module is built for another Python', async () => {
    const cwd = project();
    const library = path.join(cwd, 'libpython3.99.so.1.0');
    writeFileSync(library, '');
    const facts = {
      executable: path.join(cwd, 'python'),
      version: '3.99.0',
      prefix: cwd,
      basePrefix: cwd,
      libraries: [library],
      includeDirectory: cwd,
      soabi: 'cpython-399',
      standardLibrary: cwd,
      sitePackages: cwd,
    };
    const python = program(cwd, 'python', `echo '${JSON.stringify(facts)}'`);
    const message = await failing(['app.wsgi', `--python=${python}`], { cwd, module: distribution ?? null });
    expect(message).toMatch(
      /is linked to .*libpython3\.\d+\.so\S*, but the application's Python is .*python \(3\.99\.0\)/,
    );
    expect(message).toContain('[module-wrong-python]');
    expect(message).toContain('--module-path');
  });

  it('Python is missing or broken', async () => {
    const cwd = project();
    expect(await failing(['app.wsgi', '--python=/nowhere/python'], { cwd })).toContain('[python-missing]');
    const python = program(cwd, 'python', 'echo "cannot find libfoo" >&2; exit 127');
    const message = await failing(['app.wsgi', `--python=${python}`], { cwd });
    expect(message).toContain(
      `The Python interpreter ${python} cannot run: cannot find libfoo. [python-broken]`,
    );
    expect(message).toContain('name another interpreter with --python');
  });

  it('the port is busy: names who holds it', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    try {
      const message = await failing(['app.wsgi', '--host=127.0.0.1', `--port=${port}`]);
      const holder = portHolder(port);
      expect(message).toContain(
        `Port ${port} is in use already, by ${holder?.program}, process ${process.pid}. [port-busy]`,
      );
      expect(message).toContain('choose another port with --port');
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('the host is not an address of this machine, or no address at all', async () => {
    expect(await failing(['app.wsgi', '--host=192.0.2.1'])).toContain(
      '192.0.2.1 is not an address of this machine. [host-not-here]',
    );
    expect(await failing(['app.wsgi', '--host=no.such.host.invalid'])).toContain('[host-unknown]');
  });

  it.skipIf(!isRoot)('root starts it without --user: proposes one', async () => {
    const message = await failing(['app.wsgi'], { identity: null });
    expect(message).toContain('Apache refuses to run applications as root. [root-needs-user]');
    expect(message).toContain(`Add --user ${serverUser} --group `);
    expect(await failing(['app.wsgi'], { identity: ['--user=root'] })).toContain('[root-needs-user]');
  });

  it('user or group are unknown', async () => {
    expect(await failing(['app.wsgi'], { identity: ['--user=nobody-at-all'] })).toContain(
      'There is no user "nobody-at-all" on this machine. [user-unknown]\nCorrect --user.',
    );
    expect(await failing(['app.wsgi', '--group=none-at-all'])).toContain('[group-unknown]');
  });

  it.skipIf(!isRoot)('the user of the server cannot reach the script: names the directory', async () => {
    const cwd = project();
    const locked = path.join(cwd, 'locked');
    mkdirSync(locked, { mode: 0o700 });
    copyFileSync(path.join(cwd, 'app.wsgi'), path.join(locked, 'app.wsgi'));
    const message = await failing(['locked/app.wsgi'], { cwd });
    expect(message).toContain(
      `The server runs as ${serverUser}, who cannot read the script ${locked}/app.wsgi: `,
    );
    expect(message).toContain(`${locked} belongs to root and has mode 0700. [not-readable]`);
    expect(message).toContain('--user');
  });

  it.skipIf(!isRoot)('the user of the server cannot reach the working directory', async () => {
    const cwd = project();
    mkdirSync(path.join(cwd, 'locked'), { mode: 0o700 });
    const message = await failing(['app.wsgi', '--working-directory=locked'], { cwd });
    expect(message).toContain('cannot read the working directory');
    expect(message).toContain('--working-directory');
  });

  it.skipIf(!isRoot)('the user of the server cannot reach Python', async () => {
    const cwd = project();
    const locked = path.join(cwd, 'locked');
    mkdirSync(locked, { mode: 0o700 });
    const python = path.join(locked, 'python');
    program(
      locked,
      'python',
      `exec ${interpreter} -I -c 'import io, sys, json, contextlib
out = io.StringIO()
with contextlib.redirect_stdout(out):
    exec(sys.argv[1])
facts = json.loads(out.getvalue())
facts["executable"] = "${python}"
print(json.dumps(facts))' "$3"`,
    );
    const message = await failing(['app.wsgi', `--python=${python}`], { cwd, module: distribution ?? null });
    expect(message).toContain(`cannot read Python ${python}: ${locked} belongs to root and has mode 0700`);
    expect(message).toContain('--python');
  });

  it('coverage is not installed: gives the command', async () => {
    const cwd = project();
    const empty = path.join(cwd, 'coverage');
    mkdirSync(empty);
    writeFileSync(path.join(empty, '__init__.py'), 'raise ImportError("hidden")\n');
    const message = await failing(['app.wsgi', '--enable-coverage', `--python-path=${cwd}`], { cwd });
    expect(message).toContain('--enable-coverage needs the package coverage');
    expect(message).toMatch(/ {2}\S+python\S* -m pip install coverage/);
  });

  it('PasteDeploy is not installed: gives the command', async () => {
    const cwd = project();
    const environment = path.join(cwd, 'venv');
    execFileSync(interpreter, ['-m', 'venv', '--without-pip', environment]);
    writeFileSync(path.join(cwd, 'site.ini'), '');
    const words = ['site.ini', '--application-type=paste', `--python=${environment}/bin/python`];
    expect(await failing(words, { cwd })).toMatch(/ {2}\S+python\S* -m pip install PasteDeploy/);
  });

  it('the name of a file is taken for that of a module', async () => {
    const cwd = project();
    writeFileSync(path.join(cwd, 'shop.py'), '');
    const { status, stderr } = await runToEnd(['shop.py', '--application-type=module'], { cwd });
    expect(status).toBe(2);
    expect(stderr).toContain('It is a file: leave --application-type=module out.');
  });

  it.skipIf(!isRoot)('the coverage directory cannot be written by the user of the server', async () => {
    const cwd = project();
    mkdirSync(path.join(cwd, 'report'));
    const message = await failingAfterPlan(
      ['app.wsgi', '--enable-coverage', '--coverage-directory=report'],
      cwd,
    );
    expect(message).toContain(`The server runs as ${serverUser}, who cannot write to the coverage directory`);
    expect(message).toContain('[directory-not-writable]');
    expect(message).toContain('--coverage-directory');
  });

  it('server root and log directory cannot be made', async () => {
    const cwd = project();
    expect(await failingAfterPlan(['app.wsgi', '--server-root=app.wsgi/root'], cwd)).toContain(
      'with --server-root',
    );
    expect(await failingAfterPlan(['app.wsgi', '--log-directory=app.wsgi/logs'], cwd)).toContain(
      'with --log-directory',
    );
  });

  it('the directory of modules is wrong', async () => {
    const message = await failing(['app.wsgi', '--modules-directory=/nowhere']);
    expect(message).toContain(
      'This Apache has no MPM worker or event or prefork (looked in /nowhere). [mpm-missing]',
    );
    expect(message).toContain('--modules-directory');
  });

  const failingAfterPlan = (words: readonly string[], cwd: string) => failing(words, { cwd });
});

describe('Apache ends by itself', () => {
  it('says so with its own words and what to do', async () => {
    const cwd = project();
    const broken = path.join(cwd, 'mod_wsgi.so');
    writeFileSync(broken, 'this is no library');
    const { status, stderr } = await runToEnd(['app.wsgi', '--port=0'], { cwd, module: broken });
    expect(status).toBe(1);
    expect(stderr).toContain('Cannot load');
    expect(stderr).toContain('Apache ended by itself: its exit status was 1. [apache-module-missing]');
  });
});
