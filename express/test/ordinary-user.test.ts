import { chownSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { lookupUser } from '../../common/src/access';
import { copyInstallation } from './support/installation';
import { type LaunchOptions, runToEnd, serve } from './support/launcher';
import { hasEnvironment, moduleRows } from './support/machine';
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
