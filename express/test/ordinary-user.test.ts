import { chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { lookupUser } from '../../common/src/access';
import { launcher } from './commands/support/command';
import { copyInstallation } from './support/installation';
import { type LaunchOptions, runToEnd, serve } from './support/launcher';
import { anyModule, hasEnvironment, moduleRows, python } from './support/machine';
import { scratchFolder } from './support/scratch';

const nobody = await lookupUser('nobody');
const canBecomeNobody = process.getuid?.() === 0 && nobody !== undefined;

// Started by an ordinary user, every other test is one of these already.
describe.skipIf(!canBecomeNobody)('started by an ordinary user', () => {
  let options: LaunchOptions;

  beforeEach(async () => {
    const folder = scratchFolder();
    const bundle = await copyInstallation(path.join(folder, 'installation'));
    const cwd = path.join(folder, 'project');
    mkdirSync(cwd);
    for (const name of ['plain.wsgi', 'failing.wsgi'])
      copyFileSync(path.join(__dirname, 'applications', name), path.join(cwd, name));
    if (nobody) chownSync(cwd, nobody.uid, nobody.gid);
    options = {
      cwd,
      bundle,
      identity: [],
      environment: { HOME: '/nonexistent', USER: 'nobody' },
      ...(nobody ? { uid: nobody.uid, gid: nobody.gid } : {}),
    };
  });

  for (const { name, module, missing } of moduleRows) {
    it.skipIf(!module)(
      `serves with the ${name} module${module ? '' : ` (left out: ${missing})`}`,
      async () => {
        const server = await serve(['plain.wsgi'], { ...options, module: module ?? null });
        expect(JSON.parse((await server.get('/')).body)).toMatchObject({
          uid: nobody?.uid,
          cwd: options.cwd,
        });
        expect(await server.stop()).toBe(0);
        expect(existsSync(server.serverRoot)).toBe(false);
      },
    );
  }

  it('opens pdb', async () => {
    const server = await serve(['failing.wsgi', '--enable-debugger'], options);
    const response = server.get('/call');
    await server.until(/\(Pdb\) $/);
    server.type('p x');
    await server.until(/42\s+\(Pdb\) $/);
    server.type('q');
    expect((await response).status).toBe(500);
  });

  it.skipIf(!hasEnvironment)('writes a coverage report into the working directory', async () => {
    const server = await serve(['failing.wsgi', '--enable-coverage'], options);
    await server.get('/');
    expect(await server.stop()).toBe(0);
    expect(readFileSync(path.join(options.cwd, 'htmlcov', 'index.html'), 'utf8')).toContain('failing.wsgi');
  });

  it('is told which directory it cannot enter, whatever names something in there', async () => {
    const closed = path.join(options.cwd, '..', 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const reason = `${closed} belongs to root and has mode 0700.`;
    for (const [words, what] of [
      [[`${closed}/app.wsgi`], `The WSGI script ${closed}/app.wsgi cannot be reached: `],
      [['plain.wsgi', `--working-directory=${closed}/x`], 'The working directory '],
      [['plain.wsgi', `--python-path=${closed}/x`], 'The directory '],
      [['plain.wsgi', '--url-alias', '/x', `${closed}/x`], 'The file or directory '],
      [['plain.wsgi', `--python=${closed}/python`], 'The program '],
      [['plain.wsgi', `--httpd-executable=${closed}/httpd`], 'The program '],
      [['plain.wsgi', `--socket-prefix=${closed}`], 'who cannot read what --socket-prefix names, '],
    ] as const) {
      const { status, stderr } = await runToEnd([...words, '--port=0'], options);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(what) });
      expect(stderr).toContain(reason);
      expect(stderr).not.toContain('--user');
    }
  });

  it.each(['setup-server', 'start-server'])('is told by %s which file cannot be written', async (command) => {
    const root = path.join(options.cwd, 'root');
    mkdirSync(root);
    writeFileSync(path.join(root, 'httpd.conf'), 'of somebody else');
    if (nobody) chownSync(root, nobody.uid, nobody.gid);
    const words = ['plain.wsgi', '--port=0', '--server-root=root', `--python=${python.executable}`];
    expect(await launcher([command, ...words, `--module-path=${anyModule}`], options)).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(
        `The system refused to use ${root}/httpd.conf: permission denied. [system-refused]`,
      ),
    });
  });

  it('may not choose another user', async () => {
    const { status, stderr } = await runToEnd(['plain.wsgi'], { ...options, identity: ['--user=root'] });
    expect(status).toBe(1);
    expect(stderr).toContain(
      'Only root can start a server as another user or group (root). [user-needs-root]',
    );
  });

  it('cannot open a privileged port, and is told so', async () => {
    const { stderr } = await runToEnd(['plain.wsgi', '--port=81'], options);
    // Machines without privileged ports (net.ipv4.ip_unprivileged_port_start=0) let it be opened.
    if (Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) > 81)
      expect(stderr).toContain('Port 81 can be opened by root only. [port-privileged]');
  });
});
