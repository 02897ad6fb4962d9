import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildModule, isSanitized, testPython } from './build';
import { request } from './client';
import { apps, facts, isAlive, pidOf, served, sockets, withHttpd } from './daemon';
import { checkConfiguration, type Mpm, serverAccount, startHttpd } from './httpd';

describe('a process group', () => {
  it('has the values that its options say', async () => {
    const account = serverAccount();
    // The address sanitizer takes terabytes of it.
    const memory = isSanitized ? '' : 'memory-limit=4000000000 virtual-memory-limit=8000000000';
    const options =
      `processes=2 threads=3 display-name=%{GROUP} home=@APPS@ umask=0027 lang=C.UTF-8 locale=C.UTF-8
      cpu-time-limit=1000 ${memory} cpu-priority=3 stack-size=1000000
      python-path=@FOLDER@`.replaceAll('\n', ' ');
    await withHttpd(served(options), async (httpd) => {
      const values = await facts(httpd);
      expect(values).toMatchObject({
        cwd: httpd.apps,
        umask: '0027',
        process_group: ['served', 'served'],
        application_group: '',
        maximum_processes: [2, 2],
        threads_per_process: [3, 3],
        multithread: true,
        multiprocess: true,
        run_once: false,
        limits: isSanitized ? [1000, -1, -1] : [1000, 4_000_000_000, 8_000_000_000],
        niceness: 3,
        title: '(wsgi:served)',
        environment: { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
      });
      expect(values.path.slice(0, 2)).toEqual([httpd.apps, httpd.folder]);
      if (account) expect(values).toMatchObject({ uid: account.uid, gid: account.gid });
      const [begin, queued, taken] = values.times;
      expect(begin).toBeGreaterThan(Date.now() / 1000 - 60);
      expect(queued).toBeGreaterThanOrEqual(begin);
      expect(taken).toBeGreaterThanOrEqual(queued);
      expect(sockets(httpd)).toHaveLength(1);
      const { mode, uid } = statSync(path.join(httpd.folder, sockets(httpd)[0] ?? ''));
      expect(mode & 0o777).toBe(0o600);
      if (account) expect(uid).toBe(account.uid);
    });
  });

  it.runIf(process.getuid?.() === 0)(
    'runs as another user, in his home or the one that is named',
    async () => {
      const configuration = `WSGIDaemonProcess games user=games group=games
      WSGIDaemonProcess placed user=nobody group=nogroup home=/tmp supplementary-groups=games,#7
      WSGIDaemonProcess homeless user=nobody
      ${['games', 'placed', 'homeless']
        .map(
          (name) =>
            `WSGIScriptAlias /${name} @APPS@/daemon.wsgi process-group=${name} application-group=%{GLOBAL}`,
        )
        .join('\n')}`;
      await withHttpd(configuration, async (httpd) => {
        const games = await facts(httpd, '/games');
        expect(games).toMatchObject({ uid: 5, gid: 60, cwd: '/usr/games', environment: { USER: 'games' } });
        expect(games.groups).not.toContain(0);
        expect(await facts(httpd, '/placed')).toMatchObject({ uid: 65534, cwd: '/tmp', groups: [7, 60] });
        expect((await request(httpd.port, '/homeless')).status).toBe(503);
        const log = await httpd.waitForLog(/WSGI0025/);
        expect(log).toMatch(/WSGI0010: Unable to change working directory to home directory '\/nonexistent'/);
        expect(log).toMatch(
          /WSGI0116: Daemon process 'homeless' cannot start, or ends soon after, and is tried again/,
        );
      });
    },
  );

  it('is for its virtual host, or for all if the main server has it', async () => {
    const mounts = ['own', 'host', 'all', 'none', '%{SERVER}', '%{HOST}', '%{GLOBAL}']
      .map(
        (group, index) =>
          `WSGIScriptAlias /${index} @APPS@/daemon.wsgi process-group=${group} application-group=x`,
      )
      .join('\n');
    const configuration = `WSGIDaemonProcess all
      WSGIDaemonProcess lab.example
      WSGIRestrictEmbedded On
      <VirtualHost *>\nServerName lab.example\nWSGIDaemonProcess own\n${mounts}\n</VirtualHost>
      <VirtualHost *>\nServerName other.example\nWSGIDaemonProcess host\n</VirtualHost>`;
    await withHttpd(configuration, async (httpd) => {
      const get = (url: string) => request(httpd.port, url);
      const groups = async (url: string) => JSON.parse((await get(url)).body).process_group[0];
      expect(await groups('/0')).toBe('own');
      expect(await groups('/2')).toBe('all');
      expect(await groups('/4')).toBe('lab.example');
      for (const [url, logged] of [
        ['/1', /WSGI0152: Daemon process called 'host' cannot be accessed by this WSGI application\./],
        ['/3', /WSGI0151: No WSGI daemon process called 'none' has been configured/],
        ['/6', /WSGI0143: Embedded mode of mod_wsgi disabled by runtime configuration/],
      ] as const) {
        expect((await get(url)).status).toBe(500);
        await httpd.waitForLog(logged);
      }
    });
  });

  it('loads its import scripts when it starts, and only those', async () => {
    const configuration = `WSGIDaemonProcess one
      WSGIDaemonProcess two
      WSGIImportScript @APPS@/daemon.wsgi process-group=one application-group=%{GLOBAL}
      WSGIScriptAlias / @APPS@/names.wsgi process-group=two application-group=early`;
    await withHttpd(configuration, async (httpd) => {
      await httpd.waitForLog(/names\.wsgi' into/);
      const log = await httpd.waitForLog(/daemon\.wsgi' into/);
      expect(log).toMatch(
        /Loading WSGI script '\S+daemon\.wsgi' into Python main interpreter in daemon process 'one'/,
      );
      expect(log).toMatch(
        /Loading WSGI script '\S+names\.wsgi' into sub-interpreter 'early' in daemon process 'two'/,
      );
      expect(log.match(/Loading WSGI script/g)).toHaveLength(2);
    });
  });

  it('without threads is a service: it runs its scripts, and again when they have ended', async () => {
    const configuration = `WSGIDaemonProcess service threads=0 display-name=%{GROUP}
      WSGIImportScript @APPS@/service.wsgi process-group=service application-group=%{GLOBAL}
      WSGIScriptAlias / @APPS@/names.wsgi process-group=service application-group=%{GLOBAL}`;
    await withHttpd(configuration, async (httpd) => {
      await httpd.waitForLog(/service runs in MainThread of service[\s\S]*service runs in MainThread/);
      expect((await request(httpd.port, '/')).status).toBe(500);
      await httpd.waitForLog(/Process group 'service' has no threads/);
    });
  });

  it.each([
    ['WSGIDaemonProcess', /needs a name/],
    ['WSGIDaemonProcess a\nWSGIDaemonProcess a', /process group 'a' is defined already/],
    ['WSGIDaemonProcess a threads=4x', /threads must be a whole number of at least 0, not '4x'/],
    ['WSGIDaemonProcess a processes=0', /processes must be a whole number of at least 1, not '0'/],
    ['WSGIDaemonProcess a threads=-1', /threads must be a whole number/],
    ['WSGIDaemonProcess a request-timeout=99999999999', /request-timeout must be a whole number/],
    ['WSGIDaemonProcess a umask=9', /umask must be an octal number/],
    ['WSGIDaemonProcess a home=relative', /home must be an absolute path, not 'relative'/],
    ['WSGIDaemonProcess a user=root', /account other than root's/],
    ['WSGIDaemonProcess a user=nobody-at-all', /user must be the name or #number of an account/],
    ['WSGIDaemonProcess a send-buffer-size=100', /send-buffer-size must be 0 or at least 512/],
    ['WSGIDaemonProcess a memory-limit=1G', /memory-limit must be a number of bytes/],
    ['WSGIDaemonProcess a cpu-priority=20', /cpu-priority must be a whole number from -20 to 19/],
    ['WSGIDaemonProcess a supplementary-groups=games,nothing', /supplementary-groups must be the name/],
    ['WSGIDaemonProcess a colour=red', /unknown option 'colour'/],
    [
      'WSGIDaemonProcess a chroot=relative',
      process.getuid?.() === 0
        ? /chroot must be an absolute path/
        : /chroot is for a server that root starts/,
    ],
    ['WSGIDaemonProcess a script-user=root script-group=root', /Only one of script-user and script-group/],
    ['WSGIDaemonProcess a switch-interval=0', /switch-interval must be a number of seconds above 0/],
    ['WSGIDaemonProcess a server-metrics=yes', /server-metrics must be On or Off/],
    ['WSGIImportScript /x process-group=a application-group=b', /process group 'a' is not defined/],
    [
      '<VirtualHost *>\nServerName x\nWSGIDaemonProcess a\n</VirtualHost>\nWSGIImportScript /x process-group=a application-group=b',
      /process group 'a' belongs to another virtual host/,
    ],
  ])('is refused: %s', async (configuration, message) => {
    const { exitCode, text } = await checkConfiguration({ module: await buildModule(), configuration });
    expect(exitCode).toBe(1);
    expect(text).toMatch(message);
  });
});

describe('further options', () => {
  it('chroot, script-user, header-buffer-size and the response sizes', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('chroot needs a server that root starts');
    const configuration = `WSGIDaemonProcess rooted chroot=@FOLDER@/root home=/apps
      WSGIDaemonProcess owned script-user=root
      WSGIDaemonProcess foreign script-user=games
      WSGIDaemonProcess grouped script-group=games
      WSGIDaemonProcess narrow header-buffer-size=8192 response-buffer-size=65536 response-socket-timeout=1
      WSGIScriptAlias /rooted @FOLDER@/root/apps/rooted.wsgi process-group=rooted application-group=%{GLOBAL}
      WSGIScriptAlias /narrow @APPS@/daemon.wsgi process-group=narrow application-group=%{GLOBAL}
      ${['owned', 'foreign', 'grouped']
        .map((name) => `WSGIScriptAlias /${name} @FOLDER@/root/apps/daemon.wsgi process-group=${name}`)
        .join('\n')}`;
    await withHttpd(configuration, async (httpd) => {
      const root = path.join(httpd.folder, 'root');
      const library = execFileSync(testPython, ['-c', 'import os; print(os.path.dirname(os.__file__))'], {
        encoding: 'utf8',
      }).trim();
      mkdirSync(path.join(root, 'apps'), { recursive: true });
      mkdirSync(path.join(root, path.dirname(library)), { recursive: true });
      cpSync(path.join(apps, 'daemon.wsgi'), path.join(root, 'apps', 'daemon.wsgi'));
      // Not daemon.wsgi: ctypes wants a library that is not in the new root.
      cpSync(path.join(apps, 'rooted.wsgi'), path.join(root, 'apps', 'rooted.wsgi'));
      cpSync(library, path.join(root, library), {
        recursive: true,
        filter: (name) => !/\/(test|__pycache__|site-packages|dist-packages)$/.test(name),
      });
      // A process that started meanwhile may have found half of its library.
      process.kill(httpd.pid, 'SIGUSR1');
      await expect
        .poll(async () => (await request(httpd.port, '/rooted')).status, { timeout: 30_000, interval: 500 })
        .toBe(200);
      expect((await request(httpd.port, '/rooted')).body).toBe("/apps ['apps', 'usr']");
      expect((await request(httpd.port, '/owned')).status).toBe(200);
      expect((await request(httpd.port, '/foreign')).status).toBe(403);
      await httpd.waitForLog(/WSGI0162: Owner of WSGI script file '\S+daemon.wsgi' is uid=0/);
      expect((await request(httpd.port, '/grouped')).status).toBe(403);
      await httpd.waitForLog(/WSGI0153: Group of WSGI script file/);
      expect((await request(httpd.port, '/narrow/long_header')).status).toBe(500);
      await httpd.waitForLog(/WSGI0144: A response header from daemon process 'narrow' is longer than/);
      expect((await request(httpd.port, '/narrow/large')).body).toHaveLength(5_000_000);
    });
  });

  it('interrupt-timeout ends what takes too long by mod_wsgi.RequestTimeout', async () => {
    const options = 'threads=1 request-timeout=1 interrupt-timeout=20 switch-interval=0.001';
    await withHttpd(served(options), async (httpd) => {
      const pid = await pidOf(httpd);
      const begin = Date.now();
      expect((await request(httpd.port, '/compute')).status).toBe(504);
      expect(Date.now() - begin).toBeLessThan(15_000);
      await httpd.waitForLog(/RequestTimeout exception raised processing WSGI script/);
      expect(await pidOf(httpd)).toBe(pid);
    });
  });

  it('interrupt-timeout replaces a process where that does not help', async () => {
    const options = 'threads=1 request-timeout=1 interrupt-timeout=1 graceful-timeout=1 shutdown-timeout=1';
    await withHttpd(served(options), async (httpd) => {
      const pid = await pidOf(httpd);
      expect((await request(httpd.port, '/sleep/30')).status).toBeGreaterThanOrEqual(500);
      await httpd.waitForLog(/the request could not be interrupted/);
      await expect.poll(() => pidOf(httpd), { timeout: 15_000 }).not.toBe(pid);
    });
  });

  it('WSGIIgnoreActivity lets a process be inactive while it is asked', async () => {
    const configuration = served(
      'inactivity-timeout=2',
      '<Location /health>\nWSGIIgnoreActivity On\n</Location>',
    );
    await withHttpd(configuration, async (httpd) => {
      const asking = setInterval(() => request(httpd.port, '/health').catch(() => undefined), 200);
      try {
        await httpd.waitForLog(/idle inactivity timer expired/, 15_000);
      } finally {
        clearInterval(asking);
      }
    });
  });

  it('WSGISocketRotation Off keeps the name of the socket over a graceful restart', async () => {
    await withHttpd(`WSGISocketRotation Off\n${served('')}`, async (httpd) => {
      const pid = await pidOf(httpd);
      const before = sockets(httpd);
      expect(before[0]).toMatch(/\.u\d+\.1\.sock$/);
      process.kill(httpd.pid, 'SIGUSR1');
      await expect.poll(() => pidOf(httpd).catch(() => pid), { timeout: 15_000 }).not.toBe(pid);
      await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
      expect(sockets(httpd)).toEqual(before);
      expect((await request(httpd.port, '/facts')).status).toBe(200);
      const { graceful } = await httpd.stop();
      expect(graceful).toBe(true);
      expect(sockets(httpd)).toEqual([]);
    });
  });
});

describe('httpd -X', () => {
  it.each<Mpm>(['event', 'prefork'])('serves from a process group under %s', async (mpm) => {
    const configuration = served('threads=2');
    const httpd = await startHttpd({
      module: await buildModule(),
      mpm,
      apps,
      configuration,
      onlyProcess: true,
    });
    try {
      const pid = await pidOf(httpd);
      expect(pid).not.toBe(httpd.pid);
      expect((await httpd.stop()).graceful).toBe(true);
      expect(isAlive(pid)).toBe(false);
    } finally {
      await httpd.dispose();
    }
  });
});
