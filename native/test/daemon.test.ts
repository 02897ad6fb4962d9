import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModule, isSanitized, testPython } from './build';
import { Connection, exchange, type Response, request } from './client';
import { checkConfiguration, type Httpd, type Mpm, serverAccount, startHttpd } from './httpd';

let module: string;

beforeAll(async () => {
  module = await buildModule();
});

const apps = path.join(__dirname, 'apps');

/** Starts a server with these lines, uses it, and stops it whatever happens. */
const withHttpd = async (
  configuration: string,
  use: (httpd: Httpd) => Promise<void>,
  mpm: Mpm = 'event',
): Promise<void> => {
  const httpd = await startHttpd({ module, mpm, apps, configuration });
  try {
    await use(httpd);
  } finally {
    await httpd.dispose();
  }
};

/** Everything in one process group with these options. */
const served = (options: string, more = '') =>
  `WSGIDaemonProcess served ${options}
   WSGIRestrictEmbedded On
   WSGIChunkedRequest On
   WSGIScriptAlias /body @APPS@/body.wsgi process-group=served application-group=%{GLOBAL}
   WSGIScriptAlias / @APPS@/daemon.wsgi process-group=served application-group=%{GLOBAL}
   ${more}`;

const facts = async (httpd: Httpd, url = '/facts') => JSON.parse((await request(httpd.port, url)).body);

const pidOf = async (httpd: Httpd, url = '/facts'): Promise<number> => (await facts(httpd, url)).pid;

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const parentOf = async (pid: number): Promise<number> =>
  Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);

const sockets = (httpd: Httpd): string[] =>
  readdirSync(httpd.folder).filter((name) => name.endsWith('.sock'));

const digestOf = (bytes: Buffer) => `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;

const post = (port: number, url: string, bytes: Buffer, chunked: boolean): Promise<string> => {
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`;
  const head = `POST ${url} HTTP/1.1\r\nHost: lab.example\r\nConnection: close\r\n${framing}\r\n\r\n`;
  const chunks = [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')];
  return exchange(port, Buffer.concat([Buffer.from(head), ...(chunked ? chunks : [bytes])]));
};

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
        expect(log).toMatch(/WSGI0116: Daemon process 'homeless' cannot start, and is tried again/);
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
      const log = await httpd.waitForLog(/names\.wsgi' into/);
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
    ['WSGIDaemonProcess a response-flush-delay=5', /unknown option 'response-flush-delay'/],
    ['WSGIDaemonProcess a switch-interval=0', /switch-interval must be a number of seconds above 0/],
    ['WSGIDaemonProcess a server-metrics=yes', /server-metrics must be On or Off/],
    ['WSGIImportScript /x process-group=a application-group=b', /process group 'a' is not defined/],
    [
      '<VirtualHost *>\nServerName x\nWSGIDaemonProcess a\n</VirtualHost>\nWSGIImportScript /x process-group=a application-group=b',
      /process group 'a' belongs to another virtual host/,
    ],
  ])('is refused: %s', async (configuration, message) => {
    const { exitCode, text } = await checkConfiguration({ module, configuration });
    expect(exitCode).toBe(1);
    expect(text).toMatch(message);
  });
});

describe.each<Mpm>(['event', 'prefork'])('bodies under %s', (mpm) => {
  let httpd: Httpd;

  beforeAll(async () => {
    httpd = await startHttpd({
      module,
      mpm,
      apps,
      configuration: served('threads=5 send-buffer-size=512 receive-buffer-size=512', 'MaxRequestWorkers 12'),
    });
  });
  afterAll(() => httpd?.dispose());

  it.each([
    ['with a length', false],
    ['in chunks', true],
  ])('of 50 MiB arrive unchanged %s', async (_, chunked) => {
    const bytes = randomBytes(50 << 20);
    expect(await post(httpd.port, '/body/digest', bytes, chunked)).toContain(digestOf(bytes));
  });

  it('arrive unchanged from 20 clients at once', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => randomBytes(200_000 + index));
    const texts = await Promise.all(
      bodies.map((bytes, index) =>
        post(httpd.port, index % 2 ? '/body/slow_digest' : '/body/digest', bytes, index % 3 === 0),
      ),
    );
    for (const [index, bytes] of bodies.entries()) expect(texts[index]).toContain(digestOf(bytes));
  });

  it('that nobody reads stall nothing, however long the response is', async () => {
    const begin = Date.now();
    const text = await post(httpd.port, '/large', randomBytes(20 << 20), false);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(text.length).toBeGreaterThan(5_000_000);
    expect(Date.now() - begin).toBeLessThan(5_000);
  });

  it('go both ways at the same time', async () => {
    const sizes = Array.from({ length: 8 }, () => request(httpd.port, '/large'));
    for (const response of await Promise.all(sizes)) {
      expect(response.body.length).toBe(5_000_000);
      expect(response.whole).toBe(true);
    }
  });
});

describe.each<Mpm>(['event', 'prefork'])('a process that ends under %s', (mpm) => {
  const use = (options: string, body: (httpd: Httpd) => Promise<void>) =>
    withHttpd(served(options), body, mpm);

  it('by itself costs the request that ended it, and no other', async () => {
    await use('threads=4', async (httpd) => {
      const first = await pidOf(httpd);
      for (const url of ['/exit', '/kill']) {
        expect((await request(httpd.port, url)).status).toBe(502);
        const begin = Date.now();
        expect(await pidOf(httpd)).not.toBe(first);
        expect(Date.now() - begin).toBeLessThan(1_000);
      }
      const log = await httpd.waitForLog(
        /WSGI0146: Daemon process 'served' closed connection before sending/,
      );
      expect(log).toMatch(/Process 'served' \(pid=\d+\) terminated normally, exit code 3/);
      expect(log).toMatch(/Process 'served' \(pid=\d+\) terminated by signal 9/);
    });
  });

  it('in the middle of a response lets the client see that it is not whole', async () => {
    await use('threads=4', async (httpd) => {
      const connection = await Connection.open(httpd.port);
      connection.send('GET /exit_late HTTP/1.1\r\nHost: lab.example\r\n\r\n');
      const text = await connection.end(3_000);
      expect(text).toContain('5\r\nfirst\r\n');
      expect(text).not.toContain('0\r\n\r\n');
    });
  });

  it('between two requests is not noticed by any', async () => {
    await use('processes=2 threads=2', async (httpd) => {
      for (let round = 0; round < 5; round++) {
        const pid = await pidOf(httpd);
        process.kill(pid, 'SIGKILL');
        await expect.poll(() => isAlive(pid), { interval: 5 }).toBe(false);
        expect((await request(httpd.port, '/facts')).status).toBe(200);
      }
    });
  });

  it('with Apache leaves nothing behind, and has run its exit functions', async () => {
    await use('processes=2 threads=2', async (httpd) => {
      const pid = await pidOf(httpd);
      const begin = Date.now();
      const { graceful } = await httpd.stop();
      expect(graceful).toBe(true);
      expect(Date.now() - begin).toBeLessThan(3_000);
      expect(await readFile(path.join(httpd.apps, 'ended.txt'), 'utf8')).toContain(String(pid));
      expect(sockets(httpd)).toEqual([]);
    });
  });

  it('when the parent is killed with SIGKILL, as the supervisor does', async () => {
    await use('processes=2', async (httpd) => {
      const pid = await pidOf(httpd);
      const supervisor = await parentOf(pid);
      process.kill(httpd.pid, 'SIGKILL');
      await expect
        .poll(() => [isAlive(pid), isAlive(supervisor)], { timeout: 5_000 })
        .toEqual([false, false]);
      await httpd.stop(100);
    });
  });

  it('when the supervisor is killed with SIGKILL, and another one takes over', async () => {
    await use('processes=2', async (httpd) => {
      const pid = await pidOf(httpd);
      process.kill(await parentOf(pid), 'SIGKILL');
      await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
      await expect
        .poll(async () => (await request(httpd.port, '/facts')).status, { timeout: 8_000 })
        .toBe(200);
    });
  });
});

describe.each<Mpm>(['event', 'prefork'])('a restart under %s', (mpm) => {
  it('lets requests in flight finish when it is graceful', async () => {
    const configuration = served('threads=4 graceful-timeout=10');
    await withHttpd(
      configuration,
      async (httpd) => {
        const before = await pidOf(httpd);
        const slow = request(httpd.port, '/sleep/4');
        await sleep(300);
        process.kill(httpd.pid, 'SIGUSR1');
        await expect.poll(() => pidOf(httpd), { timeout: 4_000 }).not.toBe(before);
        const response = await slow;
        expect(response.status).toBe(200);
        expect(JSON.parse(response.body).pid).toBe(before);
        await expect.poll(() => isAlive(before), { timeout: 6_000 }).toBe(false);
        await expect.poll(() => sockets(httpd), { timeout: 3_000 }).toHaveLength(1);
        expect(await httpd.errorLog()).not.toContain('AH00488');
      },
      mpm,
    );
  });

  it('ends the old processes when it is not', async () => {
    await withHttpd(
      served('threads=4'),
      async (httpd) => {
        const before = await pidOf(httpd);
        process.kill(httpd.pid, 'SIGHUP');
        await expect.poll(() => isAlive(before), { timeout: 8_000 }).toBe(false);
        await expect.poll(() => pidOf(httpd).catch(() => before), { timeout: 8_000 }).not.toBe(before);
        expect(sockets(httpd)).toHaveLength(1);
      },
      mpm,
    );
  });
});

/** Keeps sending requests one after the other until `end` resolves; their responses. */
const keepAsking = async (httpd: Httpd, url: string, end: Promise<unknown>): Promise<Response[]> => {
  let going = true;
  const ended = end.finally(() => {
    going = false;
  });
  const clients = Array.from({ length: 4 }, async () => {
    const responses: Response[] = [];
    while (going) responses.push(await request(httpd.port, url));
    return responses;
  });
  const responses = await Promise.all(clients);
  await ended;
  return responses.flat();
};

describe('a script that changes', () => {
  it('is taken up by a new process, without a request that fails', async () => {
    await withHttpd(served('processes=2 threads=2'), async (httpd) => {
      const script = path.join(httpd.apps, 'daemon.wsgi');
      const source = await readFile(script, 'utf8');
      expect(await facts(httpd)).toMatchObject({ version: 1 });
      const change = async () => {
        await sleep(200);
        await writeFile(script, source.replace('VERSION = 1', 'VERSION = 2'));
        await utimes(script, new Date(), new Date(Date.now() + 5_000));
        await sleep(1_500);
      };
      const responses = await keepAsking(httpd, '/facts', change());
      expect(responses.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
      expect(await facts(httpd)).toMatchObject({ version: 2 });
      await httpd.waitForLog(/Forcing restart of daemon process 'served'/);
    });
  });

  it('lets what is in flight finish', async () => {
    await withHttpd(served('threads=3'), async (httpd) => {
      const before = await pidOf(httpd);
      const slow = request(httpd.port, '/sleep/1.5');
      await sleep(300);
      const script = path.join(httpd.apps, 'daemon.wsgi');
      await utimes(script, new Date(), new Date(Date.now() + 5_000));
      expect(await pidOf(httpd)).not.toBe(before);
      expect(JSON.parse((await slow).body).pid).toBe(before);
    });
  });

  it('is left alone with WSGIScriptReloading Off', async () => {
    await withHttpd(served('threads=3', 'WSGIScriptReloading Off'), async (httpd) => {
      const before = await pidOf(httpd);
      await utimes(path.join(httpd.apps, 'daemon.wsgi'), new Date(), new Date(Date.now() + 5_000));
      expect(await pidOf(httpd)).toBe(before);
    });
  });
});

describe('limits', () => {
  it('of requests replace a process without a request that fails', async () => {
    await withHttpd(served('threads=2 maximum-requests=5'), async (httpd) => {
      const responses = await keepAsking(httpd, '/facts', sleep(1_500));
      expect(responses.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
      const pids = new Set(responses.map(({ body }) => JSON.parse(body).pid));
      expect(pids.size).toBeGreaterThan(2);
      await httpd.waitForLog(/Maximum requests reached/);
    });
  });

  it('of time', async () => {
    const configuration = `WSGIDaemonProcess idle inactivity-timeout=1
      WSGIDaemonProcess aged restart-interval=2
      WSGIDaemonProcess stuck threads=1 request-timeout=1 graceful-timeout=1 shutdown-timeout=1
      WSGIDaemonProcess queue threads=1 queue-timeout=1
      WSGIDaemonProcess silent socket-timeout=1
      WSGIDaemonProcess locked deadlock-timeout=2
      WSGIDaemonProcess busy cpu-time-limit=1 shutdown-timeout=1 graceful-timeout=1
      ${['idle', 'aged', 'stuck', 'queue', 'silent', 'locked', 'busy']
        .map(
          (name) =>
            `WSGIScriptAlias /${name} @APPS@/daemon.wsgi process-group=${name} application-group=%{GLOBAL}`,
        )
        .join('\n')}`;
    await withHttpd(configuration, async (httpd) => {
      const idle = await pidOf(httpd, '/idle');
      const aged = await pidOf(httpd, '/aged');
      const status = async (url: string) => (await request(httpd.port, url)).status;
      const slow = status('/queue/sleep/1.5');
      await sleep(100);
      const answers = await Promise.all([
        status('/stuck/sleep/30'),
        slow,
        status('/queue'),
        status('/silent/sleep/3'),
        status('/locked/hold/30'),
        status('/busy/compute'),
      ]);
      expect(answers).toEqual([502, 200, 504, 504, 502, 502]);
      await httpd.waitForLog(/Exceeded CPU time limit/);
      await httpd.waitForLog(/Daemon process deadlock timer expired/);
      await httpd.waitForLog(/Daemon process request time limit exceeded 'stuck'/);
      await httpd.waitForLog(/WSGI0084: Queue timeout expired for WSGI daemon process 'queue'/);
      expect(await pidOf(httpd, '/idle')).not.toBe(idle);
      expect(await pidOf(httpd, '/aged')).not.toBe(aged);
      expect((await request(httpd.port, '/stuck')).status).toBe(200);
    });
  });

  it('of a body that does not come are 408, and the application learns of it', async () => {
    await withHttpd(served('threads=2', 'TimeOut 1'), async (httpd) => {
      const connection = await Connection.open(httpd.port);
      connection.send('POST /body/failing HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n0123456789');
      expect(await connection.end()).toMatch(/^HTTP\/1\.1 408 /);
      const file = path.join(httpd.apps, 'read-errors.txt');
      await expect.poll(() => existsSync(file)).toBe(true);
      expect(await readFile(file, 'utf8')).toMatch(/The timeout specified has expired/);
      await httpd.waitForLog(/WSGI0126/);
    });
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
    const httpd = await startHttpd({ module, mpm, apps, configuration, onlyProcess: true });
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

describe('connections', () => {
  it('go to a process with a thread to spare', async () => {
    await withHttpd(served('processes=3 threads=1'), async (httpd) => {
      await Promise.all(Array.from({ length: 6 }, () => request(httpd.port, '/sleep/0.3')));
      const slow = request(httpd.port, '/sleep/2');
      await sleep(100);
      const begin = Date.now();
      for (let round = 0; round < 20; round++) expect((await request(httpd.port, '/facts')).status).toBe(200);
      expect(Date.now() - begin).toBeLessThan(1_500);
      await slow;
    });
  });

  it('do not wait for the close() of a response', async () => {
    await withHttpd(served('threads=3'), async (httpd) => {
      const begin = Date.now();
      expect((await request(httpd.port, '/slow_close')).body).toBe('all');
      expect((await request(httpd.port, '/facts')).status).toBe(200);
      expect(Date.now() - begin).toBeLessThan(800);
    });
  });

  it('without the secret are refused', async () => {
    await withHttpd(served('threads=3'), async (httpd) => {
      expect((await request(httpd.port, '/facts')).status).toBe(200);
      const file = path.join(httpd.folder, sockets(httpd)[0] ?? '');
      for (const bytes of [Buffer.alloc(64), Buffer.from('200001000000', 'hex'), randomBytes(10_000)]) {
        const socket = connect(file);
        socket.on('error', () => undefined);
        socket.end(bytes);
        await new Promise((resolve) => socket.once('close', resolve));
      }
      await httpd.waitForLog(/WSGI0034: Request origin could not be validated/);
      expect((await request(httpd.port, '/facts')).status).toBe(200);
    });
  });

  it('survive more clients than there are threads', async () => {
    await withHttpd(served('processes=2 threads=2'), async (httpd) => {
      const responses = await keepAsking(httpd, '/facts', sleep(1_000));
      expect(responses.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
      expect(responses.length).toBeGreaterThan(50);
    });
  });
});
